// SPDX-License-Identifier: Apache-2.0
//
// DOMAIN's test of "act first, then paper": every SOFT guard, alone at night, no leader online, directory
// and plan down.
#include "services/incident/rules/soft_guards.h"

#include <functional>
#include <set>

#include "absl/strings/ascii.h"
#include "services/incident/rules/incidents.h"
#include "services/incident/rules/reports.h"
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using base::Reason;
using Row = duty::Obligation;
using ::testing::Contains;
using ::testing::HasSubstr;

class SoftGuardsTest : public IncidentBench {
 protected:
  using Outcome = absl::StatusOr<Receipt>;
  // One way to meet a guard: `prepare` by day, `act` at night, `make_up` in the morning.
  struct Play {
    std::string actor;
    std::function<void()> prepare;
    std::function<Outcome(bool urgent)> act;
    std::function<void()> make_up;
  };

  // Nobody holds a post but the one who acts, and no other service answers.
  void Night(const std::string& actor) {
    const directory::v1::Directory everybody = directory::XingshanForTests();
    for (const auto& post : everybody.posts()) {
      if (post.name() != actor) directory_.SetHolder(post.name(), "");
    }
    directory_.SetDown(true);
    plans_.SetDown(true);
  }
  void Morning() {
    directory_.Replace(directory::XingshanForTests());
    directory_.SetDown(false);
    plans_.SetDown(false);
  }

  void TakeItOver() {
    v1::TakeOverRequest take;
    take.set_name(incident_);
    ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  }
  template <typename Request>
  Request Hurried(Request request, bool urgent) {
    if (urgent) *request.mutable_urgency() = Urgent();
    return request;
  }
  Play Reject() {
    return {"posts/district-duty",
            [this] {
              incident_ = TakeIn(0);
              TakeItOver();
            },
            [this](bool urgent) {
              v1::RejectIncidentRequest request;
              request.set_name(incident_);
              request.set_reason("误报");
              return Do(&IncidentService::RejectIncident, Hurried(request, urgent),
                        "posts/district-duty");
            },
            [this] {
              v1::RejectIncidentRequest request;
              request.set_name(incident_);
              request.set_reason("同意");
              auto agreed = Do(&IncidentService::RejectIncident, request, "posts/emergency-duty");
              ASSERT_TRUE(agreed.ok()) << agreed.status();
            }};
  }
  Play SendUnsigned() {
    return {"posts/district-duty",
            [this] {
              incident_ = TakeIn();
              report_ = Drafted(incident_, v1::FIRST)->name();
            },
            [this](bool urgent) {
              v1::SendReportRequest request;
              request.set_name(report_);
              return Do(&IncidentService::SendReport, Hurried(request, urgent),
                        "posts/district-duty");
            },
            [this] {
              v1::SignReportRequest request;
              request.set_name(report_);
              auto done = Do(&IncidentService::SignReport, request, "posts/report-signer");
              ASSERT_TRUE(done.ok()) << done.status();
            }};
  }
  void ApproverMakesUp() {
    v1::MakeUpResponseRequest request;
    request.set_name(response_);
    request.set_override_reason("夜间按最坏情形启动");
    auto done = Do(&IncidentService::MakeUpResponse, request, "posts/commander");
    ASSERT_TRUE(done.ok()) << done.status();
  }
  Play Activate() {
    return {"posts/district-leader", [this] { incident_ = TakeIn(); },
            [this](bool urgent) {
              v1::ActivateResponseRequest request = StartOf(incident_);
              request.add_matters("救援");
              request.add_measures("警戒");
              request.mutable_expected_period()->set_seconds(3600 * 24);
              auto started = Do(&IncidentService::ActivateResponse, Hurried(request, urgent),
                                "posts/district-leader");
              if (started.ok()) response_ = started->name();
              return started;
            },
            [this] {
              TakeItOver();
              v1::ConfirmIncidentRequest confirm;
              confirm.set_name(incident_);
              auto done = Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty");
              ASSERT_TRUE(done.ok()) << done.status();
              ApproverMakesUp();
            }};
  }
  Play Adjust() {
    return {"posts/district-leader",
            [this] {
              incident_ = Confirmed();
              response_ = Activated(incident_);
            },
            [this](bool urgent) {
              v1::AdjustResponseRequest request;
              request.set_name(response_);
              request.set_level(2);
              request.set_reason("好转");
              request.mutable_expected_period()->set_seconds(3600 * 24);
              return Do(&IncidentService::AdjustResponse, Hurried(request, urgent),
                        "posts/district-leader");
            },
            [this] { ApproverMakesUp(); }};
  }
  Play PlayOf(std::string_view act) {
    if (act == "RejectIncident") return Reject();
    if (act == "SendReport") return SendUnsigned();
    if (act == "ActivateResponse") return Activate();
    if (act == "AdjustResponse") return Adjust();
    ADD_FAILURE() << "no play of " << act;
    return {};
  }

  std::optional<Row> RowOf(std::string_view rule_id) {
    for (const Row& row : All(duty::kObligations)) {
      if (row.kind() == Row::MAKE_UP && row.rule_id() == rule_id) return row;
    }
    return std::nullopt;
  }

  std::string incident_, report_, response_;
};

// One test per row of the table.
class EverySoftGuard : public SoftGuardsTest,
                       public ::testing::WithParamInterface<rules::SoftGuard> {};

TEST_P(EverySoftGuard, AloneAtNightIsPassedMarkedAndClimbsUntilItIsMadeUp) {
  const std::string rule(GetParam().rule_id);
  const Play play = PlayOf(GetParam().act);
  play.prepare();
  Night(play.actor);

  const auto refused = play.act(false);
  const base::Problem problem = base::ProblemOf(refused.status());
  EXPECT_EQ(problem.reason(), Reason::GUARD_NEEDS_URGENCY) << refused.status();
  EXPECT_THAT(problem.rule_id(), HasSubstr(rule));
  EXPECT_THAT(problem.next_step(), HasSubstr("urgency"));
  EXPECT_FALSE(problem.next_step_en().empty());
  EXPECT_FALSE(RowOf(rule).has_value());

  const auto passed = play.act(true);
  ASSERT_TRUE(passed.ok()) << passed.status();
  std::optional<Row> row = RowOf(rule);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->state(), Row::RUNNING);
  EXPECT_EQ(row->case_id(), incident_);
  EXPECT_EQ(row->urgency().authorised_by(), "总指挥（电话）");
  EXPECT_TRUE(HasFlag(*passed, rule)) << passed->ShortDebugString();
  EXPECT_THAT(Incident(incident_).open_make_ups(), Contains(row->name()));

  Advance(absl::Hours(2) + absl::Seconds(1));
  EXPECT_EQ(RowOf(rule)->state(), Row::OVERDUE);
  // Directory is silent: it is known to whoever owes it, and it climbs when directory answers again.
  EXPECT_FALSE(row->post().empty());
  EXPECT_GE(RowOf(rule)->climbs_size(), 1);

  Morning();
  play.make_up();
  EXPECT_EQ(RowOf(rule)->state(), Row::MET_LATE);
  EXPECT_THAT(Incident(incident_).open_make_ups(), ::testing::Not(Contains(row->name())));
}

INSTANTIATE_TEST_SUITE_P(Table, EverySoftGuard, ::testing::ValuesIn(rules::kSoftGuards),
                         [](const auto& row) {
                           std::string name = absl::StrCat(std::string(row.param.act), "_",
                                                           std::string(row.param.rule_id));
                           for (char& c : name) {
                             if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) c = '_';
                           }
                           return name;
                         });

// What the rules ask softly stands in the table, and nothing else does.
TEST(SoftGuards, TheTableNamesEveryGuardOfTheRules) {
  std::set<std::pair<std::string, std::string>> asked;
  const auto add = [&](const char* act, const std::vector<guard::Guard>& guards) {
    for (const guard::Guard& guard : guards) {
      EXPECT_EQ(guard.kind, guard::Kind::kSoft);
      EXPECT_GT(guard.make_up_within, absl::ZeroDuration());
      asked.insert({act, guard.rule_id});
    }
  };
  v1::AdjustResponseRequest another_level;
  another_level.set_level(2);
  add("RejectIncident", {rules::SecondPersonGuard({}, {}, {})});
  add("SendReport", {rules::SignatureGuard({}, {})});
  add("ActivateResponse", rules::StartGuards({}, {}, {}, {}, {}, {}));
  add("AdjustResponse", rules::AdjustGuards({}, another_level, {}, {}, {}));
  std::set<std::pair<std::string, std::string>> listed;
  for (const rules::SoftGuard& row : rules::kSoftGuards) {
    listed.insert({std::string(row.act), std::string(row.rule_id)});
    EXPECT_FALSE(row.made_up.empty());
    EXPECT_THAT(ReadRepoFile("deploy/config/rules.textproto"),
                HasSubstr(absl::StrCat("\"", std::string(row.limit), "\"")));
  }
  EXPECT_EQ(listed, asked);
}

}  // namespace
}  // namespace huying::incident
