// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "huying/alert/v1/alert.pb.h"
#include "huying/common/v1/common.pb.h"
#include "huying/common/v1/obligation.pb.h"
#include "services/platform/ledger/reader.h"

// What an entry is for followers of its channels: one serialised v1::SubscribeEvent without epoch, or ""
// when there is nothing to show. A pure function of the entry. It is whole: what each listener sees of it is
// narrowed by the stream (stream.h), with the entry's channels and the area table that stand beside the body.
//
//   home.SetEventProjection(ProjectAlertEvent);
namespace huying::alert {

std::string ProjectAlertEvent(const ledger::StoredEntry& stored);

// An overdue make-up or obligation climbs like a silent post, so it is shown as a step of the ladder.
v1::Escalation StepOf(const common::v1::MakeUp& overdue);
v1::Escalation StepOf(const common::v1::Obligation& overdue);

}  // namespace huying::alert
