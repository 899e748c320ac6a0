// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clients/cli/say.h"

namespace huying::cli {

// A password from the environment variable, a pipe, or the keyboard without echo. Never from the command
// line: others could read it there.
std::string ReadPassword(const Say& say, const char* variable, const std::string& prompt);

}  // namespace huying::cli
