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
  v1::OpenItem ItemOf(std::string_view rule) {
    for (const v1::OpenItem& item : All(kOpenItems)) {
      if (item.rule_id() == rule) return item;
    }
    return {};
  }
  v1::CloseOpenItemRequest CloseOf(const v1::OpenItem& item) {
    v1::CloseOpenItemRequest close;
    close.set_name(item.name());
    close.set_note("已督促补签");
    return close;
  }
};

TEST_F(ClimbTest, AnOverdueMakeUpBecomesTheSupervisorsItemWhichHeListsAndCloses) {
  const std::string name = TakeIn();
  const std::string report = SentUnsigned(name);
  Advance(absl::Hours(3));
  const v1::OpenItem item = ItemOf("report.signature");
  EXPECT_EQ(item.post(), "posts/district-leader") << "the supervisor of the post that owes it";
  EXPECT_EQ(item.subject(), "makeups/" + report + "/signature");
  EXPECT_THAT(item.text(), HasSubstr("授权 总指挥"));
  v1::ListOpenItemsRequest list;
  list.set_post("posts/district-leader");
  list.set_open_only(true);
  EXPECT_EQ(service_->ListOpenItems(directory_.As("posts/district-leader"), list)->items_size(), 1);
  // Neither anybody who may read, nor a permission he does not have: the post it waits for.
  auto other = Do(&IncidentService::CloseOpenItem, CloseOf(item), "posts/police-duty");
  EXPECT_EQ(base::ProblemOf(other.status()).rule_id(), "open-item.post");
  auto closed = Do(&IncidentService::CloseOpenItem, CloseOf(item), "posts/district-leader");
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(service_->ListOpenItems(directory_.As("posts/district-leader"), list)->items_size(), 0);
  // The entry is told to whoever follows the incident's areas.
  bool told = false;
  const auto reader = *ledger_->Read();
  const auto entries = *reader->Entries(0, 500);
  for (const auto& stored : entries) {
    if (stored.entry.act() != "incident.makeup") continue;
    const auto& channels = stored.entry.channels();
    told |= std::find(channels.begin(), channels.end(), "up:230407000000") != channels.end();
  }
  EXPECT_TRUE(told);
}

TEST_F(ClimbTest, WhoeverHasNobodyAboveIsTheDutyPostsOfTheArea) {
  const std::string incident = Confirmed(1);
  v1::ActivateResponseRequest start = StartOf(incident);
  start.clear_name();
  plans_.SetDown(true);
  start.add_matters("救援");
  start.add_measures("警戒");
  start.mutable_expected_period()->set_seconds(3600 * 24);
  *start.mutable_urgency() = Urgent();
  ASSERT_TRUE(Do(&IncidentService::ActivateResponse, start, "posts/commander").ok());
  Advance(absl::Hours(3));
  EXPECT_EQ(ItemOf("response.plan-known").post(), "posts/district-duty");
}

TEST_F(ClimbTest, WhatWasMadeUpInTimeTellsNobody) {
  const std::string name = TakeIn();
  const std::string report = SentUnsigned(name);
  v1::SignReportRequest sign;
  sign.set_name(report);
  ASSERT_TRUE(Do(&IncidentService::SignReport, sign, "posts/report-signer").ok());
  EXPECT_THAT(Incident(name).open_make_ups(), IsEmpty());
  Advance(absl::Hours(3));
  EXPECT_THAT(OpenItemRules(), ::testing::Not(Contains("report.signature")));
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
  EXPECT_THAT(Incident(name).open_make_ups(), ElementsAre("makeups/" + report + "/signature"));
  auto last = Drafted(name, v1::FINAL);
  ASSERT_TRUE(last.ok()) << last.status();
  const v1::Report final_report = Get(kReports, last->name());
  ASSERT_EQ(final_report.not_made_up_size(), 1);
  EXPECT_THAT(final_report.not_made_up(0), HasSubstr("报告尚未签发"));
}

}  // namespace
}  // namespace huying::incident
