// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/field_limit.h"

#include <functional>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/request_check.h"
#include "services/platform/rpc/testing/toy.pb.h"

namespace huying::rpc {
namespace {

using base::Problem;
using base::Reason;
using rpctest::v1::PutRequest;
using ::testing::HasSubstr;

std::string Repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

class LimitsTest : public ::testing::Test {
 protected:
  absl::Status Check(const std::function<void(PutRequest&)>& change) {
    PutRequest request;
    change(request);
    return RequestCheck::Fields(*check_.PlanFor(PutRequest::descriptor()), request);
  }
  bool Passes(const std::function<void(PutRequest&)>& change) { return Check(change).ok(); }
  Problem Of(const std::function<void(PutRequest&)>& spoil) {
    return base::ProblemOf(Check(spoil));
  }

  RequestCheck check_;
};

TEST_F(LimitsTest, TextIsMeasuredInCharactersAndTheRefusalSaysHowManyAreAllowed) {
  EXPECT_TRUE(Passes([](auto& r) { r.set_title(Repeated("呼", 60)); }));
  const Problem problem = Of([](auto& r) { r.set_title(Repeated("呼", 61)); });
  EXPECT_EQ(problem.reason(), Reason::FIELD_TOO_LONG);
  EXPECT_EQ(problem.field(), "title");
  EXPECT_EQ(problem.message(), "最多 60 个字，现有 61 个字");
  EXPECT_EQ(problem.message_en(), "at most 60 characters, got 61");
  EXPECT_FALSE(problem.next_step().empty());
  EXPECT_FALSE(problem.next_step_en().empty());
}

TEST_F(LimitsTest, EveryDepthListAndMapIsChecked) {
  EXPECT_EQ(
      Of([](auto& r) { r.mutable_part()->add_parts()->set_text(Repeated("x", 4001)); }).field(),
      "part.parts[0].text");
  EXPECT_EQ(Of([](auto& r) {
              for (int i = 0; i < 101; ++i) r.mutable_part()->add_parts();
            }).field(),
            "part.parts");
  EXPECT_EQ(Of([](auto& r) { (*r.mutable_notes())["k"] = Repeated("x", 4001); }).field(),
            "notes[0].value");
  EXPECT_EQ(Of([](auto& r) { (*r.mutable_notes())[Repeated("k", 201)] = ""; }).field(),
            "notes[0].key");
  const Problem items = Of([](auto& r) {
    for (int i = 0; i < 101; ++i) (*r.mutable_notes())[std::to_string(i)] = "";
  });
  EXPECT_EQ(items.field(), "notes");
  EXPECT_EQ(items.message_en(), "at most 100 items, got 101");
}

TEST_F(LimitsTest, ATitleThatClearsAScreenOrTurnsTheTextIsRefused) {
  for (const char* bad : {"a\nb", "a\tb", "\x1b[2J", "\u202eb", "a\u2028"}) {
    const Problem problem = Of([&](auto& r) { r.set_title(bad); });
    EXPECT_EQ(problem.reason(), Reason::FIELD_INVALID) << bad;
    EXPECT_EQ(problem.field(), "title");
    EXPECT_EQ(problem.rule_id(), "platform.visible-text");
    EXPECT_THAT(problem.message_en(), HasSubstr("U+"));
  }
}

TEST_F(LimitsTest, TextOfSeveralLinesHasLineEndsAndTabsAndAFileCarriageReturnsToo) {
  EXPECT_TRUE(Passes([](auto& r) { r.mutable_part()->set_text("一\n\t二"); }));
  EXPECT_FALSE(Passes([](auto& r) { r.mutable_part()->set_text("一\r\n二"); }));
  EXPECT_TRUE(Passes([](auto& r) { r.set_file("一\r\n二\t三"); }));
  EXPECT_FALSE(Passes([](auto& r) { r.set_file("\x1b"); }));
}

TEST_F(LimitsTest, BytesThatAreNoTextAreRefusedInARequestBuiltInThisProcessToo) {
  const Problem problem = Of([](auto& r) { r.mutable_part()->set_text("\xff"); });
  EXPECT_EQ(problem.reason(), Reason::INVALID_UTF8);
  EXPECT_EQ(problem.field(), "part.text");
}

TEST_F(LimitsTest, TimesLieInTheirYearsAndNanosInASecond) {
  const auto at = [](int64_t seconds, int32_t nanos) {
    return [=](PutRequest& r) {
      r.mutable_at()->set_seconds(seconds);
      r.mutable_at()->set_nanos(nanos);
    };
  };
  EXPECT_TRUE(Passes(at(1'700'000'000, 999'999'999)));
  EXPECT_TRUE(Passes(at(-2'208'988'800, 0))) << "1900-01-01";
  EXPECT_TRUE(Passes(at(7'258'118'399, 0))) << "2199-12-31";
  for (const auto& [seconds, nanos] : {std::pair<int64_t, int>{int64_t{1} << 62, 0},
                                       {-(int64_t{1} << 62), 0},
                                       {1'700'000'000, -5},
                                       {1'700'000'000, 1'000'000'000},
                                       {-2'208'988'801, 0},
                                       {7'258'118'400, 0}}) {
    const Problem problem = Of(at(seconds, nanos));
    EXPECT_EQ(problem.reason(), Reason::FIELD_INVALID) << seconds;
    EXPECT_EQ(problem.field(), "at");
    EXPECT_EQ(problem.rule_id(), "platform.time-range");
  }
  const auto until = [](int64_t seconds) {
    return [=](PutRequest& r) { r.mutable_until()->set_seconds(seconds); };
  };
  EXPECT_TRUE(Passes(until(253'402'300'799))) << "9999-12-31";
  EXPECT_FALSE(Passes(until(253'402'300'800)));
  EXPECT_TRUE(Passes(until(-62'135'596'800))) << "0001-01-01";
  EXPECT_FALSE(Passes(until(-62'135'596'801)));
}

TEST_F(LimitsTest, PeriodsAreNotNegativeAndNotLongerThanTheirDays) {
  const auto within = [](int64_t seconds, int32_t nanos) {
    return [=](PutRequest& r) {
      r.mutable_within()->set_seconds(seconds);
      r.mutable_within()->set_nanos(nanos);
    };
  };
  EXPECT_TRUE(Passes(within(0, 0)));
  EXPECT_TRUE(Passes(within(2 * 86'400, 0)));
  for (const auto& [seconds, nanos] : {std::pair<int64_t, int>{2 * 86'400, 1},
                                       {-1, 0},
                                       {0, -1},
                                       {0, 1'000'000'000},
                                       {int64_t{1} << 62, 0}}) {
    EXPECT_EQ(Of(within(seconds, nanos)).rule_id(), "platform.period-range") << seconds;
  }
}

TEST_F(LimitsTest, NumbersAndBytesStayWithinTheirLimits) {
  EXPECT_TRUE(Passes([](auto& r) { r.set_people(100); }));
  EXPECT_EQ(Of([](auto& r) { r.set_people(101); }).field(), "people");
  EXPECT_EQ(Of([](auto& r) { r.set_people(-1); }).rule_id(), "platform.number-range");
  EXPECT_TRUE(Passes([](auto& r) { r.set_seal("1234"); }));
  EXPECT_EQ(Of([](auto& r) { r.set_seal("12345"); }).reason(), Reason::FIELD_TOO_LONG);
  EXPECT_TRUE(Passes([](auto& r) { r.set_share(-1e300); }));
  EXPECT_EQ(Of([](auto& r) { r.set_share(std::numeric_limits<double>::quiet_NaN()); }).field(),
            "share");
  EXPECT_FALSE(Passes([](auto& r) { r.set_share(std::numeric_limits<double>::infinity()); }));
}

}  // namespace
}  // namespace huying::rpc
