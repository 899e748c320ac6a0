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

// Smaller never replaces greater. The two answers are of one rank: the newer act of a person
// counts.
constexpr int RankOf(v1::RecipientState state) {
  switch (state) {
    case v1::PENDING:
      return 1;
    case v1::SENT:
      return 2;
    case v1::FAILED:
    case v1::UNREACHABLE:
      return 3;
    case v1::DELIVERED:
      return 4;
    case v1::READ:
      return 5;
    case v1::ANSWERED:
    case v1::CANNOT_COMPLY:
      return 6;
    default:
      return 0;
  }
}
// The state after `reported` arrives.
constexpr v1::RecipientState Advance(v1::RecipientState now, v1::RecipientState reported) {
  return RankOf(reported) >= RankOf(now) ? reported : now;
}
constexpr bool Spoke(v1::RecipientState state) { return RankOf(state) == 6; }

// "alerts/2026-0007/recipients/lingbei-duty"
std::string RecipientName(std::string_view alert, std::string_view post);

// The recipient as it stands before its first act: SENT, with the limit of its tier.
v1::Recipient Fresh(const v1::Alert& alert, const v1::RecipientList::Recipient& frozen);
std::optional<absl::Time> LimitOf(const v1::Alert& alert, common::v1::Tier tier);

// DELIVERED or READ. False: nothing new.
bool ApplyReceipt(v1::Recipient& recipient, v1::RecipientState reported, absl::Time received_at);

// `speaker`: who answers; `recorder` set when somebody wrote it down for them.
void ApplyAnswer(v1::Recipient& recipient, const v1::AnswerRequest& request,
                 const common::v1::Actor& speaker, const common::v1::Actor* recorder,
                 absl::Time received_at);

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

}  // namespace huying::alert::rules
