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
  // One failure on each of so many accounts.
  void Spray(const std::string& source, int accounts) {
    const std::string peer = source.back() == ':' ? source + "1" : source;
    for (int i = 0; i < accounts; ++i) throttle_.Failed(peer, absl::StrCat("accounts/", i));
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
  // From any desk only the account's ceiling counts, whatever was tried, the guesser's too.
  for (const char* source : {"ipv4:10.0.0.1:1", "ipv4:10.0.0.9:7"}) {
    EXPECT_FALSE(throttle_.Check(source, "accounts/duty").ok());
  }
  clock_.Advance(absl::Seconds(30));
  for (const char* source : {"ipv4:10.0.0.1:1", "ipv4:10.0.0.9:7"}) {
    EXPECT_TRUE(throttle_.Check(source, "accounts/duty").ok());
  }
}

TEST_F(ThrottleTest, ADeskThatSignedInBeforeIsNotHeldUpByStrangers) {
  throttle_.Succeeded("ipv4:10.0.0.1:1", "accounts/duty");
  Fail(50);
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.1:2", "accounts/duty").ok());
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.2:2", "accounts/duty").ok());
}

TEST_F(ThrottleTest, ADeskThatSignedInBeforeIsNotHeldUpByWhatOthersTryAtIt) {
  throttle_.Succeeded("ipv4:10.0.0.9:1", "accounts/colleague");
  Spray("ipv4:10.0.0.9:", 100);
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/new").ok());
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/colleague").ok());
  // It is slowed for its own failures, to a ceiling.
  for (int i = 0; i < 50; ++i) throttle_.Failed("ipv4:10.0.0.9:1", "accounts/colleague");
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/colleague").ok());
  clock_.Advance(absl::Seconds(30));
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/colleague").ok());
}

TEST_F(ThrottleTest, AWrongPasswordInALoopHoldsNoOtherAccountOfItsSourceUp) {
  for (const char* source : {"ipv4:10.0.0.9:1", "unix:/run/huying.sock", "ipv4:127.0.0.1:5",
                             "ipv6:[::1]:5", "ipv6:%5B::1%5D:5"}) {
    Throttle throttle(clock_);
    for (int i = 0; i < 1000; ++i) throttle.Failed(source, "accounts/script");
    EXPECT_FALSE(throttle.Check(source, "accounts/script").ok()) << source;
    EXPECT_TRUE(throttle.Check(source, "accounts/duty").ok()) << source;
  }
}

TEST_F(ThrottleTest, ThisMachineIsManyPeopleAndNoSourceOfItsOwn) {
  for (const char* source : {"unix:/run/huying.sock", "ipv4:127.0.0.1:5", "ipv4:127.8.0.1:5",
                             "ipv6:[::1]:5", "ipv6:%5B::1%5D:5", "ipv6:[::ffff:127.0.0.1]:5"}) {
    Spray(source, 200);
    EXPECT_TRUE(throttle_.Check(source, "accounts/duty").ok()) << source;
  }
  // What only looks like it is a source as any other.
  Spray("ipv4:128.127.0.1:5", 200);
  EXPECT_FALSE(throttle_.Check("ipv4:128.127.0.1:5", "accounts/duty").ok());
}

TEST_F(ThrottleTest, OneSourceDoesNotTryAPasswordOnEverybody) {
  Spray("ipv4:10.0.0.9:", 10);  // a desk that many share
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/new").ok());
  Spray("ipv4:10.0.0.9:", 30);
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/new").ok());
  clock_.Advance(absl::Minutes(5) - absl::Seconds(1));
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/new").ok());
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/new").ok());
  // Once it is many, each further failure counts, also on accounts it tried before; and an account of
  // its own does not wipe the count.
  throttle_.Succeeded("ipv4:10.0.0.9:1", "accounts/own");
  throttle_.Failed("ipv4:10.0.0.9:1", "accounts/0");
  EXPECT_FALSE(throttle_.Check("ipv4:10.0.0.9:1", "accounts/new").ok());
}

TEST_F(ThrottleTest, AnotherPortOfTheSameMachineIsTheSameSource) {
  for (int i = 0; i < 20; ++i) {
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
  EXPECT_LE(small.size(), 400u);
}

}  // namespace
}  // namespace huying::auth
