// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/throttle.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::auth {
namespace {
using base::Reason;
using ::testing::HasSubstr;

class ThrottleTest : public ::testing::Test {
 protected:
  void Fail(int times, const std::string& source = "ipv4:10.0.0.9:1000") {
    for (int i = 0; i < times; ++i) throttle_.Failed(source, "accounts/duty");
  }
  base::ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  Throttle throttle_{clock_};
};

TEST_F(ThrottleTest, ThreeSlipsCostNothingAndTheFourthCostsASecond) {
  Fail(3);
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/duty").ok());
  Fail(1);
  const absl::Status status = throttle_.Check("ipv4:10.0.0.9:1", "accounts/duty");
  EXPECT_EQ(base::ProblemOf(status).reason(), Reason::SIGN_IN_THROTTLED);
  EXPECT_THAT(base::ProblemOf(status).message_en(), HasSubstr("wait 1 seconds"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/duty").ok());
}

TEST_F(ThrottleTest, TheDelayGrowsButADutyPostIsNeverLockedForEver) {
  Fail(1000);
  // From another desk: only the account's ceiling counts, whatever was tried.
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.1:1", "accounts/duty").ok());
  clock_.Advance(absl::Seconds(30));
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.1:1", "accounts/duty").ok());
  // The guesser's own source waits longer, with a ceiling too.
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.9:7", "accounts/duty").ok());
  clock_.Advance(absl::Minutes(5));
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.9:7", "accounts/duty").ok());
}

TEST_F(ThrottleTest, ADeskThatSignedInBeforeIsNotHeldUpByStrangers) {
  throttle_.Succeeded("ipv4:10.0.0.1:1", "accounts/duty");
  Fail(50);
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.1:2", "accounts/duty").ok());
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.2:2", "accounts/duty").ok());
}

TEST_F(ThrottleTest, AnotherPortOfTheSameMachineIsTheSameSource) {
  for (int i = 0; i < 10; ++i) {
    throttle_.Failed(absl::StrCat("ipv4:10.0.0.9:", i), absl::StrCat("accounts/", i));
  }
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.9:999", "accounts/new").ok());
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.8:999", "accounts/new").ok());
}

TEST_F(ThrottleTest, FailuresAreForgottenAfterAQuietQuarterOfAnHour) {
  Fail(50);
  clock_.Advance(absl::Minutes(16));
  Fail(3);
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/duty").ok());
}

TEST_F(ThrottleTest, TheTableStaysBoundedHoweverManyNamesAreTried) {
  Throttle small(clock_, {.entries_max = 100});
  for (int i = 0; i < 5000; ++i) {
    clock_.Advance(absl::Milliseconds(1));
    small.Failed(absl::StrCat("unix:", i), absl::StrCat("accounts/", i));
    small.Succeeded(absl::StrCat("unix:k", i), absl::StrCat("accounts/k", i));
  }
  EXPECT_LE(small.size(), 300u);
}

}  // namespace
}  // namespace huying::auth
