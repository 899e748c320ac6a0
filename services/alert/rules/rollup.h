// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "huying/alert/v1/alert.pb.h"

// Who has answered, area by area. A node counts itself and everything beneath it, and is green only
// when every recipient there has answered and no area beneath is without a post that could.
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

// `acts`: the recipients that departed from SENT, by post.
v1::RollUp MakeRollUp(const v1::Alert& alert, const v1::RecipientList& list,
                      const std::map<std::string, v1::Recipient>& acts, absl::Time now,
                      int64_t as_of_seq);

}  // namespace huying::alert::rules
