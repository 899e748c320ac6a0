// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/platform/runtime/module.h"
#include "services/platform/runtime/platform.h"

namespace huying::alert {

// The alert service in this process; depends on directory. The platform outlives it.
std::unique_ptr<runtime::Module> MakeAlertModule(runtime::Platform& platform);

}  // namespace huying::alert
