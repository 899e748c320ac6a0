// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "services/incident/rules/act.h"
#include "services/incident/rules/limits.h"
#include "services/platform/guard/guard.h"

// What each act makes of an incident (DOMAIN: intake → verify → confirm → handle → control → end). They
// change the incident given, or say why not and leave it as it was.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// `request` has its area normalised and its reporter sealed.
v1::Incident TakeIn(const v1::TakeIntakeRequest& request, std::string name, const Limits& limits,
                    const Act& act);
// What lies above it, and its own code, as directory says after it had been silent.
void LearnPath(v1::Incident& incident, const std::string& code,
               const std::vector<std::string>& above);
absl::Status TakeOver(v1::Incident& incident, const Act& act);

// Class demanded; a lead department that is not named yet is an alarm, no obstacle (R60). HANDLING at
// once when first handling had begun before.
absl::Status Confirm(v1::Incident& incident, const v1::ConfirmIncidentRequest& request,
                     const Limits& limits, const Act& act);

// A second person must agree that it is not true (SOFT), by an act of his own: he finds it proposed by
// another. Naming somebody is asking, not agreement.
inline constexpr char kSecondPersonRule[] = "incident.reject-second-person";
guard::Guard SecondPersonGuard(const v1::Incident& incident, const Act& act, const Limits& limits);
// "posts/…" or "people/…", and not the one who asks.
absl::Status CheckSecondPerson(std::string_view second, const common::v1::Actor& actor);
// Asks the second person; the incident stays as it is, its clocks run on.
absl::Status ProposeRejection(v1::Incident& incident, const v1::RejectIncidentRequest& request,
                              const Act& act);
// By the second person of what is proposed, or in urgency by one alone.
absl::Status Reject(v1::Incident& incident, const v1::RejectIncidentRequest& request,
                    const Act& act);
// The rejection stands already, and this is another person: what was done in urgency is made up.
bool AgreesToRejection(const v1::Incident& incident, const Act& act);
absl::Status Transfer(v1::Incident& incident, const v1::TransferIncidentRequest& request,
                      const Act& act);
// The other side confirms that it took the incident over; once.
absl::Status RecordTransferReceipt(v1::Incident& incident, std::string_view receipt);

absl::Status SetLead(v1::Incident& incident, std::string_view unit);
// R41: in any state, by anybody who is there.
absl::Status Handle(v1::Incident& incident, std::string_view action, const Act& act);
// A response starts: handling has begun, and what seemed controlled is not.
absl::Status Respond(v1::Incident& incident, std::string_view response, const Act& act);
absl::Status Control(v1::Incident& incident, std::string_view text, const Act& act);
absl::Status Relapse(v1::Incident& incident, std::string_view reason);
// Only when every response has ended.
absl::Status End(v1::Incident& incident, std::string_view text, const Act& act);

struct FiguresOutcome {
  bool level_changed = false;
  bool window_over = false;  // the time for grading anew is past
};
// The time within which the level is computed anew after the event is past.
bool GradingIsOver(const v1::Incident& incident, const Limits& limits, absl::Time at);
// A number that goes down wants a reason. Computes the level anew within the window after the event.
absl::StatusOr<FiguresOutcome> RecordFigures(v1::Incident& incident, const v1::Figures& figures,
                                             std::string_view reason, const Limits& limits,
                                             const Act& act);

}  // namespace huying::incident::rules
