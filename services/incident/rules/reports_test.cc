// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/reports.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
using ::testing::Contains;
using ::testing::Not;

class ReportsTest : public ::testing::Test {
 protected:
  ReportsTest() {
    act_.now = act_.received_at = absl::FromUnixSeconds(1'800'000'000);
    incident_.set_name("incidents/2026-0001");
    incident_.set_state(v1::HANDLING);
    incident_.mutable_figures()->set_missing(139);
    chain_.set_incident(incident_.name());
    chain_.set_chain(v1::GOVERNMENT);
    request_.set_incident(incident_.name());
    request_.set_chain(v1::GOVERNMENT);
    request_.set_kind(v1::FIRST);
    request_.mutable_content()->set_text("139 人失踪");
    for (const char* body : {"市政府总值班室", "省政府总值班室"}) {
      request_.mutable_content()->add_receivers()->set_body(body);
    }
  }
  v1::Report DraftAs(int seq, const v1::Report* former = nullptr) {
    auto report = Draft(incident_, chain_, former, nullptr, request_, seq, act_);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : v1::Report();
  }
  absl::StatusOr<int> Seq(v1::ReportKind kind, const v1::Report* first, const v1::Report* last) {
    return SeqForDraft(incident_, chain_, first, last, kind);
  }
  void Told(v1::Report& report, const std::string& body = "市政府总值班室") {
    v1::SendReportOrallyRequest oral;
    oral.set_body(body);
    oral.set_taken_by("张三");
    ASSERT_TRUE(SendOrally(report, oral, act_).ok());
    NoteSent(chain_, report, false);
  }
  void Written(v1::Report& report) {
    ASSERT_TRUE(Send(report, chain_, act_).ok());
    NoteSent(chain_, report, true);
    chain_.set_last_seq(std::max(chain_.last_seq(), report.seq()));
  }
  Act act_;
  v1::Incident incident_;
  v1::ReportChainState chain_;
  v1::DraftReportRequest request_;
};

TEST_F(ReportsTest, TheFirstIsWrittenAnewUntilItIsSentAndThenNeverAgain) {
  EXPECT_EQ(*Seq(v1::FIRST, nullptr, nullptr), 1);
  v1::Report first = DraftAs(1);
  EXPECT_EQ(first.name(), "incidents/2026-0001/reports/GOVERNMENT-1");
  EXPECT_EQ(*Seq(v1::FIRST, &first, &first), 1);
  Told(first);
  EXPECT_EQ(*Seq(v1::FIRST, &first, &first), 1) << "the paper of what was phoned";
  Written(first);
  EXPECT_EQ(base::ProblemOf(Seq(v1::FIRST, &first, &first).status()).rule_id(),
            "report.first-once");
}

TEST_F(ReportsTest, OthersFollowTheFirstAndTheFinalClosesTheChain) {
  v1::Report first = DraftAs(1);
  EXPECT_EQ(base::ProblemOf(Seq(v1::FOLLOW_UP, &first, &first).status()).rule_id(),
            "report.first-before-others");
  Told(first);
  chain_.set_last_seq(1);
  EXPECT_EQ(*Seq(v1::FOLLOW_UP, &first, &first), 2) << "the paper of the first may come later";
  EXPECT_EQ(base::ProblemOf(Seq(v1::FINAL, &first, &first).status()).rule_id(),
            "report.final-after-end");
  incident_.set_state(v1::ENDED);
  EXPECT_EQ(*Seq(v1::FINAL, &first, &first), 2);
  chain_.set_final_sent(true);
  EXPECT_EQ(base::ProblemOf(Seq(v1::FOLLOW_UP, &first, &first).status()).rule_id(),
            "report.final-closes");
  EXPECT_EQ(base::ProblemOf(Seq(v1::FINAL, &first, &first).status()).rule_id(),
            "report.final-closes");
  EXPECT_EQ(*Seq(v1::CORRECTION, &first, &first), 2);
}

TEST_F(ReportsTest, AnUnsentDraftKeepsItsNumberWhateverItBecomes) {
  v1::Report first = DraftAs(1);
  Written(first);
  request_.set_kind(v1::FOLLOW_UP);
  v1::Report second = DraftAs(2);
  chain_.set_last_seq(2);
  EXPECT_EQ(*Seq(v1::FOLLOW_UP, &first, &second), 2);
  EXPECT_EQ(*Seq(v1::CORRECTION, &first, &second), 2);
  Told(second);
  EXPECT_EQ(*Seq(v1::FOLLOW_UP, &first, &second), 3);
}

TEST_F(ReportsTest, MissingElementsAreNamedAndDoNotStopIt) {
  const v1::Report bare = DraftAs(1);
  EXPECT_THAT(bare.missing_elements(), Contains("发展趋势"));
  EXPECT_THAT(bare.missing_elements(), Contains("领导到位情况"));
  EXPECT_THAT(bare.missing_elements(), Not(Contains("损失情况")));
  *incident_.mutable_received_at() = *incident_.mutable_occurred_at() = base::ToProto(act_.now);
  incident_.set_place("二水平");
  v1::Report& content = *request_.mutable_content();
  content.set_source("矿调度室");
  content.set_nature("瓦斯爆炸");
  content.set_scope("井下");
  content.set_trend("搜救中");
  content.set_leaders("区长到场");
  content.set_measures("停电撤人");
  content.set_advice("请求增援");
  EXPECT_TRUE(DraftAs(1).missing_elements().empty());
}

// R5: what was sent cannot be made smaller by a later report, only corrected with a reason.
TEST_F(ReportsTest, R5NumbersGoDownOnlyByACorrection) {
  v1::Report first = DraftAs(1);
  Told(first);
  EXPECT_EQ(chain_.last_figures().missing(), 139);
  request_.set_kind(v1::FOLLOW_UP);
  request_.mutable_content()->mutable_figures()->set_missing(100);
  auto lower = Draft(incident_, chain_, nullptr, nullptr, request_, 2, act_);
  EXPECT_EQ(base::ProblemOf(lower.status()).rule_id(), "report.numbers-down");
  request_.set_kind(v1::CORRECTION);
  request_.set_corrects(first.name());
  request_.set_reason("核减重复统计");
  auto correction = Draft(incident_, chain_, nullptr, &first, request_, 2, act_);
  ASSERT_TRUE(correction.ok()) << correction.status();
  EXPECT_EQ(correction->corrects(), first.name());
  Written(*correction);
  EXPECT_EQ(chain_.last_figures().missing(), 100);
}

TEST_F(ReportsTest, ThePaperOfAPhonedReportIsNotSmallerThanThePhoneCall) {
  v1::Report first = DraftAs(1);
  Told(first);
  request_.mutable_content()->mutable_figures()->set_missing(90);
  EXPECT_FALSE(Draft(incident_, chain_, &first, nullptr, request_, 1, act_).ok());
  // Later reports went beyond it: the first paper still says what was phoned.
  chain_.mutable_last_figures()->set_missing(150);
  request_.mutable_content()->mutable_figures()->set_missing(139);
  v1::Report paper = DraftAs(1, &first);
  EXPECT_EQ(paper.state(), v1::SENT_ORALLY);
  EXPECT_EQ(paper.receivers(0).oral_to(), "张三");
  EXPECT_EQ(paper.receivers(0).oral_channel(), "phone");
  Written(paper);
  EXPECT_EQ(chain_.last_figures().missing(), 150);
}

TEST_F(ReportsTest, ADraftOverTakenByAnotherReportIsCheckedAgainWhenItLeaves) {
  v1::Report first = DraftAs(1);
  Written(first);
  request_.set_kind(v1::FOLLOW_UP);
  v1::Report second = DraftAs(2);
  chain_.mutable_last_figures()->set_missing(150);
  EXPECT_EQ(base::ProblemOf(Send(second, chain_, act_)).rule_id(), "report.numbers-down");
}

TEST_F(ReportsTest, SeveralReceiversEachWithItsReceipt) {
  v1::Report report = DraftAs(1);
  Told(report, "矿山安全监察局");
  EXPECT_EQ(report.receivers_size(), 3) << "phoned although it was not in the draft";
  Written(report);
  v1::RecordReportReceiptRequest receipt;
  receipt.set_received_by("值班员");
  receipt.set_body("外区");
  EXPECT_EQ(base::ProblemOf(RecordReceipt(report, receipt, act_)).field(), "body");
  for (const char* body : {"市政府总值班室", "省政府总值班室", "矿山安全监察局"}) {
    EXPECT_EQ(report.state(), v1::SENT);
    receipt.set_body(body);
    ASSERT_TRUE(RecordReceipt(report, receipt, act_).ok());
  }
  EXPECT_EQ(report.state(), v1::REPORT_RECEIVED);
  ASSERT_TRUE(Return(report, "缺少图件", act_).ok());
  EXPECT_EQ(report.state(), v1::RETURNED);
}

TEST_F(ReportsTest, ASignatureIsGivenOnceBeforeOrAfterSending) {
  v1::Report report = DraftAs(1);
  EXPECT_FALSE(SignatureGuard(report, {}).passed);
  Written(report);
  ASSERT_TRUE(Sign(report, act_).ok());
  EXPECT_EQ(report.state(), v1::SENT);
  EXPECT_FALSE(Sign(report, act_).ok());
  EXPECT_TRUE(SignatureGuard(report, {}).passed);
  v1::Report signed_one = DraftAs(1);
  ASSERT_TRUE(Sign(signed_one, act_).ok());
  v1::Report anew = DraftAs(1, &signed_one);
  EXPECT_FALSE(anew.has_signed_at()) << "a signature does not outlive the text";
}

TEST_F(ReportsTest, NobodyToReceiveItIsAnError) {
  request_.mutable_content()->clear_receivers();
  v1::Report report = DraftAs(1);
  EXPECT_EQ(base::ProblemOf(Send(report, chain_, act_)).rule_id(), "report.receivers");
}

TEST_F(ReportsTest, OnlyWhatWasSentOnThisChainIsCorrected) {
  v1::Report first = DraftAs(1);
  request_.set_kind(v1::CORRECTION);
  request_.set_reason("更正");
  const auto correct = [&](const v1::Report* corrected) {
    const auto report = Draft(incident_, chain_, nullptr, corrected, request_, 2, act_);
    return report.ok() ? base::Problem() : base::ProblemOf(report.status());
  };
  EXPECT_EQ(correct(nullptr).reason(), Reason::UNKNOWN_REFERENCE);
  EXPECT_EQ(correct(&first).rule_id(), "report.corrects-sent");
  Written(first);
  EXPECT_EQ(correct(&first).reason(), Reason::REASON_UNSPECIFIED);
  first.set_chain(v1::PARTY);
  EXPECT_EQ(correct(&first).reason(), Reason::UNKNOWN_REFERENCE);
}

}  // namespace
}  // namespace huying::incident::rules
