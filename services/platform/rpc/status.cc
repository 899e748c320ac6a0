// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/status.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::rpc {
namespace {

using base::Problem;
using base::Reason;

constexpr char kProblemUrl[] = "type.googleapis.com/huying.common.v1.Problem";
// Details travel in trailers, which are small: 8 KiB in many clients.
constexpr size_t kTextMaxBytes = 1024;
constexpr int kRetryDelayMs = 500;
// Marks the sentence that stands for a hidden fault, so that it is not hidden a second time.
constexpr char kFaultRule[] = "platform.fault";

// At most kTextMaxBytes, cut between characters.
std::string Short(std::string_view text) {
  if (text.size() <= kTextMaxBytes) return std::string(text);
  size_t end = kTextMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

bool IsRetryable(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kResourceExhausted;
}

google::rpc::ErrorInfo InfoOf(const Problem& problem) {
  google::rpc::ErrorInfo info;
  info.set_reason(common::v1::Reason_Name(problem.reason()));
  info.set_domain(kErrorDomain);
  const auto put = [&](const char* key, const std::string& value) {
    if (!value.empty()) (*info.mutable_metadata())[key] = Short(value);
  };
  put("message_zh", problem.message());
  put("field", problem.field());
  put("rule_id", problem.rule_id());
  put("legal_article", problem.legal_article());
  put("next_step", problem.next_step());
  put("next_step_en", problem.next_step_en());
  return info;
}

Problem ProblemFrom(const google::rpc::ErrorInfo& info, std::string_view message) {
  Problem problem;
  Reason reason = Reason::REASON_UNSPECIFIED;
  // A newer server's reason stays unspecified here; its texts still say what to do.
  if (common::v1::Reason_Parse(info.reason(), &reason)) problem.set_reason(reason);
  const auto get = [&](const char* key) {
    const auto it = info.metadata().find(key);
    return it == info.metadata().end() ? std::string() : it->second;
  };
  problem.set_message(get("message_zh"));
  problem.set_message_en(std::string(message));
  problem.set_field(get("field"));
  problem.set_rule_id(get("rule_id"));
  problem.set_legal_article(get("legal_article"));
  problem.set_next_step(get("next_step"));
  problem.set_next_step_en(get("next_step_en"));
  return problem;
}

absl::Status WithProblem(absl::StatusCode code, const Problem& problem) {
  absl::Status status(code, problem.message_en());
  status.SetPayload(kProblemUrl, absl::Cord(problem.SerializeAsString()));
  return status;
}

// The transport's own outcomes, in words.
absl::Status TransportStatus(absl::StatusCode code, std::string_view message) {
  const std::string text =
      base::IsUtf8(message) ? Short(message) : std::string("the server's text is not UTF-8");
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return base::Unavailable(Reason::LOWER_SERVICE_UNAVAILABLE, "对方服务没有应答",
                               absl::StrCat("the service does not answer: ", text))
          .Next("稍后用同一请求号重试", "try again later with the same request id");
    case absl::StatusCode::kDeadlineExceeded:
      return base::ProblemStatus(code, Reason::DEADLINE_EXCEEDED, "等待超时,结果未知",
                                 "the deadline passed; the outcome is open")
          .Next("用同一请求号再问一次", "ask again with the same request id");
    case absl::StatusCode::kCancelled:
      return base::ProblemStatus(code, Reason::REASON_UNSPECIFIED, "调用已取消",
                                 "the call was cancelled");
    case absl::StatusCode::kUnauthenticated:
      return base::Unauthenticated(Reason::SIGN_IN_NEEDED, "需要登录", text);
    default: {
      Problem problem = base::ProblemOf(absl::Status(code, text));
      return WithProblem(code, problem);
    }
  }
}

void AddDetail(google::rpc::Status& status, const google::protobuf::Message& detail) {
  status.add_details()->PackFrom(detail);
}

}  // namespace

WireStatus ToWire(const absl::Status& status) {
  if (status.ok()) return {};
  const Problem problem = base::ProblemOf(status);
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(Short(problem.message_en()));
  AddDetail(wire, InfoOf(problem));
  if (!problem.field().empty() && status.code() == absl::StatusCode::kInvalidArgument) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(Short(problem.field()));
    violation->set_description(Short(problem.message_en()));
    AddDetail(wire, bad);
  }
  if (status.code() == absl::StatusCode::kFailedPrecondition) {
    google::rpc::PreconditionFailure failure;
    auto* violation = failure.add_violations();
    violation->set_type(common::v1::Reason_Name(problem.reason()));
    violation->set_subject(Short(problem.rule_id()));
    violation->set_description(
        Short(problem.legal_article().empty() ? problem.message_en() : problem.legal_article()));
    AddDetail(wire, failure);
  }
  if (!problem.message().empty()) {
    google::rpc::LocalizedMessage localized;
    localized.set_locale("zh-CN");
    localized.set_message(Short(problem.message()));
    AddDetail(wire, localized);
  }
  if (IsRetryable(status.code())) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(kRetryDelayMs * 1'000'000);
    AddDetail(wire, retry);
  }
  return {wire.code(), wire.message(), wire.SerializeAsString()};
}

absl::Status FromWire(int code, std::string_view message, std::string_view details) {
  if (code == 0) return absl::OkStatus();
  const auto status_code =
      code < 0 || code > 16 ? absl::StatusCode::kUnknown : static_cast<absl::StatusCode>(code);
  google::rpc::Status wire;
  if (wire.ParseFromArray(details.data(), static_cast<int>(details.size()))) {
    for (const auto& detail : wire.details()) {
      google::rpc::ErrorInfo info;
      if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info) &&
          info.domain() == kErrorDomain) {
        return WithProblem(status_code, ProblemFrom(info, message));
      }
    }
  }
  return TransportStatus(status_code, message);
}

bool MustHide(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return false;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return base::ProblemOf(status).rule_id() != kFaultRule;
    default:
      return !status.GetPayload(kProblemUrl).has_value();
  }
}

absl::Status Hidden(const absl::Status& status, std::string_view incident) {
  const Reason reason = base::ProblemOf(absl::Status(status.code(), "")).reason();
  return base::ProblemStatus(
             status.code(), reason, absl::StrCat("服务器内部出错,编号 ", base::Abs(incident)),
             absl::StrCat("a fault inside the server, number ", base::Abs(incident)))
      .Rule(kFaultRule)
      .Next(absl::StrCat("请把编号 ", base::Abs(incident), " 告诉系统管理员,原因在服务器日志里"),
            absl::StrCat("give number ", base::Abs(incident),
                         " to the administrator: the server's log has the cause"));
}

std::string_view CodeName(absl::StatusCode code) {
  static constexpr std::array<std::string_view, 17> kNames = {"OK",
                                                              "CANCELLED",
                                                              "UNKNOWN",
                                                              "INVALID_ARGUMENT",
                                                              "DEADLINE_EXCEEDED",
                                                              "NOT_FOUND",
                                                              "ALREADY_EXISTS",
                                                              "PERMISSION_DENIED",
                                                              "RESOURCE_EXHAUSTED",
                                                              "FAILED_PRECONDITION",
                                                              "ABORTED",
                                                              "OUT_OF_RANGE",
                                                              "UNIMPLEMENTED",
                                                              "INTERNAL",
                                                              "UNAVAILABLE",
                                                              "DATA_LOSS",
                                                              "UNAUTHENTICATED"};
  const auto index = static_cast<size_t>(code);
  return kNames[std::min(index, kNames.size() - 1)];
}

}  // namespace huying::rpc
