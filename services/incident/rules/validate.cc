// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/validate.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/incident/rules/figures.h"
#include "services/incident/rules/names.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

using base::Reason;

absl::Status Missing(std::string_view field, std::string_view zh) {
  return base::Invalid(Reason::FIELD_MISSING, absl::StrCat("缺少", base::Abs(zh)),
                       absl::StrCat(base::Abs(field), " is missing"))
      .Field(field);
}
absl::Status UnknownEnum(std::string_view field) {
  return base::Invalid(Reason::UNKNOWN_ENUM_VALUE, "没有这个取值", "not one of the values")
      .Field(field);
}
absl::Status ValidateAreas(const google::protobuf::RepeatedPtrField<std::string>& areas,
                           std::string_view field) {
  for (int i = 0; i < areas.size(); ++i) {
    if (!PaddedArea(areas[i]).empty()) continue;
    return base::Invalid(Reason::UNKNOWN_AREA, "区域代码应为 6、9 或 12 位数字",
                         "an area code has 6, 9 or 12 digits")
        .Field(absl::StrCat(base::Abs(field), "[", i, "]"));
  }
  return absl::OkStatus();
}

absl::Status ValidateReceiver(const v1::Receiver& receiver, const std::string& field) {
  if (receiver.body().empty()) return Missing(field + ".body", "接收单位");
  if (receiver.skip_level() && receiver.skip_reason().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "越级报告须写明理由",
                         "skipping a level wants a reason")
        .Field(field + ".skip_reason")
        .Rule("report.skip-level")
        .Law("突发事件应对法 第十七条");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateText(std::string_view text, std::string_view field, std::string_view zh) {
  return text.empty() ? Missing(field, zh) : absl::OkStatus();
}

absl::Status ValidateName(std::string_view name, std::string_view kind, std::string_view field) {
  if (name.empty()) return Missing(field, "名称");
  if (IsName(name, kind)) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID, "名称格式不对",
                       absl::StrCat("expected ", base::Abs(kind), "/…"))
      .Field(field);
}

std::string PaddedArea(std::string_view code) {
  if (code.size() != 6 && code.size() != 9 && code.size() != 12) return "";
  if (!std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return "";
  std::string full(code);
  full.resize(12, '0');
  return full;
}

absl::Status ValidateLevel(int level) {
  return level >= 1 && level <= 4 ? absl::OkStatus() : Missing("level", "响应级别（1 到 4）");
}

absl::Status ValidateIntake(const v1::TakeIntakeRequest& request, absl::Time now) {
  if (request.title().empty()) return Missing("title", "事件名称");
  if (request.area().empty()) return Missing("area", "事发区域");
  if (PaddedArea(request.area()).empty()) {
    return base::Invalid(Reason::UNKNOWN_AREA, "区域代码应为 6、9 或 12 位数字",
                         "an area code has 6, 9 or 12 digits")
        .Field("area");
  }
  if (!v1::EventClass_IsValid(request.event_class())) return UnknownEnum("event_class");
  if (request.has_occurred_at() && base::FromProto(request.occurred_at()) > now + kClockSkewMax) {
    return base::Invalid(Reason::FIELD_INVALID, "事发时间在将来", "it lies in the future")
        .Field("occurred_at");
  }
  return ValidateFigures(request.figures(), "figures");
}

absl::Status ValidateConfirm(const v1::ConfirmIncidentRequest& request) {
  RETURN_IF_ERROR(ValidateName(request.name(), "incidents", "name"));
  if (!v1::EventClass_IsValid(request.event_class())) return UnknownEnum("event_class");
  RETURN_IF_ERROR(ValidateAreas(request.areas(), "areas"));
  return ValidateFigures(request.figures(), "figures");
}

absl::Status ValidateDraft(const v1::DraftReportRequest& request) {
  RETURN_IF_ERROR(ValidateName(request.incident(), "incidents", "incident"));
  if (request.chain() == v1::REPORT_CHAIN_UNSPECIFIED) return Missing("chain", "报送渠道");
  if (!v1::ReportChain_IsValid(request.chain())) return UnknownEnum("chain");
  if (request.kind() == v1::REPORT_KIND_UNSPECIFIED) return Missing("kind", "报告种类");
  if (!v1::ReportKind_IsValid(request.kind())) return UnknownEnum("kind");
  const v1::Report& content = request.content();
  RETURN_IF_ERROR(ValidateFigures(content.figures(), "content.figures"));
  for (int i = 0; i < content.receivers_size(); ++i) {
    RETURN_IF_ERROR(
        ValidateReceiver(content.receivers(i), absl::StrCat("content.receivers[", i, "]")));
  }
  if (request.kind() != v1::CORRECTION) return absl::OkStatus();
  if (!ParseReportName(request.corrects())) return Missing("corrects", "被更正的报告");
  return ValidateText(request.reason(), "reason", "更正理由");
}

absl::Status ValidateActivate(const v1::ActivateResponseRequest& request) {
  if (!request.name().empty()) {
    RETURN_IF_ERROR(ValidateName(request.name(), "responses", "name"));
  } else {
    RETURN_IF_ERROR(ValidateName(request.incident(), "incidents", "incident"));
    RETURN_IF_ERROR(ValidateName(request.plan(), "plans", "plan"));
    RETURN_IF_ERROR(ValidateLevel(request.level()));
  }
  RETURN_IF_ERROR(ValidateAreas(request.areas(), "areas"));
  for (const std::string& line : request.matters()) {
    if (line.empty()) return Missing("matters", "响应事项");
  }
  for (const std::string& line : request.measures()) {
    if (line.empty()) return Missing("measures", "应急处置措施");
  }
  return absl::OkStatus();
}

absl::Status ValidateTask(const v1::AssignTaskRequest& request, absl::Time now) {
  RETURN_IF_ERROR(ValidateName(request.response(), "responses", "response"));
  const auto demanded = [](absl::Status status) {
    if (status.ok()) return status;
    const base::Problem problem = base::ProblemOf(status);
    return absl::Status(base::Invalid(problem.reason(), problem.message(), problem.message_en())
                            .Field(problem.field())
                            .Rule("task.four-facts"));
  };
  RETURN_IF_ERROR(demanded(ValidateText(request.executor_unit(), "executor_unit", "执行单位")));
  RETURN_IF_ERROR(demanded(ValidateText(request.goal(), "goal", "执行目标")));
  if (!request.has_deadline()) return demanded(Missing("deadline", "执行时限"));
  if (base::FromProto(request.deadline()) <= now) {
    return base::Invalid(Reason::PAST_DEADLINE, "执行时限已过", "the deadline is past")
        .Field("deadline")
        .Rule("task.four-facts");
  }
  return absl::OkStatus();
}

}  // namespace huying::incident::rules
