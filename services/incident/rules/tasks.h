// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "services/incident/rules/act.h"

// Tasks of a response: executor, goal, deadline, feedback, all four demanded (R53). Overdue stays.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// The level's tasks that the response does not have yet; their limits run from now.
std::vector<v1::Task> TasksOf(const v1::Response& response, const plan::v1::ResponseLevel& level,
                              const Act& act);
v1::Task Assign(const v1::Response& response, const v1::AssignTaskRequest& request, std::string id,
                const Act& act);

absl::Status Accept(v1::Task& task, const Act& act);
absl::Status Progress(v1::Task& task, std::string_view feedback, const Act& act);
absl::Status Complete(v1::Task& task, std::string_view feedback, const Act& act);
absl::Status Decline(v1::Task& task, std::string_view reason, const Act& act);
// Another person than the one who did it.
absl::Status Verify(v1::Task& task, const Act& act);
// False: it was closed, nothing changed.
bool Cancel(v1::Task& task);
bool FallDue(v1::Task& task);

// The executor's post, its unit, or who acts for the post.
bool IsExecutor(const v1::Task& task, const common::v1::Actor& actor);

// What directory said of the actor and the task's executor.
struct Standing {
  bool over = false;                  // the actor's area holds the executor's
  std::vector<std::string> deputies;  // of the executor's post
};
enum class TaskHand { kExecutor, kHelper, kUncheckedHelper };
// Who may accept, report or complete: the executor, its deputies, and a government above it, which helps
// and is flagged. An enterprise, another department, or a post elsewhere has no hand in it (HARD). With directory silent
// (`standing` empty) the district, and a subdistrict the incident lies in, may help.
absl::StatusOr<TaskHand> JudgeHand(const v1::Task& task, const v1::Incident& incident,
                                   const common::v1::Actor& actor,
                                   const std::optional<Standing>& standing);
// To decline ends the task: the executor does, whoever assigned it, or the commander.
absl::Status CheckDecline(const v1::Task& task, const common::v1::Actor& actor,
                          const std::optional<Standing>& standing);

}  // namespace huying::incident::rules
