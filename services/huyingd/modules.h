// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/huyingd/service_table.h"
#include "services/platform/runtime/module.h"
#include "services/platform/runtime/platform.h"

namespace huying::huyingd {

// The services that were built into this program, as entries of the table.
std::vector<ServiceEntry> BuiltServices();

// The module of a service; NOT_FOUND when it was not built in.
absl::StatusOr<std::unique_ptr<runtime::Module>> MakeModule(const std::string& service,
                                                            runtime::Platform& platform);

}  // namespace huying::huyingd
