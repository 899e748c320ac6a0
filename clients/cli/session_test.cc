// SPDX-License-Identifier: Apache-2.0
//
// A terminal whose clock is wrong goes on hearing.
#include "clients/cli/session.h"

#include <gtest/gtest.h>

#include "clients/cli/cli.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/temp_dir_fake.h"

namespace huying::cli {
namespace {

directory::v1::TokenResponse Token(absl::Time server_now, absl::Duration life) {
  directory::v1::TokenResponse token;
  token.set_token("t");
  token.set_realm(kLiveRealm);
  *token.mutable_server_time() = base::ToProto(server_now);
  *token.mutable_expires_at() = base::ToProto(server_now + life);
  return token;
}

// With 127.0.0.1:1 a renewal cannot succeed: that one was tried shows in the status.
TEST(SessionClock, ATokensLifetimeIsCountedWhateverHourTheTerminalsClockShows) {
  for (const absl::Duration wrong : {absl::Hours(-3), absl::Minutes(-13), absl::ZeroDuration(),
                                     absl::Minutes(14), absl::Hours(3)}) {
    const base::TempDir folder;
    const absl::Time server_now = absl::FromUnixSeconds(1'800'000'000);
    base::ManualClock clock(server_now + wrong);
    Session session({.home = folder.path(),
                     .server = "127.0.0.1:1",
                     .limit = absl::Milliseconds(200),
                     .clock = &clock});
    ASSERT_TRUE(session.Keep(Token(server_now, absl::Minutes(15)), "duty").ok());
    clock.Advance(absl::Minutes(11));
    EXPECT_TRUE(session.FreshToken().ok()) << wrong << ": still good, and not renewed";
    clock.Advance(absl::Minutes(2));
    EXPECT_FALSE(session.FreshToken().ok()) << wrong << ": renewed before it ends";
  }
}

TEST(SessionClock, WhatTheNextCommandReadsFromTheFileIsTheSameLifetime) {
  const base::TempDir folder;
  const absl::Time server_now = absl::FromUnixSeconds(1'800'000'000);
  base::ManualClock clock(server_now - absl::Hours(3));
  const SessionOptions options = {.home = folder.path(),
                                  .server = "127.0.0.1:1",
                                  .limit = absl::Milliseconds(200),
                                  .clock = &clock};
  ASSERT_TRUE(Session(options).Keep(Token(server_now, absl::Minutes(15)), "duty").ok());
  EXPECT_TRUE(Session(options).FreshToken().ok());
  clock.Advance(absl::Minutes(13));
  EXPECT_FALSE(Session(options).FreshToken().ok());
}

}  // namespace
}  // namespace huying::cli
