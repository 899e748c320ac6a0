// SPDX-License-Identifier: Apache-2.0
//
// Drills through the public API on real servers: every expectation met, the same table from the same
// seed, nothing left in the live realm.
#include "absl/strings/escaping.h"
#include "tests/e2e/drill_fixture.h"
#include "tests/support/incidents.h"

namespace huying::testing {
namespace {

TEST_F(DrillTest, TheSmallDrillMeetsEveryExpectationAndItsCaseFileIsWhole) {
  Start();
  const auto result = Run(Load("smoke"));
  ExpectPassed(result);
  EXPECT_EQ(result->verified.ledgers.size(), 4u);
  EXPECT_GT(result->situation.Counts(common::v1::COMMUNITY).answered, 0);
  const auto record = drill_client::ToRecord(*result, {});
  EXPECT_EQ(record["areas"].size(), 13u);
  EXPECT_EQ(record["expectations"].size(), 9u);
}

TEST_F(DrillTest, AnArchivedExerciseEndsItsStreamsAndKnowsItsActorsNoMore) {
  Start();
  drill_client::ExerciseControl control(*director_);
  ASSERT_TRUE(control.Begin(Load("smoke")).ok());
  const auto minted = control.MintTokens({"posts/pingan-duty"});
  ASSERT_TRUE(minted.ok()) << minted.status();
  client::Session actor(*connection_, minted->tokens(0).token());
  client::AlertFeed feed(actor, client::FeedOptions(), [](const alert::v1::SubscribeEvent&) {});
  const auto look = [&actor] {
    return actor.Call<alert::v1::ListAlertsResponse>("huying.alert.v1.AlertService/ListAlerts",
                                                     alert::v1::ListAlertsRequest());
  };
  ASSERT_TRUE(look().ok());
  ASSERT_TRUE(control.Stop("测试").ok());
  ASSERT_TRUE(drill_client::ExerciseControl(*director_).ArchiveEarlier().ok());
  ASSERT_TRUE(Eventually(
      [&] { return base::ProblemOf(look().status()).reason() == base::Reason::WRONG_REALM; }));
  EXPECT_TRUE(Eventually([&] { return !feed.refusal().ok(); }));
  EXPECT_EQ(base::ProblemOf(feed.refusal()).reason(), base::Reason::WRONG_REALM);
}

TEST_F(DrillTest, ItPassesWithoutRedis) {
  Start({.redis = false});
  ExpectPassed(Run(Load("smoke")));
}

TEST_F(DrillTest, R25_ADrillLeavesTheLiveLedgersAsTheyWere) {
  Start();
  const std::vector<std::string> services = {"directory", "plan", "alert", "incident"};
  std::map<std::string, Dump> before;
  for (const auto& service : services) before[service] = *DumpOf(system_->LedgerFile(service));
  ExpectPassed(Run(Load("smoke")));
  for (const auto& service : services) {
    EXPECT_EQ(DifferenceOf(before[service], *DumpOf(system_->LedgerFile(service))), "") << service;
  }
}

// Names are of the realm's year, so that a drill of 2030 and the world of today cannot be mistaken for one another:
// searched for in every table of every ledger, as text and inside stored bytes.
TEST_F(DrillTest, R25_Invariant1_NoActualRecordRefersToAnExerciseNorAnExerciseToAnActualOne) {
  Start();
  const auto live = [this] {
    const std::string incident = ConfirmedIncident(*system_, "230407001001");
    const auto response =
        system_->As("posts/commander").Call("incident.ActivateResponse", Activation(incident));
    EXPECT_TRUE(response.ok()) << response.status();
    if (response.ok()) ExpectEachNoticeOnce(*system_, response->name());
    return incident;
  };
  const std::string incident = live();
  Scenario scenario = Load("smoke");
  scenario.start = drill_client::ParseStart("2030-06-03T07:45:00+08:00", scenario);
  const auto result = Run(scenario);
  ExpectPassed(result);
  (void)live();  // and what happens afterwards

  const auto holds = [](const Dump& dump, const std::string& text) {
    const std::string stored = absl::BytesToHexString(text);
    return std::any_of(dump.begin(), dump.end(), [&](const auto& table) {
      return table.second.find(text) != std::string::npos ||
             table.second.find(stored) != std::string::npos;
    });
  };
  const std::string actual = incident.substr(0, incident.find('-') + 1);  // "incidents/2026-"
  const std::string year = actual.substr(actual.find('/'));               // "/2026-"
  ASSERT_NE(year, "/2030-");
  const std::string& realm = result->exercise.realm();
  for (const std::string service : {"directory", "plan", "alert", "incident"}) {
    const Dump dump = *DumpOf(system_->LedgerFile(service));
    for (const std::string& of_the_drill :
         {realm, result->exercise.name(), std::string("/2030-")}) {
      EXPECT_FALSE(holds(dump, of_the_drill)) << service << " holds " << of_the_drill;
    }
    const Dump of_the_realm = *DumpOf(system_->LedgerFile(service, realm));
    // The exercise itself is a record of the live world, and its actors' tokens name it.
    for (const std::string collection : {"incidents", "responses", "tasks", "reports", "alerts"}) {
      EXPECT_FALSE(holds(of_the_realm, collection + year)) << service << ": " << collection;
    }
  }
  // The search finds what is there.
  EXPECT_TRUE(holds(*DumpOf(system_->LedgerFile("incident")), actual));
  EXPECT_TRUE(holds(*DumpOf(system_->LedgerFile("incident", realm)), "incidents/2030-"));
  EXPECT_TRUE(holds(*DumpOf(system_->LedgerFile("alert", realm)), "incidents/2030-"));
}

TEST_F(DrillTest, APauseShiftsTheRestAndNothingBursts) {
  Start();
  const Scenario scenario = Load("smoke");
  std::string table;
  ExpectTable(Run(scenario), table);
  bool paused = false, resumed = false;
  RunOptions options;
  options.on_progress = [&](const drill_client::Progress& progress) {
    if (paused || progress.item->kind != "inject") return;
    drill::v1::ListExercisesRequest list;
    const auto page = director_->Call<drill::v1::ListExercisesResponse>(
        "huying.drill.v1.DrillService/ListExercises", list);
    ASSERT_TRUE(page.ok());
    drill::v1::PauseExerciseRequest request;
    request.set_name(page->exercises(0).name());
    paused = director_->Call<Receipt>("huying.drill.v1.DrillService/PauseExercise", request).ok();
  };
  options.on_pause = [&](bool now_paused) {
    if (!now_paused) {
      resumed = true;
      return;
    }
    drill::v1::ListExercisesRequest list;
    const auto page = director_->Call<drill::v1::ListExercisesResponse>(
        "huying.drill.v1.DrillService/ListExercises", list);
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->exercises(0).state(), drill::v1::PAUSED);
    drill::v1::ResumeExerciseRequest request;
    request.set_name(page->exercises(0).name());
    EXPECT_TRUE(
        director_->Call<Receipt>("huying.drill.v1.DrillService/ResumeExercise", request).ok());
  };
  ExpectTable(Run(scenario, options), table);
  EXPECT_TRUE(paused);
  EXPECT_TRUE(resumed);
}

TEST_F(DrillTest, AnActThatIsRefusedIsAProblemOfTheRunAndNotItsEnd) {
  Start();
  const Scenario scenario = Load("smoke", {{"who: posts/district-duty\n    after: confirm",
                                            "who: posts/pingan-duty\n    after: confirm"}});
  const auto result = Run(scenario);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->passed());
  ASSERT_FALSE(result->problems.empty());
  EXPECT_EQ(result->problems[0].act, "notice");
  EXPECT_EQ(result->exercise.state(), drill::v1::EVALUATED);
  EXPECT_GT(result->exercise.missed(), 0);
}

TEST_F(DrillTest, AnExpectedRefusalIsWhatTheScenarioSays) {
  Start();
  Scenario scenario = Load("smoke");
  const auto notice = std::find_if(scenario.acts.begin(), scenario.acts.end(),
                                   [](const auto& act) { return act.id == "notice"; });
  ASSERT_NE(notice, scenario.acts.end());
  drill_client::ActSpec overreach = *notice;
  overreach.id = "overreach";
  overreach.who = "posts/pingan-duty";
  overreach.refused = "OUTSIDE_AREA";
  overreach.save.clear();
  scenario.acts.push_back(overreach);
  ExpectPassed(Run(scenario));
}

TEST_F(DrillTest, AMissingPlanKeepsItFromStartingAndSaysSo) {
  Start();
  Scenario scenario = Load("smoke");
  scenario.plans = {"plans/no-such-plan"};
  const auto result = Run(scenario);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(base::ProblemOf(result.status()).message_en(),
              ::testing::HasSubstr("plans/no-such-plan"));
}

TEST_F(DrillTest, StoppingOnRequestStopsTheExercise) {
  Start();
  RunOptions options;
  options.stop_requested = [] { return true; };
  EXPECT_TRUE(absl::IsCancelled(Run(Load("smoke"), options).status()));
  drill::v1::ListExercisesRequest list;
  const auto page = director_->Call<drill::v1::ListExercisesResponse>(
      "huying.drill.v1.DrillService/ListExercises", list);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->exercises(0).state(), drill::v1::STOPPED);
}

}  // namespace
}  // namespace huying::testing
