// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "services/platform/ledger/reader.h"

// What followers of an entry's channels are shown: one serialised v1::SubscribeEvent without epoch, or
// "" when there is nothing to show. A pure function of the entry.
//
//   home.SetEventProjection(ProjectAlertEvent);
namespace huying::alert {

std::string ProjectAlertEvent(const ledger::StoredEntry& stored);

}  // namespace huying::alert
