// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/scenario.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  huying::drill_client::Findings findings;
  (void)huying::drill_client::ParseScenario({reinterpret_cast<const char*>(data), size}, findings);
  return 0;
}
