// SPDX-License-Identifier: Apache-2.0
#include "services/huyingd/service_table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::huyingd {
namespace {
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<ServiceEntry> kTable = {
    {"a", {}, ""}, {"b", {"a"}, ""}, {"c", {"a", "b"}, ""}, {"d", {"c"}, ""}};

std::string Error(const std::vector<ServiceEntry>& table, const std::vector<std::string>& wanted,
                  const std::vector<std::string>& elsewhere = {}) {
  return base::ProblemOf(StartOrder(table, wanted, elsewhere).status()).message_en();
}

TEST(StartOrderTest, LowerServicesComeFirstHoweverTheyAreNamed) {
  EXPECT_THAT(*StartOrder(kTable, {"all"}), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(*StartOrder(kTable, {"c", "b", "a"}), ElementsAre("a", "b", "c"));
  const std::vector<ServiceEntry> turned(kTable.rbegin(), kTable.rend());
  EXPECT_THAT(*StartOrder(turned, {"all"}), ElementsAre("a", "b", "c", "d"));
}

TEST(StartOrderTest, AMissingDependencyIsNamedAndMayLiveElsewhere) {
  EXPECT_EQ(Error(kTable, {"d"}), "service d needs c, which is not here");
  EXPECT_THAT(*StartOrder(kTable, {"d"}, {"c"}), ElementsAre("d"));
  EXPECT_EQ(Error(kTable, {"a", "c"}), "service c needs b, which is not here");
}

TEST(StartOrderTest, ACircleIsNamed) {
  const std::vector<ServiceEntry> circle = {{"a", {"c"}, ""}, {"b", {"a"}, ""}, {"c", {"b"}, ""}};
  EXPECT_THAT(Error(circle, {"all"}), HasSubstr("a -> c -> b -> a"));
  EXPECT_THAT(Error({{"a", {"a"}, ""}}, {"a"}), HasSubstr("a -> a"));
}

TEST(StartOrderTest, AnUnknownServiceIsNamed) {
  EXPECT_EQ(Error(kTable, {"a", "weather"}), "there is no service weather");
}

TEST(ServiceTableTest, TheTableItselfHasNoCircleAndIsInOrder) {
  auto order = StartOrder(ServiceTable(), {"all"});
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(*order, ServiceNames());
}

}  // namespace
}  // namespace huying::huyingd
