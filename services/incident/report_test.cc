// SPDX-License-Identifier: Apache-2.0
//
// Information reports on the ledger, with their statutory clocks.
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using base::Reason;
using ::testing::Contains;

class ReportTest : public IncidentBench {
 protected:
  std::string First(const std::string& incident, v1::ReportChain chain = v1::GOVERNMENT) {
    auto drafted = Drafted(incident, v1::FIRST, chain);
    EXPECT_TRUE(drafted.ok()) << drafted.status();
    return drafted.ok() ? drafted->name() : "";
  }
  v1::Report Report(const std::string& name) { return Get(kReports, name); }
  void EndAll(const std::string& incident) {
    v1::StartFirstHandlingRequest handle;
    handle.set_name(incident);
    handle.set_action("救援");
    ASSERT_TRUE(Do(&IncidentService::StartFirstHandling, handle, "posts/pingan-duty").ok());
    v1::MarkControlledRequest control;
    control.set_name(incident);
    ASSERT_TRUE(Do(&IncidentService::MarkControlled, control, "posts/commander").ok());
    v1::EndIncidentRequest end;
    end.set_name(incident);
    auto ended = Do(&IncidentService::EndIncident, end, "posts/commander");
    ASSERT_TRUE(ended.ok()) << ended.status();
  }
};

TEST_F(ReportTest, R5ThePhoneMeetsTheOralClockAndThePaperRunsOn) {
  const std::string name = TakeIn();
  const std::string report = First(name);
  Advance(absl::Minutes(20));
  ASSERT_TRUE(Told(report).ok());
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), v1::MET);
  EXPECT_EQ(Clock(name, "report.first-written-GOVERNMENT").state(), v1::RUNNING);
  EXPECT_EQ(Clock(name, "report.first-oral-MINE_SAFETY").state(), v1::RUNNING);
  EXPECT_EQ(Report(report).state(), v1::SENT_ORALLY);
  // Level I: the next report is owed within the hour.
  const v1::LegalClock next = Clock(name, "report.follow-up.I-GOVERNMENT-1");
  EXPECT_EQ(base::FromProto(next.due_at()), Now() + absl::Hours(1));
  Advance(absl::Minutes(20));
  ASSERT_TRUE(SignedAndSent(report).ok());
  EXPECT_EQ(Clock(name, "report.first-written-GOVERNMENT").state(), v1::MET);
  EXPECT_FALSE(Report(report).late());
  EXPECT_EQ(Incident(name).report_count(), 1);
}

TEST_F(ReportTest, R5ALateReportStaysLateAndOpensAnItem) {
  const std::string name = TakeIn();
  const std::string report = First(name);
  Advance(absl::Minutes(31));
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), v1::OVERDUE);
  EXPECT_THAT(OpenItemRules(), Contains("report.first-oral"));
  ASSERT_TRUE(Told(report).ok());
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), v1::MET_LATE);
  EXPECT_TRUE(Report(report).late());
  ASSERT_TRUE(SignedAndSent(report).ok());
  EXPECT_TRUE(Report(report).late());
}

TEST_F(ReportTest, SeveralChainsRunAtOnceAndAVoluntaryOneHasNoClockBeforeItsFirst) {
  const std::string name = TakeIn();
  for (const auto chain : {v1::GOVERNMENT, v1::WORK_SAFETY, v1::MINE_SAFETY, v1::PARTY}) {
    const std::string report = First(name, chain);
    EXPECT_EQ(report, absl::StrCat(name, "/reports/", v1::ReportChain_Name(chain), "-1"));
    ASSERT_TRUE(Told(report).ok());
  }
  EXPECT_EQ(Clock(name, "report.accident-chain-WORK_SAFETY").state(), v1::RUNNING);
  EXPECT_EQ(Clock(name, "report.follow-up.I-PARTY-1").state(), v1::RUNNING);
  EXPECT_FALSE(
      (*ledger_->Read())->Find(kClocks, name + "/clocks/report.first-oral-PARTY")->has_value());
}

TEST_F(ReportTest, ASignatureIsSoftAndIsMadeUpBySigning) {
  const std::string name = TakeIn();
  const std::string report = First(name);
  v1::SendReportRequest send;
  send.set_name(report);
  auto refused = Do(&IncidentService::SendReport, send, "posts/district-duty");
  EXPECT_EQ(base::ProblemOf(refused.status()).reason(), Reason::GUARD_NEEDS_URGENCY);
  EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "report.signature");
  *send.mutable_urgency() = Urgent();
  auto sent = Do(&IncidentService::SendReport, send, "posts/district-duty");
  ASSERT_TRUE(sent.ok()) << sent.status();
  ASSERT_EQ(sent->flags_size(), 1);
  const std::string row = absl::StrCat("makeups/", report, "/signature");
  EXPECT_EQ(sent->flags(0).make_up(), row);
  EXPECT_EQ(MakeUp(row), common::v1::MakeUp::OPEN);
  Advance(absl::Hours(3));
  EXPECT_EQ(MakeUp(row), common::v1::MakeUp::OVERDUE);
  v1::SignReportRequest sign;
  sign.set_name(report);
  ASSERT_TRUE(Do(&IncidentService::SignReport, sign, "posts/report-signer").ok());
  EXPECT_EQ(MakeUp(row), common::v1::MakeUp::MADE_UP_LATE);
}

TEST_F(ReportTest, FiguresThatChangeReopenTheReportingDuty) {
  const std::string name = TakeIn(0);  // level IV: daily
  ASSERT_TRUE(Told(First(name)).ok());
  const v1::LegalClock daily = Clock(name, "report.follow-up.IV-GOVERNMENT-1");
  EXPECT_EQ(base::FromProto(daily.due_at()), Now() + absl::Hours(24));
  v1::RecordFiguresRequest figures;
  figures.set_name(name);
  figures.mutable_figures()->set_missing(139);
  ASSERT_TRUE(Do(&IncidentService::RecordFigures, figures, "posts/district-duty").ok());
  EXPECT_EQ(Incident(name).level(), v1::LEVEL_I);
  EXPECT_EQ(base::FromProto(Clock(name, "report.follow-up.I-GOVERNMENT-2").due_at()),
            Now() + absl::Hours(1));
  // Invariant 7: the earlier clock was not moved; one report meets both.
  EXPECT_EQ(Clock(name, "report.follow-up.IV-GOVERNMENT-1").due_at().SerializeAsString(),
            daily.due_at().SerializeAsString());
  auto follow = Drafted(name, v1::FOLLOW_UP);
  ASSERT_TRUE(follow.ok()) << follow.status();
  ASSERT_TRUE(SignedAndSent(follow->name()).ok());
  EXPECT_EQ(Clock(name, "report.follow-up.IV-GOVERNMENT-1").state(), v1::MET);
  EXPECT_EQ(Clock(name, "report.follow-up.I-GOVERNMENT-2").state(), v1::MET);
  EXPECT_EQ(Clock(name, "report.follow-up.I-GOVERNMENT-3").state(), v1::RUNNING);
}

TEST_F(ReportTest, TheFinalReportClosesTheChainAndALaterChangeIsACorrection) {
  const std::string name = Confirmed();
  const std::string first = First(name);
  ASSERT_TRUE(SignedAndSent(first).ok());
  EXPECT_EQ(base::ProblemOf(Drafted(name, v1::FINAL).status()).rule_id(), "report.final-after-end");
  EndAll(name);
  auto final_report = Drafted(name, v1::FINAL);
  ASSERT_TRUE(final_report.ok()) << final_report.status();
  ASSERT_TRUE(SignedAndSent(final_report->name()).ok());
  EXPECT_TRUE(Get(kChains, name + "/chains/GOVERNMENT").open_clocks().empty());
  EXPECT_EQ(base::ProblemOf(Drafted(name, v1::FOLLOW_UP).status()).rule_id(),
            "report.final-closes");
  v1::RecordFiguresRequest figures;
  figures.set_name(name);
  figures.mutable_figures()->set_dead(140);
  ASSERT_TRUE(Do(&IncidentService::RecordFigures, figures, "posts/district-duty").ok());
  EXPECT_EQ(Get(kChains, name + "/chains/GOVERNMENT").open_clocks_size(), 1);
  v1::DraftReportRequest correction;
  correction.set_incident(name);
  correction.set_chain(v1::GOVERNMENT);
  correction.set_kind(v1::CORRECTION);
  correction.set_corrects(final_report->name());
  correction.set_reason("一名失踪人员确认遇难");
  correction.mutable_content()->add_receivers()->set_body("鹤岗市政府总值班室");
  auto drafted = Do(&IncidentService::DraftReport, correction, "posts/district-duty");
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  EXPECT_EQ(drafted->name(), name + "/reports/GOVERNMENT-3");
  ASSERT_TRUE(SignedAndSent(drafted->name()).ok());
  EXPECT_TRUE(Get(kChains, name + "/chains/GOVERNMENT").open_clocks().empty());
}

TEST_F(ReportTest, ADueTimeThatPassedInAnOutageIsMarked) {
  const std::string name = TakeIn();
  StopFollowers();
  ledger_.Close();
  ledger_.clock.Advance(absl::Minutes(40));
  ledger_.machine_clock.Advance(absl::Minutes(40));
  Restart();
  StartTimekeeper();
  Advance(absl::Minutes(5));
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), v1::OVERDUE);
  EXPECT_TRUE(Clock(name, "report.first-oral-GOVERNMENT").in_outage());
  Advance(absl::Minutes(60));
  EXPECT_EQ(Clock(name, "report.first-written-GOVERNMENT").state(), v1::OVERDUE);
  EXPECT_FALSE(Clock(name, "report.first-written-GOVERNMENT").in_outage());
}

TEST_F(ReportTest, AReceiptIsEnteredByHandAndAReturnedReportIsSupplemented) {
  const std::string name = TakeIn();
  const std::string report = First(name);
  ASSERT_TRUE(SignedAndSent(report).ok());
  v1::RecordReportReceiptRequest receipt;
  receipt.set_name(report);
  receipt.set_body("鹤岗市政府总值班室");
  receipt.set_received_by("赵某");
  receipt.set_receipt_no("2009-1121");
  auto received = Do(&IncidentService::RecordReportReceipt, receipt, "posts/district-duty");
  ASSERT_TRUE(received.ok()) << received.status();
  EXPECT_EQ(received->state(), "REPORT_RECEIVED");
  v1::ReturnReportRequest back;
  back.set_name(report);
  back.set_reason("缺少救援力量情况");
  ASSERT_TRUE(Do(&IncidentService::ReturnReport, back, "posts/report-signer").ok());
  EXPECT_THAT(OpenItemRules(), Contains("report.returned"));
  EXPECT_TRUE(Drafted(name, v1::FOLLOW_UP).ok());
  v1::ListReportsRequest list;
  list.set_incident(name);
  EXPECT_EQ(service_->ListReports(directory_.As("posts/district-duty"), list)->reports_size(), 2);
}

}  // namespace
}  // namespace huying::incident
