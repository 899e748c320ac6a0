// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/platform/runtime/module.h"
#include "services/platform/runtime/platform.h"

namespace huying::directory {

// The lowest service: depends on no other. The platform must outlive it.
std::unique_ptr<runtime::Module> MakeDirectoryModule(runtime::Platform& platform);

}  // namespace huying::directory
