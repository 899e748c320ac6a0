// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert.pb.h"
#include "huying/alert/v1/alert_service.pb.h"

// What one recipient has done. Read is not answered; a state never goes back; lateness is judged by
// the time of receipt and stays.
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

// Smaller never replaces greater.
constexpr int RankOf(v1::RecipientState state) {
  switch (state) {
    case v1::SENT:
      return 1;
    case v1::DELIVERED:
      return 2;
    case v1::READ:
      return 3;
    case v1::ANSWERED:
    case v1::CANNOT_COMPLY:
      return 4;
    default:
      return 0;
  }
}
// The state after `reported` arrives.
constexpr v1::RecipientState Advance(v1::RecipientState now, v1::RecipientState reported) {
  return RankOf(reported) >= RankOf(now) ? reported : now;
}
constexpr bool Spoke(v1::RecipientState state) { return RankOf(state) == RankOf(v1::ANSWERED); }

// "alerts/2026-0007/recipients/lingbei-duty"
std::string RecipientName(std::string_view alert, std::string_view post);

// The recipient as it stands before its first act: SENT, with the limit of its tier.
v1::Recipient Fresh(const v1::Alert& alert, const v1::RecipientList::Recipient& frozen);
std::optional<absl::Time> LimitOf(const v1::Alert& alert, common::v1::Tier tier);

// DELIVERED or READ. False: nothing new.
bool ApplyReceipt(v1::Recipient& recipient, v1::RecipientState reported, absl::Time received_at);

// Which of two answers is shown. A weaker one never hides a stronger one.
constexpr int StrengthOf(v1::AnswerKind kind) {
  switch (kind) {
    case v1::RECEIVED:
      return 1;
    case v1::ON_POST:
      return 2;
    case v1::EVACUATED:
      return 3;
    case v1::STOPPED:
      return 4;
    case v1::CANNOT:
      return 5;
    default:
      return 0;
  }
}

// Adds the statement, and shows it when it is not weaker than what is shown:
// - a CANNOT stands until a statement on duty says how it was solved (`solved`);
// - somebody off duty never replaces what somebody on duty said, but for a CANNOT;
// - a smaller number of people moved wants a text.
// The flags to keep: what was said and is not shown, and why.
std::vector<common::v1::Flag> ApplyAnswer(v1::Recipient& recipient, v1::Statement statement);

// For whom may this actor answer? Its own post, the post it acts for, a post it is deputy of; or,
// by phone, for a post it has the duty over (its supervisor, or whoever governs its area), naming the
// person who spoke.
struct Answering {
  v1::RecipientList::Recipient recipient;
  common::v1::Actor speaker;
  bool recorded = false;  // by phone: the actor is the recorder
};
absl::StatusOr<Answering> WhoAnswers(const v1::Alert& alert, const v1::RecipientList& list,
                                     const common::v1::Actor& actor,
                                     const v1::AnswerRequest& request);

// The recipient the actor's own post stands for (own post, acting-for); none: a mere viewer.
const v1::RecipientList::Recipient* OwnRecipient(const v1::RecipientList& list,
                                                 const common::v1::Actor& actor);

// While directory has not said who must answer, whoever answers for its own area is heard.
v1::RecipientList::Recipient Provisional(const common::v1::Actor& actor);

}  // namespace huying::alert::rules
