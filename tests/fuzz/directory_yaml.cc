// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "services/directory/yaml_directory.h"

constexpr char kAreas[] =
    "tier,code,code12,name,parent\n"
    "DISTRICT,230407,230407000000,兴山区,2304\n"
    "SUBDISTRICT,230407001,230407001000,岭北街道,230407\n";

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)huying::directory::ParseDirectoryYaml({reinterpret_cast<const char*>(data), size}, kAreas,
                                              {.from = absl::CivilDay(2026, 3, 1), .days = 3},
                                              "directory.yaml");
  return 0;
}
