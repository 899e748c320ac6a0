// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"
#include "clients/drill/scenario.h"
#include "clients/drill/situation.h"
#include "services/drill/rules/match.h"

namespace huying::drill_client {

// One line of an exercise's time line.
struct TimelineItem {
  absl::Time at;
  // inject | incident | level | report | response | task | alert | answer | receipt | escalation |
  // clock | problem | routine | other: for colours and filters; routine is left out of summaries
  std::string kind;
  std::string zh;
  std::string en;
  std::string post;
  std::string who;  // the post's title and the person
  std::string ledger;
  int64_t seq = 0;
  Source source = Source::kNone;  // of an inject
  bool bad = false;               // late, refused, silent: what somebody should look at
};

// A journal entry in words. `situation` holds what came before it and itself.
TimelineItem Describe(const drill::rules::SeenEntry& seen, const Situation& situation);

// "incident.TakeIntake" → "接报"; an act that is not in the table gives its name.
struct Words {
  std::string zh;
  std::string en;
};
Words ActWords(const std::string& act);
// GOVERNMENT → "政府"; empty for no chain.
Words ChainWords(incident::v1::ReportChain chain);

}  // namespace huying::drill_client
