// SPDX-License-Identifier: Apache-2.0
//
// kill -9 at random points of a busy server. What was acknowledged is there, once; what was not may be asked
// again; nobody who listens loses anything.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "tests/support/notices.h"
#include "tests/support/raw_listener.h"
#include "tests/support/storm.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr int kRounds = 4;
constexpr uint32_t kSeed = 20260301;
constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kPinganArea[] = "230407001001";

// title -> names of the alerts that bear it.
std::map<std::string, std::set<std::string>> AlertsByTitle(Client& client) {
  std::map<std::string, std::set<std::string>> found;
  alert::v1::ListAlertsRequest request;
  request.set_page_size(200);
  while (true) {
    const auto page = client.Call<alert::v1::ListAlertsResponse>("alert.ListAlerts", request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return found;
    for (const auto& alert : page->alerts()) found[alert.title()].insert(alert.name());
    if (page->next_page_token().empty()) return found;
    request.set_page_token(page->next_page_token());
  }
}

int64_t LinesIn(const std::string& file) {
  std::ifstream in(file);
  return std::count(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>(), '\n');
}

TEST(Kill, EveryAcknowledgedCommandIsThereOnceDeadlinesFireAndListenersLoseNothing) {
  System system({.services = {"directory", "alert"},
                 .limits = {{"alert.answer-limit.urgent", absl::Seconds(2)},
                            {"alert.ladder-wait", absl::Seconds(2)}}});
  const absl::Status started = system.Start();
  ASSERT_TRUE(started.ok()) << started;
  Client& duty = system.As(kDistrict);
  Listener district(duty);
  Listener community(system.As(kPingan));
  RawListener wire(system.As(kPingan));  // without the client library, which drops doubles
  ASSERT_TRUE(district.WaitForSnapshot(kSoon));
  ASSERT_TRUE(community.WaitForSnapshot(kSoon));
  ASSERT_TRUE(wire.WaitForSnapshot(kSoon));

  std::mt19937 dice(kSeed);
  std::set<std::string> all;
  size_t asked = 0;
  int unknown = 0;
  for (int round = 0; round < kRounds; ++round) {
    Storm storm(duty, kPinganArea, absl::StrCat("第", round, "轮-"));
    ASSERT_TRUE(storm.RunUntil(std::uniform_int_distribution<int>(1, 300)(dice), kSoon));
    EXPECT_GE(storm.under_way(), kStormInFlight) << "too little was in flight";
    system.Kill();
    ASSERT_TRUE(storm.Settle(kSoon));
    const absl::Status booted = system.Boot();
    ASSERT_TRUE(booted.ok()) << booted;
    ASSERT_TRUE(wire.Resume(kSoon));
    unknown += AskAgain(duty, storm, all);
    asked += storm.sent().size();
  }
  EXPECT_GT(unknown, 0) << "every call was answered before its kill";

  EXPECT_EQ(all.size(), asked);
  const auto by_title = AlertsByTitle(duty);
  EXPECT_EQ(by_title.size(), asked);
  for (const auto& [title, names] : by_title) EXPECT_EQ(names.size(), 1u) << title;

  // Everybody who listened through all of it has each notice, once.
  for (const Listener* screen : {&district, &community}) {
    EXPECT_TRUE(screen->WaitForAlerts(all, kSoon));
    EXPECT_EQ(screen->resyncs(), 0);
    for (const std::string& name : all) EXPECT_EQ(screen->TimesTold(name), 1) << name;
  }

  // A resume may repeat what lies past its cursor; within a stream nothing comes twice or too late.
  EXPECT_TRUE(wire.WaitForAlerts(all, kSoon));
  for (const std::string& name : all) EXPECT_GE(wire.TimesTold(name), 1) << name;
  EXPECT_EQ(wire.faults(), std::vector<std::string>{});

  // Nobody answers: the deadline of each fires, once per step.
  const auto steps_of_all = [&all](const std::vector<alert::v1::SubscribeEvent>& events) {
    std::map<std::string, int> steps;
    for (const auto& event : events) {
      if (event.has_escalation()) ++steps[event.escalation().escalation().name()];
    }
    return std::all_of(all.begin(), all.end(), [&steps](const std::string& name) {
      return steps[name + "/escalations/COMMUNITY-1"] == 1 &&
             steps[name + "/escalations/COMMUNITY-2"] == 1;
    });
  };
  EXPECT_TRUE(district.WaitFor(steps_of_all, absl::Seconds(60)));
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

TEST(Kill, AServerKilledWhileItStartsStartsAgain) {
  System system({.services = {"directory", "alert"}});
  ASSERT_TRUE(system.Start().ok());
  const auto notice = system.As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(notice.ok()) << notice.status();
  // At its first instruction, and as soon as it has said its first things: before its ready line.
  const std::string log = system.folder() + "/log0";
  for (int lines = 0; lines < 3; ++lines) {
    system.Kill();
    const int64_t before = LinesIn(log);
    system.BootUnwatched();
    const absl::Time end = absl::Now() + kSoon;
    while (LinesIn(log) < before + lines && absl::Now() < end) {
    }
    EXPECT_GE(LinesIn(log), before + lines);
  }
  system.Kill();
  const absl::Status booted = system.Boot();
  ASSERT_TRUE(booted.ok()) << booted;
  Listener screen(system.As(kPingan));
  EXPECT_TRUE(screen.WaitForAlert(notice->name(), kSoon));
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

// Asked to stop, it answers what is in flight and ends with 0; nothing of it is lost.
TEST(Kill, AGracefulStopAnswersWhatIsInFlight) {
  System system({.services = {"directory", "alert"}});
  ASSERT_TRUE(system.Start().ok());
  Client& duty = system.As(kDistrict);
  Storm storm(duty, kPinganArea, "停-");
  ASSERT_TRUE(storm.RunUntil(50, kSoon));
  const absl::Status stopped = system.Stop();
  EXPECT_TRUE(stopped.ok()) << stopped;
  ASSERT_TRUE(storm.Settle(kSoon));
  ASSERT_TRUE(system.Boot().ok()) << system.LogOf();
  std::set<std::string> names;
  AskAgain(duty, storm, names);
  EXPECT_EQ(names.size(), storm.sent().size());
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace huying::testing
