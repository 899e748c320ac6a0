// SPDX-License-Identifier: Apache-2.0
#include "services/platform/config/config.h"

#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace huying::config;
  auto config = Parse({reinterpret_cast<const char*>(data), size}, "huyingd.textproto");
  if (!config.ok()) return 0;
  FillDefaults(*config);
  const std::string services[] = {"alert", "directory"};
  (void)Validate(*config, services);
  return 0;
}
