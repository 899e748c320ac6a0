// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "huying/drill/v1/drill.pb.h"
#include "services/platform/ledger/records.h"

// Records of the drill ledger, which exists in the realm "live" only.
namespace huying::drill {

// Key: "exercises/2026-0007". Columns: state.
const ledger::RecordKind<v1::Exercise>& Exercises();

std::vector<ledger::KindSchema> DrillKinds();

}  // namespace huying::drill
