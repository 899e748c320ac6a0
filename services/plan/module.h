// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/platform/runtime/module.h"
#include "services/platform/runtime/platform.h"

namespace huying::plan {

// The plan service in this process; calls no other. The platform outlives it.
std::unique_ptr<runtime::Module> MakePlanModule(runtime::Platform& platform);

}  // namespace huying::plan
