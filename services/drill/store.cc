// SPDX-License-Identifier: Apache-2.0
#include "services/drill/store.h"

namespace huying::drill {

const ledger::RecordKind<v1::Exercise>& Exercises() {
  static const auto* const kind = new ledger::RecordKind<v1::Exercise>(
      "exercise", [](const v1::Exercise& e) { return v1::ExerciseState_Name(e.state()); },
      {{"state", [](const v1::Exercise& e) { return ledger::Int(e.state()); }}});
  return *kind;
}

std::vector<ledger::KindSchema> DrillKinds() { return {Exercises().schema()}; }

}  // namespace huying::drill
