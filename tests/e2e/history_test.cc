// SPDX-License-Identifier: Apache-2.0
//
// DOMAIN invariant 3, end to end: however often a tier was cut off, and wherever, it ends with the same ordered history
// as one that never was. Acts and cuts come from a seed, which a failure prints.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using alert::v1::SubscribeEvent;

constexpr int kSeeds = 3;
constexpr int kActs = 60;
constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kPinganArea[] = "230407001001";

// seq -> the event as it came, as text (maps have no order in bytes), without the cursor, which says how far a stream is.
using History = std::map<int64_t, std::string>;

// A screen that is switched off and on, and goes on where it was.
class Screen {
 public:
  explicit Screen(Client& client) : client_(client) { SwitchOn(); }
  bool on() const { return listener_ != nullptr; }
  void SwitchOn() {
    if (!on()) listener_ = std::make_unique<Listener>(client_, cursor_);
  }
  void SwitchOff() {
    if (!on()) return;
    ++times_off_;
    cursor_ = listener_->feed().cursor();
    Keep();
    listener_.reset();
  }
  // Past its snapshot, and knows where it would go on.
  bool Ready() {
    return listener_->WaitForSnapshot(kSoon) &&
           Eventually([this] { return listener_->feed().cursor().epoch() > 0; });
  }
  bool WaitFor(int64_t seq) { return listener_->feed().WaitFor(seq, kSoon); }
  // Of everything shown so far. Within a chain nothing older may follow anything newer.
  History Shown() {
    if (on()) Keep();
    return history_;
  }
  int times_off() const { return times_off_; }

 private:
  void Keep() {
    EXPECT_EQ(listener_->resyncs(), 0);
    std::map<std::string, int64_t> last;
    for (SubscribeEvent event : listener_->events()) {
      if (event.has_snapshot() || event.has_snapshot_end()) continue;
      if (event.has_alert()) {
        int64_t& before = last[event.alert().alert().name()];
        EXPECT_LT(before, event.seq()) << event.alert().alert().name();
        before = event.seq();
      }
      event.clear_cursor();
      event.clear_area_names();  // with the first event of a stream that names them
      const auto [known, fresh] = history_.emplace(event.seq(), event.DebugString());
      EXPECT_EQ(known->second, event.DebugString()) << "entry " << event.seq();
    }
  }

  Client& client_;
  common::v1::Cursor cursor_;
  std::unique_ptr<Listener> listener_;
  History history_;
  int times_off_ = 0;
};

class HistoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = system_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  // Something that this area hears of, or does not.
  common::v1::Receipt Act() {
    switch (dice_() % 5) {
      case 0:
        return Do(system_.As(kDistrict), "alert.IssueNotice", NoticeTo({"230407"}));
      case 1:
        return Do(system_.As(kDistrict), "alert.IssueNotice", NoticeTo({"230407003001"}));
      case 2: {
        const auto receipt =
            Do(system_.As(kDistrict), "alert.IssueNotice", NoticeTo({kPinganArea}));
        open_.push_back(receipt.name());
        return receipt;
      }
      case 3:
        if (!open_.empty()) {
          return Do(system_.As(kPingan), "alert.Answer", AnswerTo(open_[dice_() % open_.size()]));
        }
        [[fallthrough]];
      default: {
        if (open_.empty())
          return Do(system_.As(kDistrict), "alert.IssueNotice", NoticeTo({"230407"}));
        alert::v1::LiftAlertRequest lift;
        lift.set_name(open_.back());
        lift.set_reason("险情排除");
        open_.pop_back();
        return Do(system_.As(kDistrict), "alert.LiftAlert", lift);
      }
    }
  }
  common::v1::Receipt Do(Client& client, const char* method,
                         const google::protobuf::Message& request) {
    const auto receipt = client.Call(method, request);
    EXPECT_TRUE(receipt.ok()) << method << ": " << receipt.status();
    return receipt.value_or(common::v1::Receipt());
  }

  System system_{{.services = {"directory", "alert"}}};
  std::mt19937 dice_;
  std::vector<std::string> open_;
};

TEST_F(HistoryTest, R40_Invariant3_ATierThatWasCutOffEndsWithTheSameHistoryAsOneThatNeverWas) {
  for (uint32_t seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    dice_.seed(seed);
    open_.clear();
    Listener whole(system_.As(kPingan));
    ASSERT_TRUE(whole.WaitForSnapshot(kSoon));
    Screen cut(system_.As(kPingan));
    ASSERT_TRUE(cut.Ready());
    int64_t last = 0;
    for (int i = 0; i < kActs; ++i) {
      last = Act().seq();
      if (dice_() % 4 != 0) continue;
      if (cut.on()) {
        cut.SwitchOff();
      } else {
        cut.SwitchOn();
      }
    }
    cut.SwitchOn();
    EXPECT_GT(cut.times_off(), 2);
    ASSERT_TRUE(whole.feed().WaitFor(last, kSoon));
    ASSERT_TRUE(cut.WaitFor(last));
    History expected;
    for (SubscribeEvent event : whole.events()) {
      if (event.has_snapshot() || event.has_snapshot_end()) continue;
      event.clear_cursor();
      event.clear_area_names();
      EXPECT_TRUE(expected.emplace(event.seq(), event.DebugString()).second)
          << "entry " << event.seq() << " was shown twice";
    }
    EXPECT_GT(expected.size(), 10u);
    EXPECT_EQ(cut.Shown(), expected);
  }
}

}  // namespace
}  // namespace huying::testing
