// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/yaml_tree.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace huying::plan::rules {
namespace {

using ::testing::HasSubstr;

TEST(YamlTree, ASyntaxErrorIsAFindingWithItsPlace) {
  YamlText text("title: a\n  bad: [1, 2\n");
  ASSERT_EQ(text.findings().size(), 1u);
  EXPECT_EQ(text.findings()[0].line(), 2);
  EXPECT_TRUE(text.has_errors());
}

TEST(YamlTree, AFileInGbkIsAFindingAtItsLine) {
  YamlText text("id: a\ntitle: \xC3\xBA\xBF\xF3\n");
  ASSERT_EQ(text.findings().size(), 1u);
  EXPECT_EQ(text.findings()[0].line(), 2);
  EXPECT_THAT(text.findings()[0].message(), HasSubstr("可能是 GBK"));
  EXPECT_TRUE(text.has_errors());
}

TEST(YamlTree, AnUnknownKeyIsNamedWithItsPlaceAndWhatWasMeant) {
  YamlText text("title: a\naprover: b\n");
  YamlMap map(text, text.root(), "");
  EXPECT_EQ(map.Text("title"), "a");
  EXPECT_EQ(map.Text("approver"), "");
  map.RefuseOtherKeys();
  ASSERT_EQ(text.findings().size(), 1u);
  const v1::LintFinding& finding = text.findings()[0];
  EXPECT_EQ(finding.line(), 2);
  EXPECT_EQ(finding.column(), 1);
  EXPECT_EQ(finding.field(), "aprover");
  EXPECT_THAT(finding.message(), HasSubstr("是否为 approver"));
  EXPECT_THAT(finding.message_en(), HasSubstr("did you mean approver"));
}

TEST(YamlTree, AKeyThatStandsTwiceIsAnError) {
  YamlText text("title: a\ntitle: b\n");
  YamlMap map(text, text.root(), "");
  ASSERT_EQ(text.findings().size(), 1u);
  EXPECT_EQ(text.findings()[0].line(), 2);
}

TEST(YamlTree, AFaultOfAMissingFieldIsShownWhereItsMapBegins) {
  YamlText text("a: 1\nlevels:\n  - level: 1\n    x: 2\n");
  YamlMap map(text, text.root(), "");
  auto levels = map.List("levels");
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_EQ(levels[0].second, "levels[0]");
  YamlMap level(text, levels[0].first, levels[0].second);
  text.Error("levels[0].approver", "缺少", "missing");
  text.Warn("levels[0].x", "可疑", "doubtful");
  EXPECT_EQ(text.findings()[0].line(), 3);
  EXPECT_EQ(text.findings()[0].column(), 5);
  EXPECT_EQ(text.findings()[1].line(), 4);
  EXPECT_EQ(text.findings()[1].column(), 8);
}

TEST(YamlTree, ValuesOfTheWrongFormAreFindings) {
  YamlText text("n: seven\nt: perhaps\nl: word\ns: [1]\nm: word\n");
  YamlMap map(text, text.root(), "");
  EXPECT_EQ(map.Number("n"), 0);
  EXPECT_FALSE(map.Truth("t"));
  EXPECT_TRUE(map.Texts("l").empty());
  EXPECT_EQ(map.Text("s"), "");
  YamlMap inner(text, map.Child("m"), "m");
  EXPECT_EQ(text.findings().size(), 5u);
}

TEST(YamlTree, ATextThatUnfoldsWithoutEndIsStopped) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += std::string(k ? "," : "") + "*a" + std::to_string(i - 1);
    bomb += "]\n";
  }
  YamlText text(bomb);
  YamlMap map(text, text.root(), "");
  std::function<void(const YAML::Node&)> walk = [&](const YAML::Node& node) {
    if (!text.Visit()) return;
    for (const auto& item : node) {
      if (!text.Visit()) return;
      walk(item);
    }
  };
  walk(map.Child("a8"));
  EXPECT_TRUE(text.has_errors());
  EXPECT_TRUE(YamlText(std::string(kYamlBytesMax + 1, ' ')).has_errors());
  EXPECT_TRUE(YamlText("just words").has_errors());
}

}  // namespace
}  // namespace huying::plan::rules
