// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

// Every service of Huying, lower ones first, and what each calls. The one order of the system: calls and
// effects go down it, facts go up by journal; start-up follows it, shut-down and backups reverse it.
//
//   ASSIGN_OR_RETURN(std::vector<std::string> order, StartOrder(kServiceTable, {"alert", "directory"}));
//   -> {"directory", "alert"}
namespace huying::huyingd {

struct ServiceEntry {
  std::string name;
  std::vector<std::string> depends_on;
  std::string title;  // Chinese, for --list_services
};

const std::vector<ServiceEntry>& ServiceTable();
// Names in the table's order: what huying admin backup wants.
std::vector<std::string> ServiceNames();

// `wanted` ("all" or names) in the order of dependence. FAILED_PRECONDITION naming the services of a cycle, and
// each service that one of `wanted` needs and that is neither wanted nor in `elsewhere`.
absl::StatusOr<std::vector<std::string>> StartOrder(absl::Span<const ServiceEntry> table,
                                                    absl::Span<const std::string> wanted,
                                                    absl::Span<const std::string> elsewhere = {});

}  // namespace huying::huyingd
