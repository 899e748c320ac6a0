// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/base/numbered.h"

// What a request must say, checked before anything is gathered. Every error names its field.
namespace huying::alert::rules {

struct ContentLimits {
  int title_chars_max = 40;
  int text_chars_max = 2000;
  int target_areas_max = 500;
  int measures_chars_min_red_orange = 10;
  int evacuated_max = 100'000;  // people one post can say it moved
};

// FIELD_INVALID / alert.drill-words when the text of a real alert speaks of a drill or a test and nobody
// has confirmed it: an order that looks like a test is not followed. `mark`: the realm's, "" in live.
absl::Status CheckDrillWords(std::string_view title, std::string_view text, bool confirmed,
                             std::string_view mark, std::string_view prefix);

// 6, 9 or 12 digits. Which area that is, directory looks up.
bool IsAreaCode(std::string_view code);
// While directory is silent: a short code with zeros to 12 digits. A guess, to be marked as one.
std::string PadArea(std::string_view code);

absl::Status ValidateNotice(const v1::IssueNoticeRequest& request, const ContentLimits& limits,
                            absl::Time now);
// The case an alert is kept under; "": its own. A process that acts for a person says it. A person's follows
// from what the alert refers to (an incident), so that nobody writes into a case file by naming it.
// `prefix` of the field paths: "" or "content".
absl::StatusOr<std::string> CaseOf(std::string_view asked, std::string_view refers_to,
                                   const common::v1::Actor& actor, std::string_view prefix);
// `prefix` of the field paths: "content".
absl::Status ValidateWarning(const v1::WarningContent& content, std::string_view prefix,
                             const ContentLimits& limits, absl::Time now);
// A reason that a later reader can understand: not empty, not endless.
absl::Status ValidateReason(std::string_view reason, std::string_view field,
                            const ContentLimits& limits);
absl::Status ValidateAnswer(const v1::AnswerRequest& request, const ContentLimits& limits);
inline constexpr int kReceiptsMax = 200;
absl::Status ValidateReceipts(const v1::ReportReceiptsRequest& request);
using base::OrderOf;  // of names, by year and number
// "alerts/2026-0007".
absl::Status ValidateAlertName(std::string_view name, std::string_view field);

// 突发事件应对法 第六十四条: the eight facts of a warning.
struct Fact {
  std::string field;
  std::string zh;
  std::string en;
};
// Issuer and time of issue are facts of the issue itself.
enum class FactsAt { kReview, kIssue };
std::vector<Fact> MissingFacts(const v1::Alert& warning, FactsAt at);
// The first missing one as INVALID_ARGUMENT with its field.
absl::Status CheckFacts(const v1::Alert& warning, FactsAt at);
// What every colour wants of its measures (第六十六条, 第六十七条).
absl::Status CheckColorFitsMeasures(v1::Color color, std::string_view measures,
                                    std::string_view field, const ContentLimits& limits);

}  // namespace huying::alert::rules
