// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/plan_yaml.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)huying::plan::rules::ReadPlan({reinterpret_cast<const char*>(data), size});
  return 0;
}
