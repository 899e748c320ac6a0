// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/platform/runtime/module.h"
#include "services/platform/runtime/platform.h"

namespace huying::incident {

// The incident service in this process; depends on directory, plan and alert. The platform outlives it.
std::unique_ptr<runtime::Module> MakeIncidentModule(runtime::Platform& platform);

}  // namespace huying::incident
