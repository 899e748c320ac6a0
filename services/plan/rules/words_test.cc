// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/words.h"

#include "gtest/gtest.h"

namespace huying::plan::rules {
namespace {

TEST(NearestWord, FindsWhatWasMeantAndStaysSilentWhenNothingIsNear) {
  const std::vector<std::string_view> keys = {"approver", "areas", "level", "tasks"};
  EXPECT_EQ(NearestWord("aprover", keys), "approver");
  EXPECT_EQ(NearestWord("approvers", keys), "approver");
  EXPECT_EQ(NearestWord("levl", keys), "level");
  EXPECT_EQ(NearestWord("taks", keys), "tasks");
  EXPECT_EQ(NearestWord("weather", keys), "");
  EXPECT_EQ(NearestWord(std::string(1000, 'a'), keys), "");
  EXPECT_EQ(NearestWord("x", {}), "");
}

}  // namespace
}  // namespace huying::plan::rules
