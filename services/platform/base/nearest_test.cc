// SPDX-License-Identifier: Apache-2.0
#include "services/platform/base/nearest.h"

#include <gtest/gtest.h>

namespace huying::base {
namespace {

TEST(Nearest, FindsWhatWasMeantAndStaysSilentWhenNothingIsNear) {
  const std::vector<std::string_view> keys = {"approver", "areas", "level", "tasks"};
  EXPECT_EQ(Nearest("aprover", keys), "approver");
  EXPECT_EQ(Nearest("approvers", keys), "approver");
  EXPECT_EQ(Nearest("levl", keys), "level");
  EXPECT_EQ(Nearest("taks", keys), "tasks");
  EXPECT_EQ(Nearest("weather", keys), "");
  EXPECT_EQ(Nearest(std::string(1000, 'a'), keys), "");
  EXPECT_EQ(Nearest("x", std::vector<std::string>()), "");
  EXPECT_EQ(Nearest("x", std::vector<std::string>{"ab"}), "") << "nothing of the word was typed";
}

TEST(Nearest, OfWordsEquallyNearTheFirstInTheAlphabetWhateverTheirOrder) {
  EXPECT_EQ(Nearest("daed", std::vector<std::string>{"dead", "deed"}), "deed");
  EXPECT_EQ(Nearest("post-1", std::vector<std::string>{"post-3", "post-2"}), "post-2");
  EXPECT_EQ(Nearest("post-1", std::vector<std::string>{"post-2", "post-3"}), "post-2");
}

}  // namespace
}  // namespace huying::base
