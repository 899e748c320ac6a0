// SPDX-License-Identifier: Apache-2.0
//
// The disk is full: nothing is half done, nothing is lost, and everything can be asked again.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/base/temp_dir_fake.h"
#include "tests/support/dumps.h"
#include "tests/support/notices.h"
#include "tests/support/storm.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPinganArea[] = "230407001001";

TEST(Storage, OnAFullDiskEveryQueuedCommandAnswersUnavailableAndNoneIsStored) {
  if (std::string_view(HUYING_SANITIZER) != "") {
    GTEST_SKIP() << "a sanitizer wants to be loaded first";
  }
  const base::TempDir dir;
  const std::string full = dir / "full";
  System system({.services = {"directory", "alert"},
                 .environment = {"LD_PRELOAD=" HUYING_WATCHED_DISK, "HUYING_FULL_DISK=" + full}});
  ASSERT_TRUE(system.Start().ok());
  Client& duty = system.As(kDistrict);
  ASSERT_TRUE(duty.Call("alert.IssueNotice", NoticeTo({kPinganArea})).ok());
  const Dump before = *DumpOf(system.LedgerFile("alert"));

  std::ofstream(full) << "full";
  Storm storm(duty, kPinganArea, "满-");
  ASSERT_TRUE(storm.Burst(kSoon));
  for (const Storm::Sent& sent : storm.sent()) {
    ASSERT_FALSE(sent.receipt.has_value()) << "acknowledged on a full disk";
    EXPECT_EQ(sent.status.code(), absl::StatusCode::kUnavailable) << sent.status;
    EXPECT_EQ(base::ProblemOf(sent.status).reason(), base::Reason::STORAGE_UNAVAILABLE)
        << sent.status;
  }
  EXPECT_EQ(DifferenceOf(before, *DumpOf(system.LedgerFile("alert"))), "");
  // What is there can still be read.
  alert::v1::ListAlertsRequest list;
  const auto page = duty.Once<alert::v1::ListAlertsResponse>("alert.ListAlerts", list);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->alerts_size(), 1);

  // Health says so, of the service whose ledger cannot be written and of no other; and takes it back by itself, for
  // callers stay away from what does not serve.
  const std::string alerts = "huying.alert.v1.AlertService";
  EXPECT_TRUE(Eventually([&] { return !system.Serving(alerts); }));
  EXPECT_TRUE(system.Serving("huying.directory.v1.DirectoryService"));
  std::filesystem::remove(full);
  EXPECT_TRUE(Eventually([&] { return system.Serving(alerts); }));

  // Room again: the same requests, each once.
  std::set<std::string> names;
  for (const Storm::Sent& sent : storm.sent()) {
    const auto again = duty.Call("alert.IssueNotice", sent.request);
    ASSERT_TRUE(again.ok()) << again.status();
    names.insert(again->name());
  }
  EXPECT_EQ(names.size(), storm.sent().size());
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

// A kill -9 proves nothing about durability: the page cache survives it. So the fsyncs of the whole server are counted:
// an acknowledgement that no fsync came before would be a promise nobody keeps. (What a power cut leaves, with
// synchronous=OFF failing the same test, is PowerCutTest in services/platform/ledger/faults_test.cc.)
TEST(Storage, NothingIsAcknowledgedBeforeAnFsyncAndCommandsAtOnceShareOne) {
  if (std::string_view(HUYING_SANITIZER) != "") {
    GTEST_SKIP() << "a sanitizer wants to be loaded first";
  }
  const base::TempDir dir;
  const std::string counted = dir / "syncs";
  System system(
      {.services = {"directory", "alert"},
       .redis = false,
       .environment = {"LD_PRELOAD=" HUYING_WATCHED_DISK, "HUYING_SYNC_COUNT=" + counted}});
  ASSERT_TRUE(system.Start().ok());
  const auto syncs = [&counted] {
    int64_t count = 0;
    std::ifstream(counted, std::ios::binary).read(reinterpret_cast<char*>(&count), sizeof(count));
    return count;
  };
  Client& duty = system.As(kDistrict);
  ASSERT_TRUE(duty.Call("alert.IssueNotice", NoticeTo({kPinganArea})).ok());
  for (int i = 0; i < 20; ++i) {
    const int64_t before = syncs();
    ASSERT_TRUE(duty.Call("alert.IssueNotice", NoticeTo({kPinganArea})).ok());
    EXPECT_GE(syncs(), before + 1) << "acknowledged, and nothing was synced";
  }
  const int64_t before = syncs();
  Storm storm(duty, kPinganArea, "同-");
  ASSERT_TRUE(storm.Burst(kSoon));
  EXPECT_GE(syncs(), before + 1);
  EXPECT_LT(syncs(), before + kStormInFlight) << "every command paid for a sync of its own";
}

// Nobody knows what is on a disk that failed: the process ends by itself, and recovery reads the log.
TEST(Storage, AFailedWriteEndsTheProcessAndNothingAcknowledgedIsLost) {
  System system({.services = {"directory", "alert"}});
  ASSERT_TRUE(system.Start().ok());
  Client& duty = system.As(kDistrict);
  const auto request = NoticeTo({kPinganArea});
  const auto kept = duty.Call("alert.IssueNotice", request);
  ASSERT_TRUE(kept.ok()) << kept.status();
  system.process().LimitFileSize(4096);
  Storm storm(duty, kPinganArea, "坏-");
  ASSERT_TRUE(storm.Burst(kSoon));
  for (const Storm::Sent& sent : storm.sent()) EXPECT_FALSE(sent.receipt.has_value());
  const auto code = system.process().Wait(kSoon);
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(*code, 74);
  ASSERT_TRUE(system.Boot().ok()) << system.LogOf();
  const auto again = duty.Call("alert.IssueNotice", request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), kept->SerializeAsString());
  std::set<std::string> names;
  for (const Storm::Sent& sent : storm.sent()) {
    const auto retried = duty.Call("alert.IssueNotice", sent.request);
    ASSERT_TRUE(retried.ok()) << retried.status();
    names.insert(retried->name());
  }
  EXPECT_EQ(names.size(), storm.sent().size());
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

// One batch, many answers: each command gets its own.
TEST(Storage, OfManyCommandsAtOnceEachGetsItsOwnAnswer) {
  System system({.services = {"directory", "alert"}});
  ASSERT_TRUE(system.Start().ok());
  Client& duty = system.As(kDistrict);
  Client& community = system.As("posts/pingan-duty");
  const auto open = duty.Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  const auto over = duty.Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(open.ok() && over.ok());
  alert::v1::LiftAlertRequest lift;
  lift.set_name(over->name());
  lift.set_reason("险情排除");
  ASSERT_TRUE(duty.Call("alert.LiftAlert", lift).ok());

  // By turns: good, invalid, refused by the record's state, denied.
  std::vector<absl::Status> answers(kStormInFlight);
  absl::BlockingCounter waiting(kStormInFlight);
  for (int i = 0; i < kStormInFlight; ++i) {
    const auto send = [&, i](Client& client, const char* method,
                             const google::protobuf::Message& request) {
      client.channel(method).CallAsync(FullMethod(method), client.token(), absl::Now() + kCallLimit,
                                       request, [&, i](const absl::StatusOr<std::string>& answer) {
                                         answers[static_cast<size_t>(i)] = answer.status();
                                         waiting.DecrementCount();
                                       });
    };
    alert::v1::LiftAlertRequest again = lift;
    again.set_request_id(client::NewRequestId());
    switch (i % 4) {
      case 0:
        send(duty, "alert.IssueNotice", NoticeTo({kPinganArea}));
        break;
      case 1:
        send(duty, "alert.IssueNotice", NoticeTo({kPinganArea}, ""));
        break;
      case 2:
        send(duty, "alert.LiftAlert", again);
        break;
      default:
        send(community, "alert.IssueNotice", NoticeTo({"230407"}));
    }
  }
  waiting.Wait();
  const absl::StatusCode expected[] = {absl::StatusCode::kOk, absl::StatusCode::kInvalidArgument,
                                       absl::StatusCode::kFailedPrecondition,
                                       absl::StatusCode::kPermissionDenied};
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].code(), expected[i % 4]) << i << ": " << answers[i];
  }
  alert::v1::ListAlertsRequest list;
  list.set_page_size(100);
  const auto page = duty.Call<alert::v1::ListAlertsResponse>("alert.ListAlerts", list);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->alerts_size(), 2 + kStormInFlight / 4);
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace huying::testing
