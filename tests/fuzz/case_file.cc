// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "clients/verify/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  huying::verify::VerifyCaseFile({reinterpret_cast<const char*>(data), size}, "");
  return 0;
}
