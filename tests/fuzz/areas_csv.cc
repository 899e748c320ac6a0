// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/areas_csv.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)huying::directory::rules::ParseAreasCsv({reinterpret_cast<const char*>(data), size}, {});
  return 0;
}
