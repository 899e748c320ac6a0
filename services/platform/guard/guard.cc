// SPDX-License-Identifier: Apache-2.0
#include "services/platform/guard/guard.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::guard {
namespace {
using base::Problem;
using base::Reason;
using common::v1::MakeUp;
using common::v1::Urgency;

// A person's watch and the server's may differ by this much.
constexpr absl::Duration kClockSkewMax = absl::Minutes(5);
constexpr size_t kReasonBytesMax = 2000;

// "makeups/alerts/2026-0007/three-persons"
std::string NameOf(std::string_view subject, const std::string& rule_id) {
  const size_t dot = rule_id.find('.');
  return absl::StrCat("makeups/", base::Abs(subject), "/",
                      dot == std::string::npos ? rule_id : rule_id.substr(dot + 1));
}

absl::Status HardProblem(const Guard& guard) {
  const Problem problem = base::ProblemOf(guard.problem);
  if (guard.problem.ok()) {
    return base::Refused(Reason::GUARD_HARD, absl::StrCat("不符合规则 ", guard.rule_id),
                         absl::StrCat("rule ", guard.rule_id, " is not met"))
        .Rule(guard.rule_id);
  }
  return base::ProblemStatus(guard.problem.code(), problem.reason(), problem.message(),
                             problem.message_en())
      .Field(problem.field())
      .Rule(guard.rule_id)
      .Law(problem.legal_article())
      .Next(problem.next_step(), problem.next_step_en());
}

absl::Status NeedsUrgency(const std::vector<const Guard*>& failed) {
  std::vector<std::string> zh, en, rules;
  for (const Guard* guard : failed) {
    const Problem problem = base::ProblemOf(guard->problem);
    zh.push_back(problem.message());
    en.push_back(problem.message_en());
    rules.push_back(guard->rule_id);
  }
  return base::Refused(Reason::GUARD_NEEDS_URGENCY, absl::StrJoin(zh, "；"),
                       absl::StrJoin(en, "; "))
      .Rule(absl::StrJoin(rules, ","))
      .Law(base::ProblemOf(failed.front()->problem).legal_article())
      .Next(
          "补齐后再办；情况紧急的，填写 "
          "urgency（理由、授权人、电话或现场、时间）先行办理，事后补办",
          "complete it; in urgency pass `urgency` with reason, authorised_by, channel and at, and "
          "make it "
          "up later");
}

MakeUp OpenRow(const Guard& guard, const Urgency& urgency, std::string_view subject,
               const common::v1::Actor& actor, absl::Time now) {
  MakeUp row;
  row.set_name(NameOf(subject, guard.rule_id));
  row.set_subject(std::string(subject));
  row.set_rule_id(guard.rule_id);
  row.set_text(base::ProblemOf(guard.problem).message());
  *row.mutable_urgency() = urgency;
  *row.mutable_actor() = actor;
  *row.mutable_opened_at() = base::ToProto(now);
  *row.mutable_due_at() = base::ToProto(now + guard.make_up_within);
  row.set_state(MakeUp::OPEN);
  row.set_supervisor_post(guard.supervisor_post);
  return row;
}
}  // namespace

absl::Status ValidateUrgency(const Urgency& urgency, absl::Time now) {
  const auto missing = [](std::string_view field, std::string_view zh, std::string_view en) {
    return base::Invalid(Reason::FIELD_MISSING, zh, en)
        .Field(absl::StrCat("urgency.", base::Abs(field)))
        .Rule("platform.urgency-complete");
  };
  if (urgency.reason().empty()) return missing("reason", "缺少紧急理由", "the reason is missing");
  if (urgency.reason().size() > kReasonBytesMax) {
    return base::Invalid(Reason::FIELD_TOO_LONG, "紧急理由过长", "the reason is too long")
        .Field("urgency.reason");
  }
  if (urgency.authorised_by().empty()) {
    return missing("authorised_by", "缺少授权人", "who authorised it is missing");
  }
  if (urgency.channel() != Urgency::PHONE && urgency.channel() != Urgency::ON_SITE) {
    return missing("channel", "请说明是电话还是现场授权", "say whether by phone or on site");
  }
  if (!urgency.has_at()) return missing("at", "缺少授权时间", "the time is missing");
  if (base::FromProto(urgency.at()) > now + kClockSkewMax) {
    return base::Invalid(Reason::FIELD_INVALID, "授权时间在将来", "the time is in the future")
        .Field("urgency.at")
        .Rule("platform.urgency-complete");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<MakeUp>> Judge(absl::Span<const Guard> guards, const Urgency* urgency,
                                          std::string_view subject, const common::v1::Actor& actor,
                                          absl::Time now) {
  std::vector<const Guard*> failed;
  for (const Guard& guard : guards) {
    if (guard.passed) continue;
    if (guard.kind == Kind::kHard) return HardProblem(guard);
    failed.push_back(&guard);
  }
  if (failed.empty()) return std::vector<MakeUp>();
  if (urgency == nullptr) return NeedsUrgency(failed);
  RETURN_IF_ERROR(ValidateUrgency(*urgency, now));
  std::vector<MakeUp> rows;
  for (const Guard* guard : failed) rows.push_back(OpenRow(*guard, *urgency, subject, actor, now));
  return rows;
}

}  // namespace huying::guard
