// SPDX-License-Identifier: Apache-2.0
//
// Time: in time is what was received in time; an outage of our own is not the silence of others.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/sql/sqlite/sqlite.h"
#include "tests/support/dumps.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kPinganArea[] = "230407001001";

std::string IssueUrgent(System& system) {
  auto request = NoticeTo({kPinganArea});
  request.set_urgent(true);
  const auto notice = system.As(kDistrict).Call("alert.IssueNotice", request);
  EXPECT_TRUE(notice.ok()) << notice.status();
  return notice.ok() ? notice->name() : "";
}

absl::Time LimitOf(System& system, const std::string& notice) {
  alert::v1::GetAlertRequest request;
  request.set_name(notice);
  const auto found =
      system.As(kDistrict).Call<alert::v1::GetAlertResponse>("alert.GetAlert", request);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? base::FromProto(found->alert().limits(0).limit_at()) : absl::InfinitePast();
}

alert::v1::Recipient RecipientOf(System& system, const std::string& notice) {
  alert::v1::ListRecipientsRequest request;
  request.set_alert(notice);
  const auto list =
      system.As(kDistrict).Call<alert::v1::ListRecipientsResponse>("alert.ListRecipients", request);
  EXPECT_TRUE(list.ok()) << list.status();
  return list.ok() && list->recipients_size() > 0 ? list->recipients(0) : alert::v1::Recipient();
}

bool Climbed(const Listener& screen, const std::string& notice) {
  const auto events = screen.events();
  return std::any_of(events.begin(), events.end(), [&](const auto& event) {
    return event.has_escalation() && event.escalation().escalation().alert() == notice;
  });
}

// The writer is held up from outside, as a slow disk would: the answer is received before its limit and decided
// after it.
TEST(Time, AnAnswerReceivedBeforeItsLimitAndDecidedAfterItIsInTime) {
  System system({.services = {"directory", "alert"},
                 .limits = {{"alert.answer-limit.urgent", absl::Seconds(2)}}});
  ASSERT_TRUE(system.Start().ok());
  Client& community = system.As(kPingan);
  Listener district(system.As(kDistrict));
  ASSERT_TRUE(district.WaitForSnapshot(kSoon));
  const std::string notice = IssueUrgent(system);
  const absl::Time limit = LimitOf(system, notice);

  const auto engine = sql::MakeSqliteEngine();
  auto database = engine->Open(system.LedgerFile("alert"));
  ASSERT_TRUE(database.ok()) << database.status();
  auto blocker = (*database)->OpenWriter();
  ASSERT_TRUE(blocker.ok()) << blocker.status();
  ASSERT_TRUE((*blocker)->RunOne({(*database)->BeginWrite()}).ok());
  absl::Notification answered;
  absl::Status outcome;
  community.channel("alert.Answer")
      .CallAsync(FullMethod("alert.Answer"), community.token(), absl::Now() + kCallLimit,
                 AnswerTo(notice), [&](const absl::StatusOr<std::string>& answer) {
                   outcome = answer.status();
                   answered.Notify();
                 });
  const bool early =
      answered.WaitForNotificationWithTimeout(limit + absl::Seconds(1) - absl::Now());
  EXPECT_FALSE(early) << "decided while the writer was held up: this proves nothing";
  ASSERT_TRUE((*blocker)->RunOne({"ROLLBACK"}).ok());
  blocker->reset();
  answered.WaitForNotification();
  ASSERT_TRUE(outcome.ok()) << outcome;

  const alert::v1::Recipient recipient = RecipientOf(system, notice);
  EXPECT_EQ(recipient.state(), alert::v1::ANSWERED);
  EXPECT_LT(base::FromProto(recipient.answered_at()), limit);
  EXPECT_FALSE(recipient.late());
  // A later silence climbs; the answered notice never did.
  const std::string silent = IssueUrgent(system);
  EXPECT_TRUE(Eventually([&] { return Climbed(district, silent); }));
  EXPECT_FALSE(Climbed(district, notice));
}

// As if the process had been away for so long.
void SetHeartbeatBack(const std::string& ledger_file, absl::Duration by) {
  const int64_t micros = absl::ToUnixMicros(absl::Now() - by);
  std::fstream file(ledger_file + ".heartbeat", std::ios::in | std::ios::out | std::ios::binary);
  ASSERT_TRUE(file.is_open());
  file << absl::StrFormat("%20d", micros);
}

// What fell due in an outage waits until answers could come in, and is marked.
TEST(Time, AfterAnOutageOfTwentyMinutesThereIsNoStormAndEverythingDueInItIsMarked) {
  constexpr int kNotices = 20;
  System system({.services = {"directory", "alert"},
                 .limits = {{"alert.answer-limit.urgent", absl::Seconds(2)},
                            {"alert.ladder-wait", absl::Minutes(5)}},
                 .config = "outage { restart_grace_seconds: 4 }\n"});
  ASSERT_TRUE(system.Start().ok());
  Client& community = system.As(kPingan);
  std::set<std::string> answered_after;
  std::set<std::string> silent;
  absl::Time last_limit;
  for (int i = 0; i < kNotices; ++i) {
    const std::string notice = IssueUrgent(system);
    (i % 2 == 0 ? answered_after : silent).insert(notice);
    last_limit = LimitOf(system, notice);
  }
  system.Kill();
  ASSERT_TRUE(Eventually([&] { return absl::Now() > last_limit; }));
  SetHeartbeatBack(system.LedgerFile("alert"), absl::Minutes(20));
  ASSERT_TRUE(system.Boot().ok()) << system.LogOf();

  // Within the grace those who could not reach us answer; they are late on paper, and do not climb.
  const auto steps = [&system] {
    const auto dump = DumpOf(system.LedgerFile("alert"));
    EXPECT_TRUE(dump.ok()) << dump.status();
    const std::string& rows = dump->at("r_escalation");
    return std::count(rows.begin(), rows.end(), '\n');
  };
  for (const std::string& notice : answered_after) {
    const auto answer = community.Call("alert.Answer", AnswerTo(notice));
    ASSERT_TRUE(answer.ok()) << answer.status();
  }
  EXPECT_EQ(steps(), 0) << "a storm of our own making";
  Listener district(system.As(kDistrict));
  const auto all_climbed = [&] {
    return std::all_of(silent.begin(), silent.end(),
                       [&](const std::string& notice) { return Climbed(district, notice); });
  };
  EXPECT_TRUE(Eventually(all_climbed));
  EXPECT_EQ(steps(), static_cast<int64_t>(silent.size()));
  for (const auto& event : district.events()) {
    if (!event.has_escalation()) continue;
    EXPECT_TRUE(event.escalation().escalation().in_outage());
    EXPECT_FALSE(answered_after.contains(event.escalation().escalation().alert()));
  }
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace huying::testing
