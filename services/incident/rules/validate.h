// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "huying/incident/v1/incident_service.pb.h"

// What a request must say, checked before anything is gathered. Every error names its field. An intake
// and a first handling demand as little as can be: no paper stands before an act that saves life.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

inline constexpr int kReceiversMax = 20;
inline constexpr absl::Duration kClockSkewMax = absl::Minutes(5);

// Not empty.
absl::Status ValidateText(std::string_view text, std::string_view field, std::string_view zh);
// "" is right where it may be left out; "incidents/2026-0007".
absl::Status ValidateName(std::string_view name, std::string_view kind, std::string_view field);
// 6 or 9 digits become 12 by zeros; "" when it is no area code. For the record only, where directory gives
// no answer: codes are looked up, not computed.
std::string PaddedArea(std::string_view code);

// Of a response: 1 to 4.
absl::Status ValidateLevel(int level);

absl::Status ValidateIntake(const v1::TakeIntakeRequest& request, absl::Time now);
absl::Status ValidateConfirm(const v1::ConfirmIncidentRequest& request);
absl::Status ValidateDraft(const v1::DraftReportRequest& request);
absl::Status ValidateActivate(const v1::ActivateResponseRequest& request);
absl::Status ValidateTask(const v1::AssignTaskRequest& request, absl::Time now);

}  // namespace huying::incident::rules
