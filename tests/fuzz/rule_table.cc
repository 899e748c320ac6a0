// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rules/rule_table.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto table = huying::rules::RuleTable::FromText({reinterpret_cast<const char*>(data), size});
  if (table.ok()) table->NumberOf("x", absl::UnixEpoch(), 0);
  return 0;
}
