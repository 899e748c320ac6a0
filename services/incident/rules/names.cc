// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/names.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {

using base::Abs;

int YearOf(absl::Time time) {
  return static_cast<int>(absl::ToCivilYear(time, absl::FixedTimeZone(8 * 3600)).year());
}

std::string Numbered(std::string_view kind, int year, int64_t number) {
  return absl::StrFormat("%s/%d-%04d", std::string(kind), year, number);
}

std::string ChainName(std::string_view incident, v1::ReportChain chain, std::string_view sender) {
  return absl::StrCat(Abs(incident), "/chains/", v1::ReportChain_Name(chain),
                      sender.empty() ? "" : "-", Abs(sender));
}

std::string ReportName(std::string_view incident, v1::ReportChain chain, int seq,
                       std::string_view sender) {
  return absl::StrCat(Abs(incident), "/reports/", v1::ReportChain_Name(chain),
                      sender.empty() ? "" : "-", Abs(sender), "-", seq);
}

std::string TaskName(std::string_view response, std::string_view id) {
  return absl::StrCat(Abs(response), "/tasks/", Abs(id));
}

std::optional<ReportParts> ParseReportName(std::string_view name) {
  constexpr std::string_view kMiddle = "/reports/";
  const size_t middle = name.find(kMiddle);
  const size_t dash = name.rfind('-');
  if (middle == std::string_view::npos || dash == std::string_view::npos ||
      dash < middle + kMiddle.size()) {
    return std::nullopt;
  }
  ReportParts parts;
  parts.incident = std::string(name.substr(0, middle));
  const size_t start = middle + kMiddle.size();
  const std::string_view body = name.substr(start, dash - start);
  const size_t inner = std::min(body.find('-'), body.size());
  if (inner < body.size()) parts.sender = std::string(body.substr(inner + 1));
  if (!v1::ReportChain_Parse(std::string(body.substr(0, inner)), &parts.chain) ||
      !absl::SimpleAtoi(Abs(name.substr(dash + 1)), &parts.seq) || parts.seq < 1 ||
      ReportName(parts.incident, parts.chain, parts.seq, parts.sender) != name) {
    return std::nullopt;
  }
  return parts;
}

std::string ResponseOfTask(std::string_view name) {
  const size_t middle = name.find("/tasks/");
  return middle == std::string_view::npos ? "" : std::string(name.substr(0, middle));
}

bool IsName(std::string_view name, std::string_view kind) {
  return name.size() > kind.size() + 1 && name.substr(0, kind.size()) == kind &&
         name[kind.size()] == '/' && name.find('/', kind.size() + 1) == std::string_view::npos;
}

}  // namespace huying::incident::rules
