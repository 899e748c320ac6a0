// SPDX-License-Identifier: Apache-2.0
//
// Information reports on the ledger, with their statutory clocks.
#include <map>

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
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::MET);
  EXPECT_EQ(Clock(name, "report.first-written-GOVERNMENT").state(), duty::Obligation::RUNNING);
  EXPECT_EQ(Clock(name, "report.first-oral-MINE_SAFETY").state(), duty::Obligation::RUNNING);
  EXPECT_EQ(Report(report).state(), v1::SENT_ORALLY);
  // Level I: the next report is owed within the hour.
  const duty::Obligation next = Clock(name, "report.follow-up.I-GOVERNMENT");
  EXPECT_EQ(base::FromProto(next.due_at()), Now() + absl::Hours(1));
  Advance(absl::Minutes(20));
  ASSERT_TRUE(SignedAndSent(report).ok());
  EXPECT_EQ(Clock(name, "report.first-written-GOVERNMENT").state(), duty::Obligation::MET);
  EXPECT_FALSE(Report(report).late());
  EXPECT_EQ(Incident(name).report_count(), 1);
}

TEST_F(ReportTest, R5ALateReportStaysLateAndOpensAnItem) {
  const std::string name = TakeIn();
  const std::string report = First(name);
  Advance(absl::Minutes(31));
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::OVERDUE);
  EXPECT_THAT(OverdueRules(), Contains("report.first-oral"));
  ASSERT_TRUE(Told(report).ok());
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::MET_LATE);
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
  EXPECT_EQ(Clock(name, "report.accident-chain-WORK_SAFETY").state(), duty::Obligation::RUNNING);
  EXPECT_EQ(Clock(name, "report.follow-up.I-PARTY").state(), duty::Obligation::RUNNING);
  EXPECT_FALSE((*ledger_->Read())
                   ->Find(duty::kObligations, duty::NameOf(name, "report.first-oral-PARTY"))
                   ->has_value());
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
  const std::string row = duty::NameOf(report, "report.signature");
  EXPECT_EQ(sent->flags(0).make_up(), row);
  EXPECT_EQ(MakeUp(row), duty::Obligation::RUNNING);
  Advance(absl::Hours(3));
  EXPECT_EQ(MakeUp(row), duty::Obligation::OVERDUE);
  v1::SignReportRequest sign;
  sign.set_name(report);
  ASSERT_TRUE(Do(&IncidentService::SignReport, sign, "posts/report-signer").ok());
  EXPECT_EQ(MakeUp(row), duty::Obligation::MET_LATE);
}

TEST_F(ReportTest, FiguresThatChangeReopenTheReportingDuty) {
  const std::string name = TakeIn(0);  // level IV: daily
  ASSERT_TRUE(Told(First(name)).ok());
  const duty::Obligation daily = Clock(name, "report.follow-up.IV-GOVERNMENT");
  EXPECT_EQ(base::FromProto(daily.due_at()), Now() + absl::Hours(24));
  v1::RecordFiguresRequest figures;
  figures.set_name(name);
  figures.mutable_figures()->set_missing(139);
  ASSERT_TRUE(Do(&IncidentService::RecordFigures, figures, "posts/district-duty").ok());
  EXPECT_EQ(Incident(name).level(), v1::LEVEL_I);
  EXPECT_EQ(base::FromProto(Clock(name, "report.follow-up.I-GOVERNMENT").due_at()),
            Now() + absl::Hours(1));
  // Invariant 7: the earlier clock was not moved; the shorter one takes its place.
  EXPECT_EQ(Clock(name, "report.follow-up.IV-GOVERNMENT").due_at().SerializeAsString(),
            daily.due_at().SerializeAsString());
  EXPECT_EQ(Clock(name, "report.follow-up.IV-GOVERNMENT").state(), duty::Obligation::CANCELLED);
  auto follow = Drafted(name, v1::FOLLOW_UP);
  ASSERT_TRUE(follow.ok()) << follow.status();
  ASSERT_TRUE(SignedAndSent(follow->name()).ok());
  EXPECT_EQ(Clock(name, "report.follow-up.I-GOVERNMENT").state(), duty::Obligation::MET);
  EXPECT_EQ(Clock(name, "report.follow-up.I-GOVERNMENT-2").state(), duty::Obligation::RUNNING);
}

TEST_F(ReportTest, AConfirmationThatRaisesTheLevelShortensWhatIsOwed) {
  const std::string name = TakeIn(0);
  ASSERT_TRUE(Told(First(name)).ok());
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::ConfirmIncidentRequest confirm;
  confirm.set_name(name);
  confirm.mutable_figures()->set_dead(31);
  ASSERT_TRUE(Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty").ok());
  EXPECT_EQ(Incident(name).level(), v1::LEVEL_I);
  EXPECT_EQ(base::FromProto(Clock(name, "report.follow-up.I-GOVERNMENT").due_at()),
            Now() + absl::Hours(1));
}

TEST_F(ReportTest, AReportThatIsOwedByThatVeryTimeOpensNoSecondClockAndOneOwedLaterDoes) {
  const std::string name = TakeIn(0);  // level IV: 24 hours
  ASSERT_TRUE(Told(First(name)).ok());
  const auto running = [&] {
    int running = 0;
    for (const auto& clock : Owed(duty::Obligation::REPORT)) {
      running += clock.series() == "GOVERNMENT" &&
                 rules::AwaitedBy(clock.rule_id()) == rules::Awaits::kNextReport;
    }
    return running;
  };
  v1::SetLevelRequest level;
  level.set_name(name);
  level.set_reason("影响大");
  level.set_level(v1::LEVEL_I);
  Advance(absl::Hours(23));  // due at 24 h: exactly what level I owes from now
  ASSERT_TRUE(Do(&IncidentService::SetLevel, level, "posts/commander").ok());
  EXPECT_EQ(running(), 1);
  EXPECT_EQ(Clock(name, "report.follow-up.IV-GOVERNMENT").state(), duty::Obligation::RUNNING);
  const std::string other = TakeIn(0);
  ASSERT_TRUE(Told(First(other)).ok());
  level.set_name(other);
  Advance(absl::Hours(23) - absl::Microseconds(1));
  ASSERT_TRUE(Do(&IncidentService::SetLevel, level, "posts/commander").ok());
  EXPECT_EQ(Clock(other, "report.follow-up.IV-GOVERNMENT").state(), duty::Obligation::CANCELLED);
  EXPECT_EQ(Clock(other, "report.follow-up.I-GOVERNMENT").state(), duty::Obligation::RUNNING);
}

TEST_F(ReportTest, AnIncidentOpenedAgainOwesItsReportsWhateverWasSentBefore) {
  const std::string name = TakeIn(0);
  ASSERT_TRUE(Told(First(name)).ok());
  v1::TransferIncidentRequest transfer;
  transfer.set_name(name);
  transfer.set_to("邻区");
  transfer.set_receipt("收文 12");
  ASSERT_TRUE(Do(&IncidentService::TransferIncident, transfer, "posts/district-duty").ok());
  EXPECT_THAT(Owed(duty::Obligation::REPORT), ::testing::IsEmpty());
  Advance(absl::Hours(2));
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  std::map<std::string, int> next;
  for (const auto& clock : Owed(duty::Obligation::REPORT)) ++next[clock.series()];
  EXPECT_EQ(next["GOVERNMENT"], 2) << "the paper of the first, and the next report";
  EXPECT_EQ(next["WORK_SAFETY"], 1);
  EXPECT_EQ(next["MINE_SAFETY"], 2);
  EXPECT_EQ(base::FromProto(Clock(name, "report.first-oral-MINE_SAFETY-2").due_at()),
            Now() + absl::Minutes(30));
}

TEST_F(ReportTest, AChainThatWasDraftedBeforeItIsOwedGetsItsClock) {
  v1::TakeIntakeRequest intake;
  intake.set_title("事故");
  intake.set_area("230407001001");
  const std::string name = Do(&IncidentService::TakeIntake, intake, "posts/pingan-duty")->name();
  First(name, v1::WORK_SAFETY);
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::ConfirmIncidentRequest confirm;
  confirm.set_name(name);
  confirm.set_event_class(v1::ACCIDENT);
  ASSERT_TRUE(Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty").ok());
  EXPECT_EQ(Clock(name, "report.accident-chain-WORK_SAFETY").state(), duty::Obligation::RUNNING);
}

TEST_F(ReportTest, EachMissedIntervalIsCountedClimbsAndStandsInTheFinal) {
  const std::string name = Confirmed();
  ASSERT_TRUE(SignedAndSent(First(name)).ok());
  EndAll(name);
  for (int hour = 0; hour < 3; ++hour) Advance(absl::Hours(1));
  const duty::Obligation owed = Clock(name, "report.follow-up.I-GOVERNMENT");
  EXPECT_EQ(owed.missed(), 3);
  EXPECT_EQ(owed.owed_to(), "市·政府值班系统");
  EXPECT_THAT(duty::PostsOf(owed),
              ::testing::IsSupersetOf({"posts/district-duty", "posts/district-leader"}));
  auto last = Drafted(name, v1::FINAL);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(Report(last->name()).missed_reports(), 3);
}

TEST_F(ReportTest, AFinalThatWasToldByPhoneIsTheLast) {
  const std::string name = Confirmed();
  ASSERT_TRUE(SignedAndSent(First(name)).ok());
  EndAll(name);
  auto last = Drafted(name, v1::FINAL);
  ASSERT_TRUE(Told(last->name()).ok());
  EXPECT_EQ(base::ProblemOf(Drafted(name, v1::FINAL).status()).rule_id(), "report.final-closes");
  EXPECT_EQ(base::ProblemOf(Drafted(name, v1::FOLLOW_UP).status()).rule_id(),
            "report.final-closes");
  ASSERT_TRUE(SignedAndSent(last->name()).ok()) << "its paper";
}

TEST_F(ReportTest, AReceiverNamedTwiceIsOne) {
  const std::string name = TakeIn();
  v1::DraftReportRequest draft;
  draft.set_incident(name);
  draft.set_chain(v1::GOVERNMENT);
  draft.set_kind(v1::FIRST);
  draft.mutable_content()->add_receivers()->set_body("鹤岗市政府总值班室");
  draft.mutable_content()->add_receivers()->set_body("鹤岗市政府总值班室");
  auto report = Do(&IncidentService::DraftReport, draft, "posts/district-duty");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(Report(report->name()).receivers_size(), 1);
  ASSERT_TRUE(Told(report->name()).ok());
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::MET);
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

// 5.2: what a lower tier reports is kept, and the district still owes its own.
TEST_F(ReportTest, R5AReportOfALowerTierIsKeptAndMeetsNoClockOfTheDistricts) {
  const std::string name = TakeIn();
  v1::DraftReportRequest draft;
  draft.set_incident(name);
  draft.set_chain(v1::GOVERNMENT);
  draft.set_kind(v1::FIRST);
  draft.mutable_content()->add_receivers()->set_body("岭北街道");
  auto community = Do(&IncidentService::DraftReport, draft, "posts/pingan-duty");
  ASSERT_TRUE(community.ok()) << community.status();
  EXPECT_EQ(community->name(), name + "/reports/GOVERNMENT-pingan-1");
  draft.mutable_content()->mutable_receivers(0)->set_body("区政府总值班室");
  auto street = Do(&IncidentService::DraftReport, draft, "posts/lingbei-duty");
  ASSERT_TRUE(street.ok()) << street.status();
  v1::SendReportOrallyRequest call;
  call.set_taken_by("值班员");
  call.set_name(community->name());
  call.set_body("岭北街道");
  ASSERT_TRUE(Do(&IncidentService::SendReportOrally, call, "posts/pingan-duty").ok());
  call.set_name(street->name());
  call.set_body("区政府总值班室");
  ASSERT_TRUE(Do(&IncidentService::SendReportOrally, call, "posts/lingbei-duty").ok());
  EXPECT_EQ(Report(community->name()).receivers(0).addressee(), v1::REPORT_TIER_SUBDISTRICT);
  EXPECT_TRUE(Report(community->name()).has_told_at());
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::RUNNING);
  EXPECT_THAT(Incident(name).chains(), ::testing::SizeIs(3)) << "the district's own";
  EXPECT_THAT(Owed(duty::Obligation::REPORT), ::testing::SizeIs(5)) << "no clock more, no less";
  // Each superior is told that a report waits for him.
  EXPECT_EQ(Clock(community->name(), "report.receive").post(), "posts/lingbei-duty");
  EXPECT_EQ(Clock(street->name(), "report.receive").post(), "posts/district-duty");
  v1::RecordReportReceiptRequest receipt;
  receipt.set_name(street->name());
  receipt.set_body("区政府总值班室");
  receipt.set_received_by("值班员");
  // The district's FIRST is its own, whatever came from below.
  const std::string district = First(name);
  EXPECT_EQ(district, name + "/reports/GOVERNMENT-1");
  ASSERT_TRUE(Told(district).ok());
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::MET);
}

// What happens to the whole district happens to each of its parts.
TEST_F(ReportTest, ASubdistrictReportsOnAnIncidentOfTheDistrictAlsoWithDirectorySilent) {
  v1::TakeIntakeRequest intake;
  intake.set_title("全区停电");
  intake.set_area("230407");
  const std::string name = Do(&IncidentService::TakeIntake, intake, "posts/district-duty")->name();
  v1::DraftReportRequest draft;
  draft.set_incident(name);
  draft.set_chain(v1::GOVERNMENT);
  draft.set_kind(v1::FIRST);
  draft.mutable_content()->add_receivers()->set_body("区政府总值班室");
  auto drafted = Do(&IncidentService::DraftReport, draft, "posts/lingbei-duty");
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  EXPECT_EQ(drafted->name(), name + "/reports/GOVERNMENT-lingbei-1");
  directory_.SetDown(true);
  auto blind = Do(&IncidentService::DraftReport, draft, "posts/lingnan-duty");
  ASSERT_TRUE(blind.ok()) << blind.status();
  EXPECT_TRUE(HasFlag(*blind, "incident.competence.unchecked"));
  directory_.SetDown(false);
  const std::string beside = TakeIn();
  draft.set_incident(beside);
  EXPECT_EQ(base::ProblemOf(Do(&IncidentService::DraftReport, draft, "posts/lingnan-duty").status())
                .reason(),
            Reason::OUTSIDE_AREA);
}

TEST_F(ReportTest, ALowerTierDoesNotPhoneOrSignTheDistrictsReport) {
  const std::string name = TakeIn();
  const std::string report = First(name);
  v1::SendReportOrallyRequest call;
  call.set_name(report);
  call.set_body("鹤岗市政府总值班室");
  call.set_taken_by("赵某");
  auto denied = Do(&IncidentService::SendReportOrally, call, "posts/pingan-duty");
  EXPECT_EQ(base::ProblemOf(denied.status()).rule_id(), "report.own-body");
  EXPECT_TRUE(LastEntry().has_refusal());
  v1::SignReportRequest sign;
  sign.set_name(report);
  EXPECT_EQ(base::ProblemOf(Do(&IncidentService::SignReport, sign, "posts/lingbei-leader").status())
                .rule_id(),
            "report.own-body");
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::RUNNING);
}

TEST_F(ReportTest, ASubdistrictDoesNotSkipTheDistrictAndTheAttemptIsKept) {
  const std::string name = TakeIn();
  v1::DraftReportRequest draft;
  draft.set_incident(name);
  draft.set_chain(v1::GOVERNMENT);
  draft.set_kind(v1::FIRST);
  v1::Receiver* city = draft.mutable_content()->add_receivers();
  city->set_body("市政府总值班室");
  city->set_tier(common::v1::EXTERNAL);
  city->set_skip_level(true);
  city->set_skip_reason("联系不上区");
  auto denied = Do(&IncidentService::DraftReport, draft, "posts/lingbei-duty");
  const base::Problem problem = base::ProblemOf(denied.status());
  EXPECT_EQ(problem.rule_id(), "report.skip-level");
  EXPECT_EQ(problem.field(), "content.receivers[0].addressee");
  EXPECT_FALSE(problem.next_step().empty());
  EXPECT_TRUE(LastEntry().has_refusal());
  // A community may go over its subdistrict's head when that gets a copy.
  city->set_body("区政府总值班室");
  city->set_tier(common::v1::DISTRICT);
  auto alone = Do(&IncidentService::DraftReport, draft, "posts/pingan-duty");
  EXPECT_EQ(base::ProblemOf(alone.status()).rule_id(), "report.copy-to-superior");
  draft.mutable_content()->add_receivers()->set_body("岭北街道");
  auto copied = Do(&IncidentService::DraftReport, draft, "posts/pingan-duty");
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_TRUE(Report(copied->name()).receivers(0).skip_level());
}

TEST_F(ReportTest, R5OnlyTheDirectSuperiorMeetsTheClockAndEachOfSeveralMustBeTold) {
  const std::string name = TakeIn();
  v1::DraftReportRequest draft;
  draft.set_incident(name);
  draft.set_chain(v1::GOVERNMENT);
  draft.set_kind(v1::FIRST);
  for (const char* body : {"市政府总值班室", "市应急指挥中心", "省政府总值班室"}) {
    draft.mutable_content()->add_receivers()->set_body(body);
  }
  draft.mutable_content()->mutable_receivers(2)->set_skip_level(true);
  draft.mutable_content()->mutable_receivers(2)->set_skip_reason("初判特别重大");
  auto report = Do(&IncidentService::DraftReport, draft, "posts/district-duty");
  ASSERT_TRUE(report.ok()) << report.status();
  v1::SendReportOrallyRequest call;
  call.set_name(report->name());
  call.set_taken_by("值班员");
  const auto phone = [&](const char* body) {
    call.set_body(body);
    EXPECT_TRUE(Do(&IncidentService::SendReportOrally, call, "posts/district-duty").ok());
    return Clock(name, "report.first-oral-GOVERNMENT").state();
  };
  EXPECT_EQ(phone("省政府总值班室"), duty::Obligation::RUNNING) << "the province is not the city";
  EXPECT_EQ(phone("市政府总值班室"), duty::Obligation::RUNNING)
      << "the other one is still to be told";
  EXPECT_EQ(phone("某单位"), duty::Obligation::RUNNING) << "nobody knows who that is";
  EXPECT_EQ(phone("市应急指挥中心"), duty::Obligation::MET);
  EXPECT_EQ(Owed(duty::Obligation::REPORT).size(), 5u)
      << "one follow-up clock, whatever calls come after";
  phone("市政府总值班室");
  EXPECT_EQ(Owed(duty::Obligation::REPORT).size(), 5u);
  ASSERT_TRUE(SignedAndSent(report->name()).ok());
  v1::RecordReportReceiptRequest receipt;
  receipt.set_name(report->name());
  receipt.set_received_by("值班员");
  for (const char* body : {"市政府总值班室", "市应急指挥中心", "省政府总值班室", "某单位"}) {
    EXPECT_EQ(Report(report->name()).state(), v1::SENT) << body;
    receipt.set_body(body);
    ASSERT_TRUE(Do(&IncidentService::RecordReportReceipt, receipt, "posts/district-duty").ok());
  }
  EXPECT_EQ(Report(report->name()).state(), v1::REPORT_RECEIVED);
}

TEST_F(ReportTest, AReportWithoutTheDirectSuperiorIsFlaggedAndMeetsNothing) {
  const std::string name = TakeIn();
  v1::DraftReportRequest draft;
  draft.set_incident(name);
  draft.set_chain(v1::GOVERNMENT);
  draft.set_kind(v1::FIRST);
  v1::Receiver* province = draft.mutable_content()->add_receivers();
  province->set_body("省政府总值班室");
  province->set_addressee(v1::REPORT_TIER_PROVINCE);
  province->set_skip_reason("初判特别重大");
  auto report = Do(&IncidentService::DraftReport, draft, "posts/district-duty");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(HasFlag(*report, "report.direct-superior"));
  ASSERT_TRUE(SignedAndSent(report->name()).ok());
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::RUNNING);
  EXPECT_EQ(Clock(name, "report.first-written-GOVERNMENT").state(), duty::Obligation::RUNNING);
}

TEST_F(ReportTest, ThePaperOfAPhonedReportKeepsTheNextDueTimeAndMeetsNoLaterClock) {
  const std::string name = TakeIn();
  const std::string report = First(name);
  ASSERT_TRUE(Told(report).ok());
  const duty::Obligation next = Clock(name, "report.follow-up.I-GOVERNMENT");
  ASSERT_TRUE(SignedAndSent(report).ok());
  EXPECT_EQ(Get(kChains, name + "/chains/GOVERNMENT").next_due_at().SerializeAsString(),
            next.due_at().SerializeAsString());
  EXPECT_EQ(Clock(name, "report.follow-up.I-GOVERNMENT").state(), duty::Obligation::RUNNING);
  auto follow = Drafted(name, v1::FOLLOW_UP);
  ASSERT_TRUE(Told(follow->name()).ok());
  Advance(absl::Minutes(5));
  ASSERT_TRUE(SignedAndSent(follow->name()).ok());
  EXPECT_EQ(Clock(name, "report.follow-up.I-GOVERNMENT").state(), duty::Obligation::MET);
  EXPECT_EQ(Clock(name, "report.follow-up.I-GOVERNMENT-2").state(), duty::Obligation::RUNNING)
      << "the paper of the first follow-up is not the second";
}

TEST_F(ReportTest, ACorrectionIsNotTheNextPeriodicReport) {
  const std::string name = TakeIn();
  const std::string report = First(name);
  ASSERT_TRUE(Told(report).ok());
  v1::DraftReportRequest correction;
  correction.set_incident(name);
  correction.set_chain(v1::GOVERNMENT);
  correction.set_kind(v1::CORRECTION);
  correction.set_corrects(report);
  correction.set_reason("核减重复统计");
  correction.mutable_content()->add_receivers()->set_body("鹤岗市政府总值班室");
  auto drafted = Do(&IncidentService::DraftReport, correction, "posts/district-duty");
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  ASSERT_TRUE(Told(drafted->name()).ok());
  EXPECT_EQ(Clock(name, "report.follow-up.I-GOVERNMENT").state(), duty::Obligation::RUNNING);
  EXPECT_EQ(Get(kChains, name + "/chains/GOVERNMENT").open_clocks_size(), 2)
      << "the paper of the first, and the follow-up";
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
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::OVERDUE);
  EXPECT_TRUE(Clock(name, "report.first-oral-GOVERNMENT").in_outage());
  Advance(absl::Minutes(60));
  EXPECT_EQ(Clock(name, "report.first-written-GOVERNMENT").state(), duty::Obligation::OVERDUE);
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
