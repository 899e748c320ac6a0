// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "huying/incident/v1/incident.pb.h"

// Who sees what: the district everything, a subdistrict what lies in it, a community its own, all of them
// what happens to the whole district; an enterprise, and whoever took the call, what it reported; an
// executor its tasks. By what stands on the incident: no read waits for directory.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// Supervision (法治监督、审计、督查) and this installation's own processes read everything.
inline constexpr char kReadAllPermission[] = "incident.read-all";

struct Viewer {
  common::v1::Actor actor;
  bool everything = false;
};
Viewer ViewerOf(const common::v1::Actor& actor, const std::vector<std::string>& permissions);

bool MayRead(const v1::Incident& incident, const Viewer& viewer);
bool MayReadTask(const v1::Task& task, const v1::Incident& incident, const Viewer& viewer);
// PERMISSION_DENIED / OUTSIDE_AREA with its rule id.
absl::Status CheckRead(const v1::Incident& incident, const Viewer& viewer);

}  // namespace huying::incident::rules
