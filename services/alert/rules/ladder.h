// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "huying/alert/v1/alert.pb.h"

// The call-out ladder 叫应, its first two steps: no answer by the limit → the deputies of the
// silent posts are called; still none → the tier above is told. One deadline row per alert and
// tier, one record per step. Whoever is called is resolved at the step (who holds the post now),
// not at issue.
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

inline constexpr int kStepDeputies = 1;
inline constexpr int kStepTierAbove = 2;

// "alert.answer-limit.RED.COMMUNITY"
std::string LimitRuleId(const v1::Alert& alert, common::v1::Tier tier);
// What holds when the rule table has no such row.
absl::Duration DefaultLimit(const v1::Alert& alert, common::v1::Tier tier);

// Tiers that have a recipient, highest first.
std::vector<common::v1::Tier> TiersOf(const v1::RecipientList& list);
// Deadline keys and handlers.
std::string AnswerDeadlineKey(std::string_view alert, common::v1::Tier tier);
std::string ExpiryDeadlineKey(std::string_view alert);
std::string ResolveDeadlineKey(std::string_view alert);
inline constexpr char kAnswerLimitHandler[] = "answer-limit";
inline constexpr char kLadderWaitHandler[] = "ladder-wait";
inline constexpr char kExpiryHandler[] = "alert-expires";
inline constexpr char kResolveHandler[] = "resolve-recipients";
// Every row an ended alert leaves behind.
std::vector<std::string> LadderKeys(std::string_view alert);

std::string StepName(std::string_view alert, common::v1::Tier tier, int step);
// Of the alert as it is: a retracted one has a ladder of its own.
std::string StepName(const v1::Alert& alert, common::v1::Tier tier, int step);
// Step 2 for the posts that step 1 found nobody to call for: taken in the same act.
std::string AtOnceStepName(const v1::Alert& alert, common::v1::Tier tier);
// Every step of silence an alert may have had before it was retracted.
std::vector<std::string> StepNames(std::string_view alert);
std::string CannotStepName(std::string_view alert, std::string_view post);

// Posts of a tier that have not answered. `states` holds the recipients that departed from SENT.
std::vector<v1::RecipientList::Recipient> SilentOf(
    const v1::RecipientList& list, common::v1::Tier tier,
    const std::map<std::string, v1::RecipientState>& states);

// Whom a step may call for a silent post, in order.
std::vector<std::string> Candidates(const v1::Alert& alert, const v1::RecipientList& list,
                                    const v1::RecipientList::Recipient& silent, int step);

// Who holds the posts asked about at this step; nullopt: directory did not answer.
using Holders = std::optional<std::map<std::string, v1::Escalation::Held>>;

struct StepFacts {
  int step = kStepDeputies;
  common::v1::Tier tier = common::v1::TIER_UNSPECIFIED;
  std::string name;
  std::string reason;
  absl::Time at;
  bool in_outage = false;
};
// The step's record: for each silent post the first candidate that somebody holds who can sign in; a post
// for which nobody can be called is named in `empty_posts`.
v1::Escalation MakeStep(const v1::Alert& alert, const v1::RecipientList& list,
                        absl::Span<const v1::RecipientList::Recipient> silent,
                        const Holders& holders, const StepFacts& facts);

// 到期 is not 解除: signer and issuer are told, then whoever stands above the issuer as well, until a person
// lifts or extends. `times` counts from 1; the pause doubles up to half a day.
v1::Escalation MakeExpiredStep(const v1::Alert& alert, int times, const std::string& supervisor,
                               const StepFacts& facts);
absl::Duration ExpiredAgain(int times, absl::Duration first);

// While nobody knows who must answer (directory is silent, or refuses the areas): is that an alarm by now,
// and when is directory asked again? Silence ends, so it is asked as long as it takes; a refusal
// mostly stays, so it is asked at ever longer intervals, and in the end no more.
struct AskLimits {
  absl::Duration retry;
  absl::Duration alarm_after;  // of silence; a refusal is an alarm at once
  absl::Duration give_up_after;
};
struct NextAsk {
  bool alarm = false;
  bool given_up = false;
  absl::Duration after;
};
NextAsk AskAgain(absl::Duration unknown_for, bool refused, const AskLimits& limits);
// The alarm as a step of the ladder: the post that issued it and the one above it.
std::string UnknownStepName(std::string_view alert, bool given_up);
v1::Escalation MakeUnknownStep(const v1::Alert& alert, const NextAsk& ask,
                               const std::string& supervisor, const StepFacts& facts);

}  // namespace huying::alert::rules
