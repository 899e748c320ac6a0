// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "services/incident/rules/act.h"
#include "services/incident/rules/limits.h"
#include "services/platform/guard/guard.h"

// Responses 应急响应 (突发事件应对法 第七十二条, 第八十六条): started by the plan's approver when its
// conditions are met, adjusted, handed over in one act, ended with everything they started.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// What the plan said of one level when the facts were gathered.
struct PlanFacts {
  bool available = false;  // false: plan did not answer; then the rest is empty
  std::string plan;
  int revision = 0;
  plan::v1::ResponseLevel level;
  std::string commander_post;
  std::vector<common::v1::LegalBasis> legal_basis;
  bool starts = false;
  bool ends = false;
  std::vector<std::string> trace;  // of the start condition
  std::vector<std::string> end_trace;
  std::string facts_key;  // of the incident the conditions were held against
  std::set<std::string>
      unknown_executors;  // whom the level's tasks go to and directory does not know
};

v1::Response Propose(const v1::Incident& incident, const v1::ProposeResponseRequest& request,
                     std::string name, const PlanFacts& plan, const Act& act);
absl::Status Decline(v1::Response& response, std::string_view reason, const Act& act);

// SOFT: the plan's approver acts, the conditions are met or overridden with a reason, the incident is
// verified, the plan is there to be read. With the plan away nobody can be shown to be its approver: the
// guard fails, it is not left out. `response` is the proposed one, which may know its approver.
std::vector<guard::Guard> StartGuards(const v1::Incident& incident, const v1::Response& response,
                                      const v1::ActivateResponseRequest& request,
                                      const PlanFacts& plan, const Act& act, const Limits& limits);
// The same of an adjustment: the approver of the level it goes to; plan and conditions when the level
// changes.
std::vector<guard::Guard> AdjustGuards(const v1::Response& response,
                                       const v1::AdjustResponseRequest& request,
                                       const PlanFacts& plan, const Act& act, const Limits& limits);
inline constexpr char kApproverRule[] = "response.approver";
inline constexpr char kConditionsRule[] = "response.conditions";
inline constexpr char kVerifiedRule[] = "response.incident-verified";
inline constexpr char kPlanRule[] = "response.plan-known";
// The actor is the plan's approver, or acts for that post.
bool IsApprover(const common::v1::Actor& actor, std::string_view approver_post);

// HARD: matters, level, expected period and measures are stated, by the request or by the plan. `response`
// is the proposed one, or empty but for its name and incident.
absl::Status Start(v1::Response& response, const v1::Incident& incident,
                   const v1::ActivateResponseRequest& request, const PlanFacts& plan,
                   const Act& act);

// Its level was started, or changed, while plan was away: the approver pins it when plan is back.
bool IsInTheDark(const v1::Response& response);
// The approver brings what was passed in urgency: pins the plan where it was away, keeps the reason.
// In every state after the start.
absl::Status MakeUpStart(v1::Response& response, std::string_view override_reason,
                         const PlanFacts& plan, const Act& act);
// ILLEGAL_TRANSITION when it was started before, with what to do instead.
absl::Status CheckNotStarted(const v1::Response& response);
// Whether a row of that rule is settled by it.
bool IsMadeUp(std::string_view rule_id, const v1::Response& response, const v1::Incident& incident);

// Another level of the pinned revision, or the same one longer.
absl::Status Adjust(v1::Response& response, const v1::AdjustResponseRequest& request,
                    const PlanFacts& plan, const Act& act);
absl::Status HandOver(v1::Response& response, const v1::HandOverResponseRequest& request,
                      const Act& act);
// Everything it issued is to be lifted.
absl::Status End(v1::Response& response, std::string_view reason, const Act& act);

// The outcome of one effect. A notice that came out after the end is to be lifted at once.
void RecordEffect(v1::Response& response, v1::Response::Effect effect);
// Alerts this response issued and has not lifted.
std::vector<std::string> AlertsToLift(const v1::Response& response);

// Hands the level's notices that are not out yet to the reactor.
void PlanNotices(v1::Response& response, const plan::v1::ResponseLevel& level);
// A command that is not the reactor's occasion: nothing is to be issued or lifted for its entry.
void ClearOccasions(v1::Response& response);

}  // namespace huying::incident::rules
