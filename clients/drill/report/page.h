// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// page/ as the build joined it (assemble.cmake): everything before and after the data.
namespace huying::drill_report {

std::string_view PageBeforeData();
std::string_view PageAfterData();

}  // namespace huying::drill_report
