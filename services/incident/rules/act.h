// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/time/time.h"
#include "huying/common/v1/common.pb.h"

namespace huying::incident::rules {

// Who acts and when, as a decision knows it. Lateness is judged by `received_at`, new limits run from
// `now`.
struct Act {
  common::v1::Actor actor;
  absl::Time now;
  absl::Time received_at;
};

}  // namespace huying::incident::rules
