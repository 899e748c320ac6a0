// SPDX-License-Identifier: Apache-2.0
//
// What actors do by themselves: receipts, answers, tasks, each after a delay from the seed, or nothing.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/drill/stage.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/common/v1/common.pb.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "services/platform/base/status.h"

namespace huying::drill_client {
namespace {

constexpr char kReportReceipts[] = "huying.alert.v1.AlertService/ReportReceipts";
constexpr char kAnswer[] = "huying.alert.v1.AlertService/Answer";
constexpr char kAcceptTask[] = "huying.incident.v1.IncidentService/AcceptTask";
constexpr char kCompleteTask[] = "huying.incident.v1.IncidentService/CompleteTask";

}  // namespace

void Stage::React(const std::vector<drill::rules::SeenEntry>& entries) {
  for (const Heard& heard : cast_.Take()) Hear(heard);
  for (const auto& seen : entries) {
    if (seen.ledger != "incident") continue;
    for (const auto& change : seen.entry.changes()) {
      if (change.kind() != "task" || change.state() != "ASSIGNED") continue;
      incident::v1::Task task;
      if (task.ParseFromString(change.image())) TakeTask(task);
    }
  }
}

bool Stage::IsSilent(const ActorSpec& actor, Silence kind) const {
  if (actor.silence != kind) return false;
  return !actor.silent_until || now_ - start_ < *actor.silent_until;
}

std::string Stage::DiceName(const std::string& record) {
  const auto [known, fresh] = dice_names_.try_emplace(record);
  if (fresh) known->second = absl::StrCat(dice_names_.size());
  return known->second;
}

void Stage::Hear(const Heard& heard) {
  const std::string& name = heard.alert.name();
  const std::string& post = heard.post;
  const alert::v1::AlertState state = heard.alert.state();
  if (state == alert::v1::DRAFT || state == alert::v1::REVIEWED || state == alert::v1::SIGNED)
    return;
  if (state != alert::v1::ISSUED) {
    over_.insert(name);
    return;
  }
  const auto view = result_.situation.alerts().find(name);
  const bool recipient =
      view != result_.situation.alerts().end() && view->second.recipients.count(post) > 0;
  const ActorSpec* actor = scenario_.FindActor(post);
  if (!recipient || actor == nullptr || !handled_.insert({name, post}).second) return;
  if (IsSilent(*actor, Silence::kAll)) return;
  const Reactions& reactions = actor->reactions;
  const std::string die = DiceName(name);
  absl::Time earliest = now_;
  if (reactions.delivered) {
    earliest = now_ + dice_.Delay(*reactions.delivered, {"delivered", post, die});
    agenda_.Add(earliest, absl::StrCat("delivered ", post),
                [this, post, name] { ReportReceipt(post, name, alert::v1::DELIVERED); });
  }
  if (reactions.read) {
    earliest = std::max(earliest, now_ + dice_.Delay(*reactions.read, {"read", post, die}));
    agenda_.Add(earliest, absl::StrCat("read ", post),
                [this, post, name] { ReportReceipt(post, name, alert::v1::READ); });
  }
  const bool silent = IsSilent(*actor, Silence::kAnswer) ||
                      dice_.Chance(actor->silent_probability, {"silent", post, die});
  if (!reactions.answer || silent) return;
  const absl::Time at =
      std::max(earliest, now_ + dice_.Delay(*reactions.answer, {"answer", post, die}));
  agenda_.Add(at, absl::StrCat("answer ", post), [this, post, name] { Answer(post, name); });
}

void Stage::ReportReceipt(const std::string& post, const std::string& alert,
                          alert::v1::RecipientState state) {
  if (IsOver(alert)) return;
  alert::v1::ReportReceiptsRequest request;
  auto* item = request.add_items();
  item->set_alert(alert);
  item->set_state(state);
  CallAs(post, kReportReceipts, request, absl::StrCat("receipt ", post));
}

void Stage::Answer(const std::string& post, const std::string& alert) {
  if (IsOver(alert)) return;
  const auto& recipients = result_.situation.alerts().at(alert).recipients;
  const auto recipient = recipients.find(post);
  // Somebody wrote the answer down already, by phone.
  if (recipient != recipients.end() && recipient->second.has_answered_at()) return;
  const Reactions& reactions = scenario_.FindActor(post)->reactions;
  alert::v1::AnswerRequest request;
  request.set_alert(alert);
  alert::v1::AnswerKind kind = alert::v1::RECEIVED;
  (void)alert::v1::AnswerKind_Parse(reactions.answer_kind, &kind);
  request.set_kind(kind);
  request.set_text(reactions.answer_text);
  if (kind == alert::v1::EVACUATED) request.set_evacuated(reactions.evacuated);
  request.set_channel("app");
  CallAs(post, kAnswer, request, absl::StrCat("answer ", post));
}

void Stage::TakeTask(const incident::v1::Task& task) {
  const ActorSpec* actor = scenario_.FindActor(task.executor_post());
  if (actor == nullptr || !actor->reactions.accept) return;
  if (IsSilent(*actor, Silence::kAll) || IsSilent(*actor, Silence::kAnswer)) return;
  const std::string post = actor->post;
  const std::string name = task.name();
  const auto state_of = [this, name] {
    const auto it = result_.situation.tasks().find(name);
    return it == result_.situation.tasks().end() ? incident::v1::TASK_STATE_UNSPECIFIED
                                                 : it->second.state();
  };
  const absl::Time accepted =
      now_ + dice_.Delay(*actor->reactions.accept, {"accept", post, DiceName(name)});
  agenda_.Add(accepted, absl::StrCat("accept ", post), [this, post, name, state_of] {
    if (state_of() != incident::v1::ASSIGNED) return;
    incident::v1::AcceptTaskRequest request;
    request.set_name(name);
    CallAs(post, kAcceptTask, request, absl::StrCat("accept ", name));
  });
  if (!actor->reactions.complete) return;
  const absl::Time done =
      accepted + dice_.Delay(*actor->reactions.complete, {"complete", post, DiceName(name)});
  agenda_.Add(done, absl::StrCat("complete ", post), [this, post, name, state_of, actor] {
    if (state_of() != incident::v1::ACCEPTED && state_of() != incident::v1::IN_PROGRESS) return;
    incident::v1::CompleteTaskRequest request;
    request.set_name(name);
    request.set_feedback(actor->reactions.feedback);
    CallAs(post, kCompleteTask, request, absl::StrCat("complete ", name));
  });
}

void Stage::CallAs(const std::string& post, const char* method,
                   const google::protobuf::Message& request, const std::string& what) {
  Actor* actor = cast_.Find(post);
  common::v1::Receipt receipt;
  const absl::Status status = actor == nullptr
                                  ? absl::Status(base::NotFound(post))
                                  : actor->session->CallInto(method, request, &receipt);
  if (absl::IsUnavailable(status)) {
    fatal_ = status;
  } else if (!status.ok()) {
    AddProblem(what, status);
  }
}

}  // namespace huying::drill_client
