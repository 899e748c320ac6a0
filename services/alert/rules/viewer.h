// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "huying/alert/v1/alert.pb.h"
#include "services/alert/rules/areas.h"

// What a reader may see. The district sees everything; a post beneath it sees the alerts that its area
// hears or sent and those its post must answer, and of their recipients, roll-up and ladder the part
// that lies in its own subtree. So a list shows what a stream would have told, and no more.
//
//   rules::Viewer viewer = rules::ViewerOf(context.actor, /*process=*/false);
//   if (!SeesByArea(viewer, alert) && !IsCalled(viewer, list)) return OutsideView();
namespace huying::alert::rules {

struct Viewer {
  bool all = false;  // a post of the district, a process of this installation
  common::v1::Actor actor;
  std::string area;                    // the actor's
  std::vector<std::string> ancestors;  // nearest first
  std::vector<std::string> posts;      // its own and the one it acts for
  Parents known;  // the area table as last told, for what an alert does not know
};
Viewer ViewerOf(const common::v1::Actor& actor, bool process);

// By the areas alone. A draft is nobody's business but the area's that writes it, and of those above.
bool SeesByArea(const Viewer& viewer, const v1::Alert& alert);
// Its post must answer, or is deputy of one that must.
bool IsCalled(const Viewer& viewer, const v1::RecipientList& list);
bool IsCalled(const Viewer& viewer, const v1::RecipientList::Recipient& recipient);
// The viewer sees what happens in `area` ; a unit outside the three tiers does not.
bool InSubtree(const Viewer& viewer, std::string_view area, const Parents& parents);
absl::Status OutsideView(std::string_view field);

// Its post was called by this step.
bool IsCalled(const Viewer& viewer, const v1::Escalation& step);

// The record as this viewer sees it. One function per record: whatever shows one (a get, a list, a
// snapshot, an event) passes it through here. False: nothing is left to show.
void Narrow(const Viewer& viewer, const Parents& parents, v1::Alert& alert);
void Narrow(const Viewer& viewer, const Parents& parents, v1::RecipientList& list);
void Narrow(const Viewer& viewer, v1::RollUp& roll_up);
bool Narrow(const Viewer& viewer, v1::Escalation& step);

}  // namespace huying::alert::rules
