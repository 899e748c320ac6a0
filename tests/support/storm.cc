// SPDX-License-Identifier: Apache-2.0
#include "tests/support/storm.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/notices.h"

namespace huying::testing {

bool Storm::Burst(absl::Duration limit) {
  {
    absl::MutexLock lock(&mutex_);
    once_ = true;
  }
  for (int i = 0; i < kStormInFlight; ++i) Send();
  return Settle(limit);
}

bool Storm::RunUntil(int acknowledged, absl::Duration limit) {
  for (int i = 0; i < kStormInFlight; ++i) Send();
  absl::MutexLock lock(&mutex_);
  const auto enough = [&]()
                          ABSL_NO_THREAD_SAFETY_ANALYSIS { return acknowledged_ >= acknowledged; };
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), limit);
}

bool Storm::Settle(absl::Duration limit) {
  absl::MutexLock lock(&mutex_);
  stopping_ = true;
  const auto quiet = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return under_way_ == 0; };
  return mutex_.AwaitWithTimeout(absl::Condition(&quiet), limit);
}

void Storm::Send() {
  alert::v1::IssueNoticeRequest request;
  size_t index = 0;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return;
    index = sent_.size();
    request = NoticeTo({area_}, absl::StrCat(prefix_, index));
    request.set_urgent(true);
    sent_.push_back({request, std::nullopt, absl::OkStatus()});
    ++under_way_;
  }
  client_.channel("alert.IssueNotice")
      .CallAsync(FullMethod("alert.IssueNotice"), client_.token(), absl::Now() + kCallLimit,
                 request, [this, index](absl::StatusOr<std::string> answer) {
                   if (answer.ok()) SendAnother();  // before the count falls: Settle waits for it
                   Answered(index, answer);
                 });
}

void Storm::SendAnother() {
  {
    absl::MutexLock lock(&mutex_);
    if (once_) return;
  }
  Send();
}

void Storm::Answered(size_t index, const absl::StatusOr<std::string>& answer) {
  absl::MutexLock lock(&mutex_);
  --under_way_;
  sent_[index].status = answer.status();
  if (!answer.ok()) return;
  ++acknowledged_;
  sent_[index].receipt.emplace();
  sent_[index].receipt->ParseFromString(*answer);
}

std::vector<Storm::Sent> Storm::sent() const {
  absl::MutexLock lock(&mutex_);
  return sent_;
}

int Storm::under_way() const {
  absl::MutexLock lock(&mutex_);
  return under_way_;
}

int AskAgain(Client& client, const Storm& storm, std::set<std::string>& names) {
  int unknown = 0;
  for (const Storm::Sent& sent : storm.sent()) {
    const auto again = client.Call("alert.IssueNotice", sent.request);
    EXPECT_TRUE(again.ok()) << again.status();
    if (!again.ok()) return unknown;
    names.insert(again->name());
    if (!sent.receipt) {
      ++unknown;
      continue;
    }
    EXPECT_EQ(again->SerializeAsString(), sent.receipt->SerializeAsString())
        << "an acknowledged command was lost or done twice";
  }
  return unknown;
}

}  // namespace huying::testing
