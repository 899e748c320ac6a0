// SPDX-License-Identifier: Apache-2.0
#include "services/platform/base/status.h"

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::base {
namespace {
constexpr char kTypeUrl[] = "type.googleapis.com/huying.common.v1.Problem";

Reason DefaultReason(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return Reason::MALFORMED_REQUEST;
    case absl::StatusCode::kNotFound:
      return Reason::NOT_FOUND;
    case absl::StatusCode::kAlreadyExists:
      return Reason::ALREADY_EXISTS;
    case absl::StatusCode::kPermissionDenied:
      return Reason::PERMISSION_MISSING;
    case absl::StatusCode::kUnauthenticated:
      return Reason::SIGN_IN_NEEDED;
    case absl::StatusCode::kFailedPrecondition:
      return Reason::CONDITION_NOT_MET;
    case absl::StatusCode::kResourceExhausted:
      return Reason::QUEUE_FULL;
    case absl::StatusCode::kDeadlineExceeded:
      return Reason::DEADLINE_EXCEEDED;
    case absl::StatusCode::kUnavailable:
      return Reason::STORAGE_UNAVAILABLE;
    case absl::StatusCode::kAborted:
      return Reason::FACTS_CHANGED;
    default:
      return Reason::INTERNAL_FAULT;
  }
}

struct NextStep {
  const char* zh = "";
  const char* en = "";
};

// What to do where whoever refused knew nothing better: every problem is one a person can act on.
NextStep DefaultNext(Reason reason) {
  switch (reason) {
    case Reason::FIELD_MISSING:
      return {"补上后重新提交", "fill it in and send again"};
    case Reason::FIELD_INVALID:
    case Reason::MALFORMED_REQUEST:
      return {"改正后重新提交", "correct it and send again"};
    case Reason::FIELD_TOO_LONG:
    case Reason::MESSAGE_TOO_LARGE:
      return {"缩短或分批后重新提交", "shorten it or send it in parts"};
    case Reason::INVALID_UTF8:
      return {"以 UTF-8 编码重新提交", "send the text in UTF-8"};
    case Reason::UNKNOWN_ENUM_VALUE:
      return {"改用规定的取值", "use one of the known values"};
    case Reason::UNKNOWN_AREA:
      return {"从区划表中选择", "choose one of the table of areas"};
    case Reason::UNKNOWN_REFERENCE:
    case Reason::NOT_FOUND:
      return {"核对编号后再试", "check the name and try again"};
    case Reason::ALREADY_EXISTS:
      return {"查看已有的一项", "look at the one there is"};
    case Reason::ILLEGAL_TRANSITION:
    case Reason::CONDITION_NOT_MET:
      return {"先查看现在的状态", "look at its present state first"};
    case Reason::STALE_VERSION:
      return {"重新读取后再修改", "read it again, then change it"};
    case Reason::PAST_DEADLINE:
      return {"改为将来的时间", "choose a time to come"};
    case Reason::GUARD_NEEDS_URGENCY:
      return {"紧急时写明紧急情况后再办理, 事后补办",
              "in urgency say so, act, and make it up later"};
    case Reason::GUARD_HARD:
      return {"按规则改正, 紧急时也不能免", "change what the rule asks; urgency does not pass it"};
    case Reason::SIGN_IN_FAILED:
      return {"核对账号和口令后再试", "check account and password, then try again"};
    case Reason::SIGN_IN_THROTTLED:
      return {"稍等后再试", "wait a little, then try again"};
    case Reason::WRONG_REALM:
      return {"使用本域的令牌", "use a token of this realm"};
    case Reason::SAME_PERSON:
      return {"请另一人办理", "ask another person"};
    case Reason::REQUEST_ID_CONFLICT:
      return {"新的办理用新的请求号", "use a new request id for a new act"};
    case Reason::PERMISSION_MISSING:
    case Reason::TIER_TOO_LOW:
    case Reason::OUTSIDE_AREA:
      return {"请有此权限的岗位或上一级办理", "ask a post that may, or the tier above"};
    case Reason::SIGN_IN_NEEDED:
    case Reason::TOKEN_EXPIRED:
    case Reason::TOKEN_WITHOUT_REALM:
      return {"请重新登录", "sign in again"};
    default:
      return {};
  }
}
// The platform's own rule where whoever refused named none: FIELD_MISSING is "platform.field-missing". Failures of
// the machine break no rule.
std::string DefaultRule(Reason reason) {
  if (reason == Reason::REASON_UNSPECIFIED || reason >= Reason::QUEUE_FULL) return "";
  return absl::StrCat("platform.", absl::AsciiStrToLower(absl::StrReplaceAll(
                                       common::v1::Reason_Name(reason), {{"_", "-"}})));
}
}  // namespace

ProblemStatus::ProblemStatus(absl::StatusCode code, Reason reason, std::string_view zh,
                             std::string_view en)
    : code_(code) {
  problem_.set_reason(reason);
  // A problem may quote what somebody sent; it has to arrive all the same.
  problem_.set_message(AsUtf8(zh));
  problem_.set_message_en(AsUtf8(en));
}

ProblemStatus&& ProblemStatus::Field(std::string_view path) && {
  problem_.set_field(AsUtf8(path));
  return std::move(*this);
}
ProblemStatus&& ProblemStatus::Rule(std::string_view rule_id) && {
  problem_.set_rule_id(std::string(rule_id));
  return std::move(*this);
}
ProblemStatus&& ProblemStatus::Law(std::string_view article) && {
  problem_.set_legal_article(std::string(article));
  return std::move(*this);
}
ProblemStatus&& ProblemStatus::Next(std::string_view zh, std::string_view en) && {
  problem_.set_next_step(AsUtf8(zh));
  problem_.set_next_step_en(AsUtf8(en));
  return std::move(*this);
}

ProblemStatus::operator absl::Status() const {
  Problem problem = problem_;
  if (problem.next_step().empty()) {
    const NextStep next = DefaultNext(problem.reason());
    problem.set_next_step(next.zh);
    problem.set_next_step_en(next.en);
  }
  if (problem.rule_id().empty()) problem.set_rule_id(DefaultRule(problem.reason()));
  absl::Status status(code_, problem.message_en());
  status.SetPayload(kTypeUrl, absl::Cord(problem.SerializeAsString()));
  return status;
}

ProblemStatus Invalid(Reason reason, std::string_view zh, std::string_view en) {
  return {absl::StatusCode::kInvalidArgument, reason, zh, en};
}
ProblemStatus Refused(Reason reason, std::string_view zh, std::string_view en) {
  return {absl::StatusCode::kFailedPrecondition, reason, zh, en};
}
ProblemStatus Denied(Reason reason, std::string_view zh, std::string_view en) {
  return {absl::StatusCode::kPermissionDenied, reason, zh, en};
}
ProblemStatus NotFound(std::string_view name) {
  return {absl::StatusCode::kNotFound, Reason::NOT_FOUND, absl::StrCat("没有找到 ", Abs(name)),
          absl::StrCat(Abs(name), " was not found")};
}
ProblemStatus AlreadyExists(std::string_view zh, std::string_view en) {
  return {absl::StatusCode::kAlreadyExists, Reason::ALREADY_EXISTS, zh, en};
}
ProblemStatus Aborted(Reason reason, std::string_view zh, std::string_view en) {
  return {absl::StatusCode::kAborted, reason, zh, en};
}
ProblemStatus Exhausted(std::string_view zh, std::string_view en) {
  return {absl::StatusCode::kResourceExhausted, Reason::QUEUE_FULL, zh, en};
}
ProblemStatus Unavailable(Reason reason, std::string_view zh, std::string_view en) {
  return {absl::StatusCode::kUnavailable, reason, zh, en};
}
ProblemStatus Unauthenticated(Reason reason, std::string_view zh, std::string_view en) {
  return {absl::StatusCode::kUnauthenticated, reason, zh, en};
}

Problem ProblemOf(const absl::Status& status) {
  Problem problem;
  if (auto payload = status.GetPayload(kTypeUrl)) {
    if (problem.ParseFromString(std::string(*payload))) return problem;
  }
  problem.set_reason(DefaultReason(status.code()));
  problem.set_message_en(AsUtf8({status.message().data(), status.message().size()}));
  problem.set_message(problem.message_en());
  return problem;
}

bool GaveNoAnswer(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

absl::Status InField(const absl::Status& status, std::string_view field_prefix) {
  if (status.ok()) return status;
  Problem problem = ProblemOf(status);
  problem.set_field(problem.field().empty()
                        ? std::string(field_prefix)
                        : absl::StrCat(Abs(field_prefix), ".", problem.field()));
  absl::Status result(status.code(), status.message());
  result.SetPayload(kTypeUrl, absl::Cord(problem.SerializeAsString()));
  return result;
}

}  // namespace huying::base
