// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace huying::drill_client {

// scenarios/smoke.yaml as it was built in: what `huying drill new` writes.
std::string_view NewScenario();

}  // namespace huying::drill_client
