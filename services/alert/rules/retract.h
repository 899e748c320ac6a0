// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert.pb.h"
#include "huying/common/v1/common.pb.h"

// 误发撤回: an alert that should never have left. It is no lifting (解除: the danger has passed), and is
// shown as what it is. Whoever issued an alert in urgency may retract it in urgency; the signature is made
// up afterwards. Everybody who was told must say that he knows and has stopped.
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

inline constexpr char kRetractionRule[] = "alert.retraction";

struct RetractFacts {
  bool may_sign = false;  // the actor's post may sign a warning
  absl::Duration make_up_within = absl::Hours(1);
  std::string supervisor_post;
};
struct Retracted {
  v1::Alert alert;
  std::vector<common::v1::MakeUp> make_ups;
};
// Of a warning: by a post that may sign one, or in urgency by whoever issued it (PERMISSION_DENIED
// otherwise). Of a notice: the caller has judged who may end it.
absl::StatusOr<Retracted> Retract(v1::Alert alert, std::string_view reason,
                                  const common::v1::Urgency* urgency, const RetractFacts& facts,
                                  const common::v1::Actor& actor, absl::Time now);

// The recipient by what is asked of it now: of a retracted alert only STOPPED is an answer.
v1::Recipient AsAsked(const v1::Alert& alert, const v1::Recipient& recipient);

// A correction: which areas its predecessor named that it does not, and the reverse.
void SayWhatChanged(const v1::Alert& old, v1::Alert& alert);
// Who had to answer the predecessor and not this one is told to stop, and must say that he has.
// How many were added.
int AddStoodDown(const v1::RecipientList& old, const v1::Alert& alert, v1::RecipientList& list);

}  // namespace huying::alert::rules
