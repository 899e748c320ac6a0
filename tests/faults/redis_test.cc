// SPDX-License-Identifier: Apache-2.0
//
// Redis is a hint, the journal is the truth: whatever happens to Redis, every screen has every alert soon, once.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "tests/support/notices.h"
#include "tests/support/raw_listener.h"
#include "tests/support/redis_faults.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPinganArea[] = "230407001001";
constexpr absl::Duration kAfterFaultMax = absl::Seconds(2);
constexpr int kNoticesPerFault = 8;

// Screens of three tiers, and a Redis that a test may maltreat.
class RedisTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System({.services = {"directory", "alert"}, .redis_through_gate = true});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }

  void SetUp() override {
    for (const char* post : {kDistrict, "posts/lingbei-duty", "posts/pingan-duty"}) {
      screens_.push_back(std::make_unique<Listener>(system_->As(post)));
      wires_.push_back(std::make_unique<RawListener>(system_->As(post)));
    }
    for (const auto& screen : screens_) ASSERT_TRUE(screen->WaitForSnapshot(kSoon));
    for (const auto& wire : wires_) ASSERT_TRUE(wire->WaitForSnapshot(kSoon));
    IssueAndSee(3);
  }

  static double MetricOf(const std::string& name) {
    const auto value = system_->Metric(name, "ledger=\"alert\"");
    EXPECT_TRUE(value.ok()) << value.status();
    return value.value_or(0);
  }
  std::set<std::string> Issue(int count) {
    std::set<std::string> names;
    for (int i = 0; i < count; ++i) {
      const std::string title = absl::StrCat("通知", titles_.size());
      const auto notice =
          system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}, title));
      EXPECT_TRUE(notice.ok()) << notice.status();
      if (!notice.ok()) continue;
      names.insert(notice->name());
      titles_[notice->name()] = title;
    }
    return names;
  }
  void ExpectOnce(const std::set<std::string>& names, absl::Time by) {
    for (const auto& screen : screens_) {
      EXPECT_TRUE(screen->WaitForAlerts(names, by - absl::Now()));
      for (const std::string& name : names) EXPECT_EQ(screen->TimesTold(name), 1) << name;
      EXPECT_EQ(screen->resyncs(), 0);
    }
    for (const auto& wire : wires_) EXPECT_TRUE(wire->WaitForAlerts(names, by - absl::Now()));
    ExpectNothingTwiceOnTheWire();
  }
  // The screens' client library drops what it has seen; the bare streams have had each notice of this test once,
  // in order, as it was issued.
  void ExpectNothingTwiceOnTheWire() {
    for (const auto& wire : wires_) {
      EXPECT_EQ(wire->faults(), std::vector<std::string>{});
      const auto told = wire->titles();
      for (const auto& [name, title] : titles_) {
        EXPECT_EQ(wire->TimesTold(name), 1) << name;
        EXPECT_EQ(told.contains(name) ? told.at(name) : "", title) << name;
      }
    }
  }
  void IssueAndSee(int count) { ExpectOnce(Issue(count), absl::Now() + kSoon); }

  // Notices while the fault lasts, the last of them with nothing after it.
  void Survives(const std::function<void()>& begin, const std::function<void()>& end) {
    begin();
    const std::set<std::string> names = Issue(kNoticesPerFault);
    end();
    ExpectOnce(names, absl::Now() + kAfterFaultMax);
    IssueAndSee(3);
  }
  // A gate that filters what Redis tells the server.
  void SurvivesFilter(TcpGate::Filter filter) {
    Survives([&] { system_->redis_gate().FilterToClient(std::move(filter)); },
             [] { system_->redis_gate().Heal(); });
  }

  static System* system_;
  std::vector<std::unique_ptr<Listener>> screens_;
  std::vector<std::unique_ptr<RawListener>> wires_;  // on streams of their own
  std::map<std::string, std::string> titles_;        // of the notices of this test
};
System* RedisTest::system_ = nullptr;

// Steady state: what is read from the journal because something was lost is nothing.
TEST_F(RedisTest, InSteadyStateNoGapIsRead) {
  const auto measured = [](int64_t head) {
    return MetricOf("huying_ledger_head") >= static_cast<double>(head);
  };
  const auto head = [] {
    const auto notice = system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}));
    EXPECT_TRUE(notice.ok()) << notice.status();
    return notice.ok() ? notice->seq() : 0;
  };
  const int64_t first = head();
  ASSERT_TRUE(Eventually([&] { return measured(first); }));
  const double before = MetricOf("huying_push_gap_reads");
  IssueAndSee(100);
  const int64_t last = head();
  ASSERT_TRUE(Eventually([&] { return measured(last); }));
  EXPECT_EQ(MetricOf("huying_push_gap_reads"), before);
}

TEST_F(RedisTest, StoppedAndStartedAgain) {
  Survives([] { system_->redis().Kill(); }, [] { system_->redis().Start(); });
}
TEST_F(RedisTest, Restarted) {
  Survives([] { system_->redis().Restart(); }, [] {});
}
TEST_F(RedisTest, Flushed) {
  Survives([] { system_->redis().FlushAll(); }, [] { system_->redis().FlushAll(); });
}
TEST_F(RedisTest, FrozenAndThawed) {
  Survives([] { system_->redis().Freeze(); }, [] { system_->redis().Thaw(); });
}
TEST_F(RedisTest, TheLastMessageSwallowedWhileTheConnectionStaysOpen) {
  const double before = MetricOf("huying_push_gap_reads");
  SurvivesFilter(SwallowMessages());
  EXPECT_TRUE(Eventually([&] { return MetricOf("huying_push_gap_reads") > before; }))
      << "nothing was swallowed";
}
TEST_F(RedisTest, MessagesDoubled) { SurvivesFilter(DuplicateMessages()); }
TEST_F(RedisTest, MessagesReordered) { SurvivesFilter(ReorderMessages()); }
TEST_F(RedisTest, MessagesForged) {
  const double before = MetricOf("huying_push_forged");
  SurvivesFilter(ForgeMessages(1));
  EXPECT_TRUE(Eventually([&] { return MetricOf("huying_push_forged") > before; }))
      << "nothing was forged";
}
TEST_F(RedisTest, EverythingAtRandom) { SurvivesFilter(MixFaults(2)); }
TEST_F(RedisTest, ConnectionsCutAndRefused) {
  Survives(
      [] {
        system_->redis_gate().Refuse(true);
        system_->redis_gate().Cut();
      },
      [] { system_->redis_gate().Heal(); });
}
TEST_F(RedisTest, ConnectionsStalled) {
  Survives([] { system_->redis_gate().Stall(true); }, [] { system_->redis_gate().Heal(); });
}

// The server starts and serves without it, and says so.
TEST(WithoutRedis, SlowerNeverWrongAndItSaysSo) {
  System system({.services = {"directory", "alert"}, .redis = false});
  ASSERT_TRUE(system.Start().ok());
  Listener screen(system.As("posts/pingan-duty"));
  ASSERT_TRUE(screen.WaitForSnapshot(kSoon));
  const auto notice = system.As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(notice.ok()) << notice.status();
  EXPECT_TRUE(screen.WaitForAlert(notice->name(), kAfterFaultMax));
  EXPECT_EQ(screen.TimesTold(notice->name()), 1);
  EXPECT_TRUE(Eventually([&] { return screen.degraded(); }));
}

}  // namespace
}  // namespace huying::testing
