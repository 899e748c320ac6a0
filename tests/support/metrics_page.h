// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

// What a server says of itself at /metrics.
//
//   ASSIGN_OR_RETURN(std::string page, FetchMetrics("127.0.0.1:9464"));
//   double reads = SumOf(page, "huying_push_gap_reads", "ledger=\"alert\"");
namespace huying::testing {

// The text of the page; waits ten seconds at most.
absl::StatusOr<std::string> FetchMetrics(const std::string& address);
// Over every series of the name whose labels contain `label`. 0 when there is none.
double SumOf(std::string_view page, std::string_view name, std::string_view label = "");

}  // namespace huying::testing
