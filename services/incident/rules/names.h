// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "huying/incident/v1/incident.pb.h"
#include "services/platform/base/numbered.h"

// Names of incident's resources.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// The year a number is taken in: Beijing's.
int YearOf(absl::Time time);
// "incidents/2026-0007", "responses/2026-0003"
std::string Numbered(std::string_view kind, int year, int64_t number);
using base::OrderOf;  // of names, by year and number
// "incidents/2026-0007/chains/GOVERNMENT"; of a body below the district "…/GOVERNMENT-pingan".
std::string ChainName(std::string_view incident, v1::ReportChain chain,
                      std::string_view sender = "");
// "incidents/2026-0007/reports/GOVERNMENT-1", "…/GOVERNMENT-pingan-1"
std::string ReportName(std::string_view incident, v1::ReportChain chain, int seq,
                       std::string_view sender = "");
// "responses/2026-0003/tasks/cordon"
std::string TaskName(std::string_view response, std::string_view id);

struct ReportParts {
  std::string incident;
  v1::ReportChain chain = v1::REPORT_CHAIN_UNSPECIFIED;
  std::string sender;  // empty: the district
  int seq = 0;
};
// Nothing when it is no report's name.
std::optional<ReportParts> ParseReportName(std::string_view name);
// The response a task belongs to; "" when it is no task's name.
std::string ResponseOfTask(std::string_view name);
// Has the form "<kind>/<something>" without more slashes.
bool IsName(std::string_view name, std::string_view kind);

}  // namespace huying::incident::rules
