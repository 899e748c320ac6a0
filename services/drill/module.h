// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/platform/runtime/module.h"
#include "services/platform/runtime/platform.h"

namespace huying::drill {

// Needs directory and plan. Has no part in exercises' realms: it directs them from `live`.
std::unique_ptr<runtime::Module> MakeDrillModule(runtime::Platform& platform);

}  // namespace huying::drill
