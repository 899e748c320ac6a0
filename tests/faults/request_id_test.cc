// SPDX-License-Identifier: Apache-2.0
//
// One request id, one effect: at once fifty times, after a restart, with a renewed token.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "tests/support/dumps.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using alert::v1::IssueNoticeRequest;
using base::Reason;

constexpr int kTimes = 50;
constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kPinganArea[] = "230407001001";

class RequestIdTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System({.services = {"directory", "alert"}});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
    (void)system_->As(kDistrict);
    (void)system_->As(kPingan);
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }
  static System* system_;
};
System* RequestIdTest::system_ = nullptr;

int TimesIn(const std::string& text, const std::string& word) {
  int times = 0;
  for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) ++times;
  return times;
}

TEST_F(RequestIdTest, FiftyTimesAtOnceIsOneEffectAndOneReceipt) {
  Client& duty = system_->As(kDistrict);
  const IssueNoticeRequest request = NoticeTo({kPinganArea});
  absl::Mutex mutex;
  std::set<std::string> receipts;
  std::vector<absl::Status> failures;
  absl::BlockingCounter open(kTimes);
  for (int i = 0; i < kTimes; ++i) {
    duty.channel("alert.IssueNotice")
        .CallAsync(FullMethod("alert.IssueNotice"), duty.token(), absl::Now() + kCallLimit, request,
                   [&](absl::StatusOr<std::string> answer) {
                     {
                       absl::MutexLock lock(&mutex);
                       if (answer.ok()) {
                         receipts.insert(*answer);
                       } else {
                         failures.push_back(answer.status());
                       }
                     }
                     open.DecrementCount();
                   });
  }
  open.Wait();
  EXPECT_EQ(receipts.size(), 1u);
  EXPECT_TRUE(failures.empty()) << failures[0];
  const auto dump = DumpOf(system_->LedgerFile("alert"));
  ASSERT_TRUE(dump.ok()) << dump.status();
  EXPECT_EQ(TimesIn(dump->at("entry"), "|" + request.request_id() + "|"), 1);
}

TEST_F(RequestIdTest, TheSameReceiptAfterARestartAndWithARenewedToken) {
  Client& duty = system_->As(kDistrict);
  const IssueNoticeRequest request = NoticeTo({kPinganArea});
  const auto first = duty.Call("alert.IssueNotice", request);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto renewed = duty.Call<directory::v1::TokenResponse>("directory.RenewToken",
                                                               directory::v1::RenewTokenRequest());
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  ASSERT_NE(renewed->token(), duty.token());
  const auto with_renewed =
      system_->WithToken(renewed->token())->Call("alert.IssueNotice", request);
  ASSERT_TRUE(with_renewed.ok()) << with_renewed.status();
  EXPECT_EQ(with_renewed->SerializeAsString(), first->SerializeAsString());

  system_->Kill();
  const absl::Status booted = system_->Boot();
  ASSERT_TRUE(booted.ok()) << booted;
  const auto after = duty.Call("alert.IssueNotice", request);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->SerializeAsString(), first->SerializeAsString());
  const auto signed_in_again = system_->SignInAgain(kDistrict);
  ASSERT_TRUE(signed_in_again.ok()) << signed_in_again.status();
  const auto once_more = (*signed_in_again)->Call("alert.IssueNotice", request);
  ASSERT_TRUE(once_more.ok()) << once_more.status();
  EXPECT_EQ(once_more->SerializeAsString(), first->SerializeAsString());
}

// The alert is over by then: the repetition is answered from the journal, not judged anew.
TEST_F(RequestIdTest, TheSameReceiptWhenTheSecondWouldBeRefused) {
  Client& duty = system_->As(kDistrict);
  const auto notice = duty.Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(notice.ok()) << notice.status();
  alert::v1::LiftAlertRequest lift;
  lift.set_request_id(client::NewRequestId());
  lift.set_name(notice->name());
  lift.set_reason("险情排除");
  const auto first = duty.Call("alert.LiftAlert", lift);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = duty.Call("alert.LiftAlert", lift);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  lift.set_request_id(client::NewRequestId());
  EXPECT_EQ(base::ProblemOf(duty.Call("alert.LiftAlert", lift).status()).reason(),
            Reason::ILLEGAL_TRANSITION);
}

TEST_F(RequestIdTest, AnotherPayloadUnderTheSameIdIsAConflict) {
  Client& duty = system_->As(kDistrict);
  IssueNoticeRequest request = NoticeTo({kPinganArea});
  ASSERT_TRUE(duty.Call("alert.IssueNotice", request).ok());
  request.set_title("换了标题");
  const auto conflict = duty.Once("alert.IssueNotice", request);
  EXPECT_EQ(conflict.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(base::ProblemOf(conflict.status()).reason(), Reason::REQUEST_ID_CONFLICT);
  // Another act under that id, too.
  auto answer = AnswerTo("alerts/2026-0001");
  answer.set_request_id(request.request_id());
  const auto other = duty.Once("alert.Answer", answer);
  EXPECT_EQ(base::ProblemOf(other.status()).reason(), Reason::REQUEST_ID_CONFLICT);
  // Ids belong to a principal: somebody else's is another one.
  const auto somebody = system_->As(kPingan).Once("alert.IssueNotice", request);
  EXPECT_TRUE(somebody.ok()) << somebody.status();
}

// A refusal is not remembered: the same request id works once the act is legal.
TEST_F(RequestIdTest, RefusedFirstAndThenLegalWorks) {
  const auto notice = system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(notice.ok()) << notice.status();
  auto answer = AnswerTo(notice->name(), alert::v1::EVACUATED);
  answer.set_evacuated(-1);
  EXPECT_FALSE(system_->As(kPingan).Once("alert.Answer", answer).ok());
  answer.set_evacuated(37);
  const auto legal = system_->As(kPingan).Once("alert.Answer", answer);
  ASSERT_TRUE(legal.ok()) << legal.status();

  // The same after a refusal by the decision itself (R49: a code in force belongs to one item).
  directory::v1::PutPowerItemRequest put;
  put.set_request_id(client::NewRequestId());
  *put.mutable_item() = system_->directory().power_items(0);
  put.mutable_item()->set_name("powers/XS-YJ-901");
  const auto duplicate = system_->Administrator().Once("directory.PutPowerItem", put);
  ASSERT_EQ(base::ProblemOf(duplicate.status()).reason(), Reason::ALREADY_EXISTS)
      << duplicate.status();
  put.mutable_item()->set_code("XS-YJ-901");
  const auto accepted = system_->Administrator().Once("directory.PutPowerItem", put);
  EXPECT_TRUE(accepted.ok()) << accepted.status();
}

}  // namespace
}  // namespace huying::testing
