// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/status.h"

#include <string>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::rpc {
namespace {

using base::ProblemOf;
using base::Reason;
using ::testing::HasSubstr;

absl::Status Full() {
  return base::Refused(Reason::SAME_PERSON, "审核人不能是起草人", "the reviewer wrote the draft")
      .Field("reviewer")
      .Rule("alert.three-persons")
      .Law("突发事件应对法 第六十四条")
      .Next("请他人审核", "ask another person");
}

template <typename Detail>
Detail DetailOf(const WireStatus& wire) {
  google::rpc::Status status;
  EXPECT_TRUE(status.ParseFromString(wire.details));
  Detail detail;
  for (const auto& any : status.details()) {
    if (any.UnpackTo(&detail)) return detail;
  }
  ADD_FAILURE() << "no " << detail.GetDescriptor()->full_name();
  return detail;
}

TEST(StatusTest, AStatusWithItsProblemSurvivesTheWire) {
  const WireStatus wire = ToWire(Full());
  const absl::Status back = FromWire(wire.code, wire.message, wire.details);
  EXPECT_EQ(back, Full());
}

TEST(StatusTest, EveryCodeSurvivesTheWire) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status sent = base::ProblemStatus(static_cast<absl::StatusCode>(code),
                                                  Reason::CONDITION_NOT_MET, "中文", "english");
    const WireStatus wire = ToWire(sent);
    EXPECT_EQ(FromWire(wire.code, wire.message, wire.details), sent) << CodeName(sent.code());
  }
  EXPECT_TRUE(FromWire(0, "", "").ok());
  EXPECT_TRUE(ToWire(absl::OkStatus()).details.empty());
}

TEST(StatusTest, StockClientsFindTheUsualDetails) {
  const WireStatus wire = ToWire(Full());
  const auto info = DetailOf<google::rpc::ErrorInfo>(wire);
  EXPECT_EQ(info.reason(), "SAME_PERSON");
  EXPECT_EQ(info.domain(), "huying");
  EXPECT_EQ(info.metadata().at("rule_id"), "alert.three-persons");
  EXPECT_EQ(DetailOf<google::rpc::PreconditionFailure>(wire).violations(0).description(),
            "突发事件应对法 第六十四条");
  EXPECT_EQ(DetailOf<google::rpc::LocalizedMessage>(wire).locale(), "zh-CN");
  const absl::Status invalid =
      base::Invalid(Reason::FIELD_MISSING, "缺少标题", "title is missing").Field("title");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(ToWire(invalid)).field_violations(0).field(),
            "title");
  EXPECT_GT(
      DetailOf<google::rpc::RetryInfo>(ToWire(base::Exhausted("忙", "busy"))).retry_delay().nanos(),
      0);
}

// Whoever refused may have named neither a rule nor what to do: each reason of bad input and of competence has both.
TEST(StatusTest, EveryReasonABadRequestCanHaveNamesARuleAndWhatToDo) {
  const auto* reasons = common::v1::Reason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<Reason>(reasons->value(i)->number());
    if (reason == Reason::REASON_UNSPECIFIED || reason >= Reason::QUEUE_FULL) continue;
    const base::Problem problem = ProblemOf(base::Invalid(reason, "中文", "english"));
    EXPECT_EQ(problem.rule_id().rfind("platform.", 0), 0u) << common::v1::Reason_Name(reason);
    EXPECT_NE(problem.next_step(), "") << common::v1::Reason_Name(reason);
    EXPECT_NE(problem.next_step_en(), "") << common::v1::Reason_Name(reason);
  }
  EXPECT_EQ(ProblemOf(base::Invalid(Reason::FIELD_MISSING, "缺", "missing")).rule_id(),
            "platform.field-missing");
  EXPECT_EQ(ProblemOf(base::Exhausted("忙", "busy")).rule_id(), "");  // no rule was broken
}

TEST(StatusTest, LongTextsAreCutBetweenCharactersSoThatTrailersStaySmall) {
  std::string zh;
  for (int i = 0; i < 5000; ++i) zh += "汉";
  const WireStatus wire = ToWire(base::Invalid(Reason::FIELD_INVALID, zh, zh).Field("f"));
  EXPECT_LT(wire.details.size() + wire.message.size(), 8192u);
  const absl::Status back = FromWire(wire.code, wire.message, wire.details);
  EXPECT_EQ(ProblemOf(back).message().size() % 3, 0u);
}

TEST(StatusTest, TheTransportsOwnOutcomesGetWordsAndAReason) {
  EXPECT_EQ(ProblemOf(FromWire(14, "connection refused", "")).reason(),
            Reason::LOWER_SERVICE_UNAVAILABLE);
  EXPECT_EQ(ProblemOf(FromWire(4, "Deadline Exceeded", "")).reason(), Reason::DEADLINE_EXCEEDED);
  EXPECT_EQ(FromWire(1, "", "").code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(FromWire(99, "?", "not a proto \xff").code(), absl::StatusCode::kUnknown);
}

TEST(StatusTest, ANewerServersReasonKeepsItsTexts) {
  google::rpc::Status wire;
  google::rpc::ErrorInfo info;
  info.set_reason("SOMETHING_NEW");
  info.set_domain("huying");
  (*info.mutable_metadata())["next_step"] = "升级客户端";
  wire.add_details()->PackFrom(info);
  const absl::Status status = FromWire(9, "new", wire.SerializeAsString());
  EXPECT_EQ(ProblemOf(status).reason(), Reason::REASON_UNSPECIFIED);
  EXPECT_EQ(ProblemOf(status).next_step(), "升级客户端");
}

TEST(StatusTest, OnlyOursMayBeShown) {
  EXPECT_FALSE(MustHide(absl::OkStatus()));
  EXPECT_FALSE(MustHide(Full()));
  EXPECT_TRUE(MustHide(absl::UnavailableError("SQLITE_FULL at /var/lib/huying")));
  EXPECT_TRUE(MustHide(base::ProblemStatus(absl::StatusCode::kInternal, Reason::INTERNAL_FAULT,
                                           "内情", "inside story")));
  const absl::Status hidden = Hidden(absl::InternalError("inside story"), "F-1");
  EXPECT_THAT(std::string(hidden.message()), HasSubstr("F-1"));
  EXPECT_FALSE(MustHide(hidden));  // once is enough
}

}  // namespace
}  // namespace huying::rpc
