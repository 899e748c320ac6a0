// SPDX-License-Identifier: Apache-2.0
//
// What was passed in urgency and not brought: who is told, and where it stands at the end.
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ClimbTest : public IncidentBench {
 protected:
  // A first report that left unsigned.
  std::string SentUnsigned(const std::string& incident) {
    std::string report = Drafted(incident, v1::FIRST)->name();
    v1::SendReportRequest send;
    send.set_name(report);
    *send.mutable_urgency() = Urgent();
    auto sent = Do(&IncidentService::SendReport, send, "posts/district-duty");
    EXPECT_TRUE(sent.ok()) << sent.status();
    return report;
  }
};

TEST_F(ClimbTest, AnOverdueMakeUpIsToldToTheSupervisorAndThenOnePostHigherEachTime) {
  const std::string name = TakeIn();
  const std::string report = SentUnsigned(name);
  const std::string paper = duty::NameOf(report, "report.signature");
  EXPECT_EQ(Get(duty::kObligations, paper).post(), "posts/district-duty");
  EXPECT_EQ(Get(duty::kObligations, paper).urgency().authorised_by(), "总指挥（电话）");
  Advance(absl::Hours(2));
  const duty::Obligation owed = Get(duty::kObligations, paper);
  EXPECT_EQ(owed.state(), duty::Obligation::OVERDUE);
  EXPECT_THAT(duty::PostsOf(owed), ElementsAre("posts/district-duty", "posts/district-leader"));
  common::v1::ListObligationsRequest list;
  list.add_kinds(duty::Obligation::MAKE_UP);
  list.set_post("posts/district-leader");
  list.set_open_only(true);
  EXPECT_EQ(
      service_->ListObligations(directory_.As("posts/district-leader"), list)->obligations_size(),
      1);
  // The entry is told to whoever follows the incident's areas.
  bool told = false;
  const auto reader = *ledger_->Read();
  const auto entries = *reader->Entries(0, 500);
  for (const auto& stored : entries) {
    if (stored.entry.act() != "incident.ObligationFellDue") continue;
    if (stored.entry.changes(0).key() != paper) continue;
    const auto& channels = stored.entry.channels();
    told |= std::find(channels.begin(), channels.end(), "up:230407000000") != channels.end();
  }
  EXPECT_TRUE(told);
  v1::SignReportRequest sign;
  sign.set_name(report);
  ASSERT_TRUE(Do(&IncidentService::SignReport, sign, "posts/report-signer").ok());
  EXPECT_EQ(
      service_->ListObligations(directory_.As("posts/district-leader"), list)->obligations_size(),
      0);
}

TEST_F(ClimbTest, WhoHasNobodyAboveIsFollowedByTheDutyPost) {
  const std::string incident = Confirmed(1);
  v1::ActivateResponseRequest start = StartOf(incident);
  plans_.SetDown(true);
  start.add_matters("救援");
  start.add_measures("警戒");
  start.mutable_expected_period()->set_seconds(3600 * 24);
  *start.mutable_urgency() = Urgent();
  const std::string response =
      Do(&IncidentService::ActivateResponse, start, "posts/commander")->name();
  Advance(absl::Hours(2));
  EXPECT_THAT(duty::PostsOf(Clock(response, "response.plan-known")),
              ElementsAre("posts/commander", "posts/district-duty"));
}

TEST_F(ClimbTest, WhatWasMadeUpInTimeTellsNobody) {
  const std::string name = TakeIn();
  const std::string report = SentUnsigned(name);
  v1::SignReportRequest sign;
  sign.set_name(report);
  ASSERT_TRUE(Do(&IncidentService::SignReport, sign, "posts/report-signer").ok());
  EXPECT_THAT(Incident(name).open_make_ups(), IsEmpty());
  Advance(absl::Hours(3));
  EXPECT_THAT(OverdueRules(), ::testing::Not(Contains("report.signature")));
}

TEST_F(ClimbTest, WhatWasNeverMadeUpStandsInTheClosingReport) {
  const std::string name = Confirmed();
  const std::string report = SentUnsigned(name);
  v1::StartFirstHandlingRequest handle;
  handle.set_name(name);
  handle.set_action("救援");
  ASSERT_TRUE(Do(&IncidentService::StartFirstHandling, handle, "posts/pingan-duty").ok());
  v1::MarkControlledRequest control;
  control.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::MarkControlled, control, "posts/commander").ok());
  v1::EndIncidentRequest end;
  end.set_name(name);
  auto ended = Do(&IncidentService::EndIncident, end, "posts/commander");
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(HasFlag(*ended, "incident.make-ups-open"));
  EXPECT_THAT(Incident(name).open_make_ups(),
              ElementsAre(duty::NameOf(report, "report.signature")));
  auto last = Drafted(name, v1::FINAL);
  ASSERT_TRUE(last.ok()) << last.status();
  const v1::Report final_report = Get(kReports, last->name());
  ASSERT_EQ(final_report.not_made_up_size(), 1);
  EXPECT_THAT(final_report.not_made_up(0), HasSubstr("报告尚未签发"));
}

}  // namespace
}  // namespace huying::incident
