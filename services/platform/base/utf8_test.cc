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

TEST(Utf8, CharactersAreCountedAndNotBytes) {
  EXPECT_EQ(Characters(""), 0);
  EXPECT_EQ(Characters("岭北ab"), 4);
  EXPECT_EQ(Characters("𠮷"), 1);
}

TEST(Utf8, WhatMovesOrTurnsTheTextAroundItIsFound) {
  for (const char* plain :
       {"", "plain", "煤矿，𠮷。", "“引号”", "a\u00a0b", "👨‍👩‍👧"}) {
    EXPECT_TRUE(FirstControl(plain).empty()) << plain;
    EXPECT_EQ(Visible(plain), plain);
  }
  const std::pair<std::string, const char*> controls[] = {
      {"\x1b", "U+001B"},           {"\n", "U+000A"},
      {"\x7f", "U+007F"},           {"\u0085", "U+0085"},
      {"\u061c", "U+061C"},         {"\u200e", "U+200E"},
      {"\u2028", "U+2028"},         {"\u202e", "U+202E"},
      {"\u2066", "U+2066"},         {"\u2069", "U+2069"},
      {std::string(1, 0), "U+0000"}};
  for (const auto& [control, name] : controls) {
    const std::string text = "标题" + control + "[2J";
    const std::string_view found = FirstControl(text);
    EXPECT_EQ(found, control) << name;
    EXPECT_EQ(found.data() - text.data(), 6) << name;
    EXPECT_EQ(CodePointName(found), name);
  }
}

TEST(Utf8, TextOfSeveralLinesMayHaveLineEndsAndTabs) {
  EXPECT_TRUE(FirstControl("一\n\t二", "\n\t").empty());
  EXPECT_EQ(FirstControl("一\r\n二", "\n\t"), "\r");
}

TEST(Utf8, WhatIsShownHasNoControlCharacterLeft) {
  EXPECT_EQ(Visible("a\n\x1b[2Jb\u202e"), "a\\u{A}\\u{1B}[2Jb\\u{202E}");
  EXPECT_EQ(Visible("一\n二\x07", "\n\t"), "一\n二\\u{7}");
  EXPECT_EQ(Visible("\xff"), "\xEF\xBF\xBD");
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
