// SPDX-License-Identifier: Apache-2.0
//
// The same seed gives the same score table: on any day, in one process and in two, however busy the machine.
#include <sched.h>

#include "tests/e2e/drill_fixture.h"

namespace huying::testing {
namespace {

// Every thread of this process on one core, as long as it lives.
class OneCore {
 public:
  explicit OneCore(int core) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    sched_getaffinity(0, sizeof(before_), &before_);
    Pin(one);
  }
  ~OneCore() { Pin(before_); }
  OneCore(const OneCore&) = delete;

 private:
  static void Pin(const cpu_set_t& cores) {
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
      sched_setaffinity(std::stoi(thread.path().filename().string()), sizeof(cores), &cores);
    }
  }
  cpu_set_t before_;
};

// Each run archives the one before: only the last realm is still open.
TEST_F(DrillTest, TheSameSeedGivesTheIdenticalTableTwentyTimesAndNoThreadOrFileIsLeft) {
  Start();
  const Scenario scenario = Load("smoke");
  std::string table;
  ExpectTable(Run(scenario), table);
  ExpectTable(Run(scenario), table);
  const int64_t threads = CountOf("task"), files = CountOf("fd");
  for (int i = 2; i < 20 && !HasFailure(); ++i) ExpectTable(Run(scenario), table);
  // A realm has some twenty threads and more files: eighteen left ones would be hundreds.
  constexpr int64_t kSlack = 30;
  EXPECT_TRUE(Eventually([&] {
    return CountOf("task") < threads + kSlack && CountOf("fd") < files + kSlack;
  })) << CountOf("task")
      << " threads, were " << threads << "; " << CountOf("fd") << " files, were " << files;
  Scenario other = scenario;
  other.seed = 43;
  const auto result = Run(other);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_NE(drill_client::ScoreTable(result->exercise), table) << "another seed, other delays";
}

TEST_F(DrillTest, TheTableIsTheSameWhenRunnerAndServerShareOneCoreWithOthers) {
  Start({.only_core = 0});
  const Scenario scenario = Load("smoke");
  std::string table;
  ExpectTable(Run(scenario), table);
  const OneCore pinned(0);  // this process too, with whoever burns beside it
  std::atomic<bool> stop = false;
  std::vector<std::thread> load;
  for (int i = 0; i < 2; ++i) {
    load.emplace_back([&stop] {
      uint64_t x = 1;
      while (!stop) x = x * 6364136223846793005ULL + 1;
    });
  }
  ExpectTable(Run(scenario), table);
  stop = true;
  for (std::thread& thread : load) thread.join();
}

// Numbers begin anew with the year, names hold it, and shifts change at midnight and in the morning.
TEST_F(DrillTest, TheTableIsTheSameOnWhateverDayItIsPlayed) {
  Start();
  Scenario scenario = Load("smoke");
  std::string table;
  ExpectTable(Run(scenario), table);
  for (const char* start :
       {"2026-12-31T23:40:00+08:00", "2027-02-14", "2030-06-03T07:45:00+08:00"}) {
    scenario.start = drill_client::ParseStart(start, scenario);
    ASSERT_TRUE(scenario.start.has_value()) << start;
    const auto result = Run(scenario);
    ExpectPassed(result);
    ExpectTable(result, table);
    EXPECT_EQ(base::FromProto(result->exercise.starts_at()), *scenario.start);
  }
}

TEST_F(DrillTest, ItPassesWithAlertInASecondProcessAndGivesTheSameTable) {
  const Scenario scenario = Load("smoke");
  std::string table;
  Start();
  ExpectTable(Run(scenario), table);
  Start({.services = {"directory", "plan", "incident", "drill"}, .apart = {"alert"}});
  const auto result = Run(scenario);
  ExpectPassed(result);
  ExpectTable(result, table);
}

// Everybody who acts in the exercise does so on shift or as standing holder, with a power in force, and who
// writes a report does not sign it.
void ExpectTodaysLawAndRoster(const RunResult& result) {
  std::map<std::string, std::set<std::string>> people;
  for (const auto& seen : result.entries) {
    if (seen.ledger == "directory" || seen.ledger == "plan") continue;
    for (const auto& flag : seen.entry.flags()) {
      EXPECT_THAT(flag.text(), ::testing::Not(::testing::StartsWith("依据待核")))
          << seen.entry.act() << " #" << seen.entry.seq();
    }
    const auto& actor = seen.entry.actor();
    if (actor.post() == "posts/district-duty" && actor.system().empty()) {
      people[actor.post()].insert(actor.person());
    }
  }
  EXPECT_EQ(people["posts/district-duty"].size(), 3u) << "eight days, three who take turns";
  EXPECT_EQ(people["posts/district-duty"].count("people/zheng-hai"), 0u) << "the standing holder";
  int signed_reports = 0;
  for (const auto& [name, report] : result.situation.reports()) {
    if (report.signer().person().empty()) continue;
    ++signed_reports;
    EXPECT_NE(report.author().person(), report.signer().person()) << name;
  }
  EXPECT_GT(signed_reports, 3);
}

// The next Sunday after today and the Monday after it, whose roster the demonstration district has.
std::vector<absl::CivilDay> SundayAndMonday() {
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), drill_client::Beijing());
  const absl::CivilDay sunday = absl::NextWeekday(today, absl::Weekday::sunday);
  return {sunday, sunday + 1};
}

TEST_F(DrillTest, R25_TheExplosionOf2009MeetsEveryExpectationOnAnyDayInOneProcessAndInTwo) {
  const Scenario scenario = Load("xinxing-2009");
  std::string table;
  SystemOptions options;
  options.roster_days = 20;
  Start(options);
  const absl::Time before = absl::Now();
  auto result = Run(scenario);
  ExpectPassed(result);
  ExpectTable(result, table);
  ExpectTodaysLawAndRoster(*result);
  const absl::Time starts_at = base::FromProto(result->exercise.starts_at());
  EXPECT_GT(starts_at, before) << "the next night";
  EXPECT_LE(starts_at, absl::Now() + absl::Hours(24));
  EXPECT_EQ(absl::FormatTime("%H:%M:%E*S", starts_at, drill_client::Beijing()), "01:30:00");
  ASSERT_EQ(result->situation.incidents().size(), 1u);
  const auto& incident = result->situation.incidents().begin()->second;
  EXPECT_EQ(incident.figures().dead(), 108);
  EXPECT_EQ(incident.figures().injured(), 65);
  EXPECT_EQ(base::FromProto(incident.occurred_at()), starts_at + absl::Hours(1));
  EXPECT_EQ(incident.level(), incident::v1::LEVEL_I);
  for (const auto& [name, clock] : result->situation.clocks()) {
    EXPECT_NE(clock.state(), common::v1::Obligation::OVERDUE) << name;
    EXPECT_NE(clock.state(), common::v1::Obligation::MET_LATE) << name;
  }
  for (const absl::CivilDay day : SundayAndMonday()) {
    Scenario dated = scenario;
    dated.start = drill_client::ParseStart(absl::FormatCivilTime(day), dated);
    result = Run(dated);
    ExpectPassed(result);
    ExpectTable(result, table);
  }
  options.services = {"directory", "plan", "incident", "drill"};
  options.apart = {"alert"};
  Start(options);
  result = Run(scenario);
  ExpectPassed(result);
  ExpectTable(result, table);
}

}  // namespace
}  // namespace huying::testing
