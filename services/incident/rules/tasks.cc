// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/tasks.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/rules/competence.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/states.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/persons.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
constexpr int kFeedbackMax = 100;

v1::Task NewTask(const v1::Response& response, std::string_view id, const Act& act) {
  v1::Task task;
  task.set_name(TaskName(response.name(), id));
  task.set_response(response.name());
  task.set_incident(response.incident());
  task.set_commander_post(response.commander_post());
  task.set_state(Next(v1::TASK_STATE_UNSPECIFIED, TaskAct::kAssign));
  *task.mutable_assigned_by() = act.actor;
  *task.mutable_assigned_at() = base::ToProto(act.received_at);
  return task;
}

void TakeAccepted(v1::Task& task, const Act& act) {
  if (task.has_accepted_at()) return;
  *task.mutable_accepted_by() = act.actor;
  *task.mutable_accepted_at() = base::ToProto(act.received_at);
}

void AddFeedback(v1::Task& task, std::string_view feedback, const Act& act) {
  if (feedback.empty()) return;
  auto& list = *task.mutable_feedback();
  if (list.size() >= kFeedbackMax) list.DeleteSubrange(0, 1);
  *list.Add() = absl::StrCat(base::BeijingTime(act.received_at), " ", act.actor.person_name(), "：",
                             std::string(feedback));
}

absl::Status Move(v1::Task& task, TaskAct act) {
  ASSIGN_OR_RETURN(v1::TaskState next, Transition(task.state(), act));
  task.set_state(next);
  return absl::OkStatus();
}

bool Holds(const common::v1::Actor& actor, const std::string& post) {
  return !post.empty() && (actor.post() == post || actor.acting_for_post() == post);
}

bool ExecutorOrDeputy(const v1::Task& task, const common::v1::Actor& actor,
                      const std::optional<Standing>& standing) {
  if (IsExecutor(task, actor)) return true;
  return standing && !actor.post().empty() &&
         std::find(standing->deputies.begin(), standing->deputies.end(), actor.post()) !=
             standing->deputies.end();
}

// What the token and the incident say: only who has something beneath him can stand over an executor.
bool MayStandOver(const common::v1::Actor& actor, const v1::Incident& incident) {
  if (actor.tier() == common::v1::DISTRICT) return true;
  if (actor.tier() != common::v1::SUBDISTRICT) return false;
  return incident.areas_above_unknown() || guard::Governs(actor, PathOf(incident));
}

}  // namespace

std::vector<v1::Task> TasksOf(const v1::Response& response, const plan::v1::ResponseLevel& level,
                              const Act& act) {
  std::vector<v1::Task> tasks;
  for (const plan::v1::TaskTemplate& wanted : level.tasks()) {
    v1::Task task = NewTask(response, wanted.id(), act);
    const auto& have = response.tasks();
    if (std::find(have.begin(), have.end(), task.name()) != have.end()) continue;
    task.set_executor_unit(wanted.unit());
    task.set_executor_post(wanted.post());
    task.set_goal(wanted.action());
    *task.mutable_deadline() = base::ToProto(act.now + absl::Seconds(wanted.within().seconds()));
    tasks.push_back(std::move(task));
  }
  return tasks;
}

v1::Task Assign(const v1::Response& response, const v1::AssignTaskRequest& request, std::string id,
                const Act& act) {
  v1::Task task = NewTask(response, id, act);
  task.set_executor_unit(request.executor_unit());
  task.set_executor_post(request.executor_post());
  task.set_goal(request.goal());
  *task.mutable_deadline() = request.deadline();
  return task;
}

absl::Status Accept(v1::Task& task, const Act& act) {
  RETURN_IF_ERROR(Move(task, TaskAct::kAccept));
  TakeAccepted(task, act);
  return absl::OkStatus();
}

absl::Status Progress(v1::Task& task, std::string_view feedback, const Act& act) {
  RETURN_IF_ERROR(Move(task, TaskAct::kProgress));
  TakeAccepted(task, act);
  AddFeedback(task, feedback, act);
  return absl::OkStatus();
}

absl::Status Complete(v1::Task& task, std::string_view feedback, const Act& act) {
  RETURN_IF_ERROR(Transition(task.state(), TaskAct::kComplete).status());
  if (feedback.empty() && task.feedback().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "完成任务须反馈执行情况",
                         "a task is completed with feedback")
        .Field("feedback")
        .Rule("task.four-facts");
  }
  RETURN_IF_ERROR(Move(task, TaskAct::kComplete));
  TakeAccepted(task, act);
  AddFeedback(task, feedback, act);
  *task.mutable_done_by() = act.actor;
  *task.mutable_done_at() = base::ToProto(act.received_at);
  if (act.received_at > base::FromProto(task.deadline())) task.set_overdue(true);
  return absl::OkStatus();
}

absl::Status Decline(v1::Task& task, std::string_view reason, const Act& act) {
  RETURN_IF_ERROR(Move(task, TaskAct::kDecline));
  task.set_decline_reason(std::string(reason));
  AddFeedback(task, absl::StrCat("无法执行：", std::string(reason)), act);
  return absl::OkStatus();
}

absl::Status Verify(v1::Task& task, const Act& act) {
  RETURN_IF_ERROR(Transition(task.state(), TaskAct::kVerify).status());
  if (!guard::AreTwoPersons(task.done_by(), act.actor)) {
    return base::Refused(Reason::SAME_PERSON, "核验人不能是执行人",
                         "the one who did it does not verify it")
        .Rule("task.verified-by-another")
        .Next("请他人核验", "ask another person");
  }
  *task.mutable_verified_by() = act.actor;
  return Move(task, TaskAct::kVerify);
}

bool Cancel(v1::Task& task) {
  const v1::TaskState next = Next(task.state(), TaskAct::kCancel);
  if (next == v1::TASK_STATE_UNSPECIFIED) return false;
  task.set_state(next);
  return true;
}

bool FallDue(v1::Task& task) {
  if (!IsOpen(task.state()) || task.overdue()) return false;
  task.set_overdue(true);
  return true;
}

bool IsExecutor(const v1::Task& task, const common::v1::Actor& actor) {
  if (!task.executor_post().empty() &&
      (actor.post() == task.executor_post() || actor.acting_for_post() == task.executor_post())) {
    return true;
  }
  return !actor.unit().empty() && actor.unit() == task.executor_unit();
}

absl::StatusOr<TaskHand> JudgeHand(const v1::Task& task, const v1::Incident& incident,
                                   const common::v1::Actor& actor,
                                   const std::optional<Standing>& standing) {
  if (ExecutorOrDeputy(task, actor, standing)) return TaskHand::kExecutor;
  const bool government = guard::SpeaksForGovernment(actor);
  if (standing) {
    if (standing->over && government) return TaskHand::kHelper;
  } else if (government && MayStandOver(actor, incident)) {
    return TaskHand::kUncheckedHelper;
  }
  return base::Denied(Reason::OUTSIDE_AREA, "这是另一单位的任务，也不在本岗位辖区",
                      "the task is another unit's, and not beneath this post")
      .Field("name")
      .Rule("task.executor")
      .Next("由执行岗位、其副岗或上级办理", "ask the executor, its deputy or a post above");
}

absl::Status CheckDecline(const v1::Task& task, const common::v1::Actor& actor,
                          const std::optional<Standing>& standing) {
  const common::v1::Actor& assigner = task.assigned_by();
  const bool assigned = (!actor.person().empty() && actor.person() == assigner.person()) ||
                        Holds(actor, assigner.post()) || Holds(actor, task.commander_post());
  if (assigned || ExecutorOrDeputy(task, actor, standing)) return absl::OkStatus();
  return base::Denied(Reason::OUTSIDE_AREA, "任务只能由执行单位、下达人或指挥员撤回",
                      "only the executor, who assigned it, or the commander declines a task")
      .Field("name")
      .Rule("task.decline")
      .Next("报告进展，请执行岗位或指挥员办理",
            "report progress; ask the executor or the commander");
}

}  // namespace huying::incident::rules
