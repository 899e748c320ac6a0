// SPDX-License-Identifier: Apache-2.0
#include "services/platform/base/utf8.h"

#include <gtest/gtest.h>

#include "services/platform/base/status.h"

namespace huying::base {
namespace {

// "煤矿" as an older office program saves it.
constexpr char kGbk[] = "\xC3\xBA\xBF\xF3";

TEST(Utf8, IsToldFromEverythingElse) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain"));
  EXPECT_TRUE(IsUtf8("煤矿𠮷"));
  EXPECT_TRUE(IsUtf8(std::string_view("\0", 1)));
  EXPECT_FALSE(IsUtf8(kGbk));
  EXPECT_FALSE(IsUtf8("\x80")) << "a continuation without a lead";
  EXPECT_FALSE(IsUtf8("\xE7\x85")) << "cut short";
  EXPECT_FALSE(IsUtf8("\xC0\xAF")) << "overlong";
  EXPECT_FALSE(IsUtf8("\xE0\x80\xAF")) << "overlong";
  EXPECT_FALSE(IsUtf8("\xF0\x80\x80\xAF")) << "overlong";
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80")) << "a surrogate";
  EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80")) << "past the last code point";
}

TEST(Utf8, WhatIsNoUtf8IsReplacedByteByByte) {
  EXPECT_EQ(AsUtf8("煤矿"), "煤矿");
  EXPECT_EQ(AsUtf8("a\xFF"
                   "b\xE7\x85"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Utf8, TheLineThatIsNotIsNamed) {
  EXPECT_EQ(LineNotUtf8("一\n二\n三"), std::nullopt);
  EXPECT_EQ(LineNotUtf8(kGbk), 1);
  EXPECT_EQ(LineNotUtf8(std::string("一\n二\n") + kGbk + "\n四"), 3);
}

// Whoever quotes what he met must not make an answer that the client cannot read.
TEST(Problems, AProblemThatQuotesOtherBytesStillArrives) {
  const absl::Status status = Invalid(Reason::FIELD_INVALID, std::string("名称不认识: ") + kGbk,
                                      std::string("unknown: ") + kGbk)
                                  .Field(kGbk);
  const Problem problem = ProblemOf(status);
  EXPECT_EQ(problem.reason(), Reason::FIELD_INVALID);
  EXPECT_TRUE(IsUtf8(problem.message()));
  EXPECT_TRUE(IsUtf8(problem.message_en()));
  EXPECT_TRUE(IsUtf8(problem.field()));
}

}  // namespace
}  // namespace huying::base
