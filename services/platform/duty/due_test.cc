// SPDX-License-Identifier: Apache-2.0
//
// The due handler and the list, on a real ledger with its timekeeper.
#include "services/platform/duty/due.h"

#include <utility>

#include "gmock/gmock.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/duty/list.h"
#include "services/platform/ledger/testing/ledger_fixture.h"

namespace huying::duty {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kIncident[] = "incidents/2026-0007";
constexpr char kDuty[] = "posts/district-duty";
constexpr char kLeader[] = "posts/district-leader";

class DueTest : public ledger::LedgerFixture {
 protected:
  void SetUp() override {
    auto opened = ledger::Ledger::Open(engine_, Options(), {kObligations.schema()});
    ASSERT_TRUE(opened.ok()) << opened.status();
    ledger_ = *std::move(opened);
  }

  std::string Owed(const std::string& rule, absl::Duration within, Obligation::Kind kind) {
    Obligation obligation = About(kIncident, rule, "时限");
    obligation.set_kind(kind);
    obligation.set_post(kDuty);
    Due(obligation, clock_.Now(), clock_.Now() + within, absl::Minutes(10));
    std::string name;
    const auto receipt = Run(Write([&](ledger::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(name, Owe(tx, obligation));
      return absl::OkStatus();
    }));
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return name;
  }
  // What the timekeeper does with the rows that are due.
  void LetFallDue(absl::Duration later) {
    clock_.Advance(later);
    const ledger::DueHandler handler = OnDue(*ledger_, options_);
    const auto rows = *ledger_->Due(clock_.Now(), 100);
    for (const auto& due : rows) {
      auto command = handler(context::CallContext(), due);
      ASSERT_TRUE(command.ok()) << command.status();
      ASSERT_TRUE(Run(Write(command->decide)).ok());
    }
  }
  common::v1::ListObligationsResponse Listed(const common::v1::ListObligationsRequest& request) {
    auto reader = ledger_->Read();
    auto listed = List(**reader, request, clock_.Now(), [](const Obligation&) { return true; });
    EXPECT_TRUE(listed.ok()) << listed.status();
    return *std::move(listed);
  }
  Obligation Seen(const std::string& name) {
    return (*ledger_->Read())->Get(kObligations, name)->value;
  }

  // duty officer → leader on duty → commander, and nobody above.
  DueOptions options_{.act = "incident.ObligationFellDue",
                      .post_above = [](const context::CallContext&, const Obligation&,
                                       const std::string& post) -> absl::StatusOr<std::string> {
                        if (post == kDuty) return kLeader;
                        if (post == kLeader) return "posts/commander";
                        return "";
                      }};
};

TEST_F(DueTest, OverdueClimbsFromTheDutyOfficerToTheLeaderAndToTheCommander) {
  const std::string name = Owed("report.follow-up.I", absl::Hours(1), Obligation::REPORT);
  LetFallDue(absl::Hours(1));
  EXPECT_THAT(PostsOf(Seen(name)), ElementsAre(kDuty, kLeader));
  LetFallDue(absl::Minutes(10));
  EXPECT_THAT(PostsOf(Seen(name)), ElementsAre(kDuty, kLeader, "posts/commander"));
  LetFallDue(absl::Minutes(10));
  EXPECT_THAT(PostsOf(Seen(name)), ElementsAre(kDuty, kLeader, "posts/commander"));
  EXPECT_EQ(Seen(name).missed(), 3);
}

TEST_F(DueTest, ADirectoryThatGivesNoAnswerStopsNoAlarm) {
  const std::string name = Owed("incident.verify", absl::Hours(1), Obligation::VERIFICATION);
  options_.post_above = [](const context::CallContext&, const Obligation&,
                           const std::string&) -> absl::StatusOr<std::string> {
    return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "没有应答", "no answer");
  };
  LetFallDue(absl::Hours(1));
  EXPECT_EQ(Seen(name).state(), Obligation::OVERDUE);
  EXPECT_THAT(PostsOf(Seen(name)), ElementsAre(kDuty));
  // The next interval asks again.
  options_.post_above = [](const context::CallContext&, const Obligation&,
                           const std::string&) -> absl::StatusOr<std::string> { return kLeader; };
  LetFallDue(absl::Minutes(10));
  EXPECT_THAT(PostsOf(Seen(name)), ElementsAre(kDuty, kLeader));
}

TEST_F(DueTest, WhatTheServiceDoesBesidesIsDoneInTheSameDecision) {
  const std::string name = Owed("task.deadline", absl::Hours(1), Obligation::TASK);
  std::string told;
  options_.then = [&told](ledger::Transaction&, const Obligation& obligation) {
    told = obligation.name();
    return absl::OkStatus();
  };
  LetFallDue(absl::Hours(1));
  EXPECT_EQ(told, name);
}

TEST_F(DueTest, AListIsNarrowedByWhatIsAskedAndSaysWhatTimeIsLeft) {
  const std::string report = Owed("report.follow-up.I", absl::Hours(1), Obligation::REPORT);
  const std::string task = Owed("task.deadline", absl::Hours(3), Obligation::TASK);
  LetFallDue(absl::Hours(2));
  common::v1::ListObligationsRequest request;
  EXPECT_EQ(Listed(request).obligations_size(), 2);
  request.set_overdue_only(true);
  auto listed = Listed(request);
  ASSERT_EQ(listed.obligations_size(), 1);
  EXPECT_EQ(listed.obligations(0).name(), report);
  EXPECT_EQ(base::FromProto(listed.obligations(0).remaining()), -absl::Hours(1));
  request.set_overdue_only(false);
  request.add_kinds(Obligation::TASK);
  listed = Listed(request);
  ASSERT_EQ(listed.obligations_size(), 1);
  EXPECT_EQ(listed.obligations(0).name(), task);
  EXPECT_EQ(base::FromProto(listed.obligations(0).remaining()), absl::Hours(1));
  request.clear_kinds();
  request.set_post(kLeader);  // told of the report
  ASSERT_EQ(Listed(request).obligations_size(), 1);
  ASSERT_TRUE(Run(Write([&](ledger::Transaction& tx) {
                return Meet(tx, report, kIncident).status();
              })).ok());
  request.set_open_only(true);
  EXPECT_THAT(Listed(request).obligations(), IsEmpty());
}

TEST_F(DueTest, AListComesInPages) {
  for (int i = 0; i < 5; ++i) Owed("task.deadline", absl::Hours(1), Obligation::TASK);
  common::v1::ListObligationsRequest request;
  request.set_case_id(kIncident);
  request.set_page_size(2);
  int seen = 0;
  int pages = 0;
  do {
    const auto page = Listed(request);
    seen += page.obligations_size();
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 5);
  EXPECT_EQ(pages, 3);
}

}  // namespace
}  // namespace huying::duty
