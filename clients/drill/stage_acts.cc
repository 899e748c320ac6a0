// SPDX-License-Identifier: Apache-2.0
//
// What the scenario writes: injects and acts.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/drill/stage.h"
#include "clients/drill/yaml_message.h"
#include "google/protobuf/util/json_util.h"
#include "huying/common/v1/common.pb.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::drill_client {
namespace {

using google::protobuf::Message;

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

absl::Status FromJson(const nlohmann::json& json, Message* message) {
  const auto parsed = google::protobuf::util::JsonStringToMessage(json.dump(), message);
  if (parsed.ok()) return absl::OkStatus();
  return base::Invalid(base::Reason::MALFORMED_REQUEST,
                       absl::StrCat("请求无法组成：", parsed.ToString()),
                       absl::StrCat("the request does not fit: ", parsed.ToString()));
}

// A refusal is the expected one when the scenario names its rule or its reason.
bool IsRefusedWith(const absl::Status& status, const std::string& wanted) {
  const base::Problem problem = base::ProblemOf(status);
  return problem.rule_id() == wanted || common::v1::Reason_Name(problem.reason()) == wanted;
}

}  // namespace

void Stage::Schedule() {
  for (const InjectSpec& inject : scenario_.injects) {
    agenda_.Add(start_ + drill::rules::ToDuration(inject.inject.offset()), inject.inject.id(),
                [this, &inject] { PlayInject(inject); });
  }
  for (const ActSpec& act : scenario_.acts) {
    if (!act.when.at) continue;
    agenda_.Add(start_ + *act.when.at + dice_.Delay(act.when.delay, {"act", act.id}), act.id,
                [this, &act] { PlayAct(act); });
  }
}

void Stage::PlayInject(const InjectSpec& inject) {
  fatal_ = control_.RecordInject(inject.inject.id(), now_);
  if (!fatal_.ok()) return;
  TimelineItem item;
  item.at = now_;
  item.kind = "inject";
  item.zh = inject.inject.text();
  item.en = inject.inject.text_en().empty() ? inject.inject.text() : inject.inject.text_en();
  item.post = inject.inject.to_post();
  item.source = inject.source;
  Show(std::move(item));
  Trigger(inject.inject.id());
}

void Stage::Trigger(const std::string& id) {
  for (const ActSpec& act : scenario_.acts) {
    if (act.when.after != id) continue;
    agenda_.Add(now_ + dice_.Delay(act.when.delay, {"act", act.id}), act.id,
                [this, &act] { PlayAct(act); });
  }
}

void Stage::CheckEvents(const drill::rules::SeenEntry& seen) {
  for (const EventSpec& event : scenario_.events) {
    if (!drill::rules::Matches(event.match, seen)) continue;
    if (++events_seen_[event.id] == std::max(1, event.match.count())) Trigger(event.id);
  }
}

void Stage::AddProblem(const std::string& act, const absl::Status& status) {
  const base::Problem problem = base::ProblemOf(status);
  std::string where = problem.rule_id().empty() ? "" : absl::StrCat(" [", problem.rule_id(), "]");
  if (!problem.field().empty()) absl::StrAppend(&where, " (", problem.field(), ")");
  result_.problems.push_back({now_, act, absl::StrCat(problem.message(), where),
                              absl::StrCat(problem.message_en(), where)});
  TimelineItem item;
  item.at = now_;
  item.kind = "problem";
  item.zh = absl::StrCat("“", act, "”未按脚本进行：", result_.problems.back().zh);
  item.en = absl::StrCat("'", act, "' did not go as written: ", result_.problems.back().en);
  item.bad = true;
  Show(std::move(item));
}

void Stage::Keep(const std::string& name, const std::string& record) {
  saved_[name] = record;
  board_.Bind(name, record, result_.entries);
}

void Stage::CheckUnplayed() {
  for (const ActSpec& act : scenario_.acts) {
    if (played_.count(act.id) > 0) continue;
    if (!act.when.after.empty()) {
      AddProblem(act.id, base::Refused(base::Reason::CONDITION_NOT_MET,
                                       absl::StrCat("始终没有轮到：在等“", act.when.after, "”"),
                                       absl::StrCat("its turn never came: it waited for '",
                                                    act.when.after, "'")));
    } else {
      AddProblem(act.id, base::Refused(base::Reason::CONDITION_NOT_MET, "演练结束时还没有轮到",
                                       "the exercise ended before its turn"));
    }
  }
}

void Stage::PlayAct(const ActSpec& act) {
  played_.insert(act.id);
  Actor* actor = cast_.Find(act.who);
  if (actor == nullptr) return AddProblem(act.id, base::NotFound(act.who));
  const absl::Status status = Call(act, *actor);
  if (absl::IsUnavailable(status)) {
    fatal_ = status;
    return;
  }
  if (!act.refused.empty() && status.ok()) {
    AddProblem(act.id,
               base::Refused(base::Reason::CONDITION_NOT_MET,
                             absl::StrCat("应被拒绝（", act.refused, "），却成功了"),
                             absl::StrCat("should be refused (", act.refused, ") and was not")));
  } else if (!status.ok() && (act.refused.empty() || !IsRefusedWith(status, act.refused))) {
    AddProblem(act.id, status);
  } else if (!status.ok()) {
    TimelineItem item;
    item.at = now_;
    item.kind = "other";
    item.post = act.who;
    item.zh = absl::StrCat(ActWords(ShortName(*act.method)).zh, " 被拒绝（符合预期）：",
                           base::ProblemOf(status).message());
    item.en = absl::StrCat(ActWords(ShortName(*act.method)).en,
                           ": refused, as expected: ", base::ProblemOf(status).message_en());
    Show(std::move(item));
  }
  Trigger(act.id);
}

absl::Status Stage::Call(const ActSpec& act, Actor& actor) {
  Values values;
  values.saved = saved_;
  values.now = now_;
  values.start = start_;
  values.n = act.n;
  ASSIGN_OR_RETURN(const nlohmann::json body, Fill(act.body, values));
  const std::unique_ptr<Message> request = NewMessage(*act.method->input_type());
  const std::unique_ptr<Message> answer = NewMessage(*act.method->output_type());
  RETURN_IF_ERROR(FromJson(body, request.get()));
  RETURN_IF_ERROR(actor.session->CallInto(FullName(*act.method), *request, answer.get()));
  return Save(act, *answer);
}

absl::Status Stage::Save(const ActSpec& act, const Message& answer) {
  if (answer.GetDescriptor() == common::v1::Receipt::descriptor()) {
    Keep(act.id, static_cast<const common::v1::Receipt&>(answer).name());
  }
  if (act.save.empty()) return absl::OkStatus();
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(answer, &text, options);
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  for (const auto& [variable, path] : act.save) {
    ASSIGN_OR_RETURN(const std::string value, Pick(json, path));
    Keep(variable, value);
  }
  return absl::OkStatus();
}

}  // namespace huying::drill_client
