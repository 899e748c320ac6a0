// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace huying::runtime {

// deploy/config/rules.textproto as it was when the program was built.
extern const char kDefaultRules[];

}  // namespace huying::runtime
