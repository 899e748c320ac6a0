// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "huying/common/v1/common.pb.h"
#include "huying/directory/v1/directory.pb.h"

// A grant waits for a second person: who may confirm it, and until when.
//
//   RETURN_IF_ERROR(rules::MayConfirm(grant, tx.actor()));
//
// Pure functions.
namespace huying::directory::rules {

// May the caller confirm it: another person and account than the proposer's, and not among those who gain.
absl::Status MayConfirm(const v1::Grant& grant, const common::v1::Actor& actor);
// It was neither confirmed nor rejected.
absl::Status CheckProposed(const v1::Grant& grant);

}  // namespace huying::directory::rules
