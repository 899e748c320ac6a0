// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/figures.h"

#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

v1::Figures Of(int64_t dead, int64_t missing, int64_t trapped = 0) {
  v1::Figures figures;
  figures.set_dead(dead);
  figures.set_missing(missing);
  figures.set_trapped(trapped);
  return figures;
}

TEST(Figures, ANumberThatCannotBeIsRefusedByItsField) {
  const auto field = [](void (v1::Figures::*set)(int64_t), int64_t value) {
    v1::Figures figures;
    (figures.*set)(value);
    return base::ProblemOf(ValidateFigures(figures, "figures")).field();
  };
  EXPECT_EQ(field(&v1::Figures::set_dead, -1), "figures.dead");
  EXPECT_EQ(field(&v1::Figures::set_missing, 10'000'001), "figures.missing");
  EXPECT_EQ(field(&v1::Figures::set_seriously_injured, -1), "figures.seriously_injured");
  EXPECT_EQ(field(&v1::Figures::set_injured, -1), "figures.injured");
  EXPECT_EQ(field(&v1::Figures::set_trapped, -1), "figures.trapped");
  EXPECT_EQ(field(&v1::Figures::set_affected, -1), "figures.affected");
  EXPECT_EQ(field(&v1::Figures::set_relocated, -1), "figures.relocated");
  EXPECT_EQ(field(&v1::Figures::set_direct_loss_yuan, -1), "figures.direct_loss_yuan");
  v1::Figures figures = Of(42, 66);
  EXPECT_TRUE(ValidateFigures(figures, "figures").ok());
  figures.set_note(std::string(2001, 'x'));
  EXPECT_EQ(base::ProblemOf(ValidateFigures(figures, "figures")).field(), "figures.note");
}

TEST(Figures, WhoWasMissingAndIsFoundDeadIsNoFall) {
  EXPECT_TRUE(Lowered(Of(0, 139), Of(42, 97)).empty());
  EXPECT_TRUE(Lowered(Of(0, 0, 139), Of(0, 0, 108)).empty());
  const auto fell = Lowered(Of(0, 139), Of(42, 66));
  ASSERT_EQ(fell.size(), 1u);
  EXPECT_EQ(fell[0], "死亡和失踪 139 → 108");
  EXPECT_EQ(Lowered(Of(5, 5), Of(4, 5)).size(), 2u);
  v1::Figures loss = Of(0, 0);
  loss.set_direct_loss_yuan(100);
  EXPECT_EQ(Lowered(loss, Of(0, 0)).size(), 1u);
}

TEST(Figures, CasualtiesDifferOnlyByPeople) {
  EXPECT_TRUE(CasualtiesDiffer(Of(0, 139), Of(1, 138)));
  EXPECT_TRUE(CasualtiesDiffer(Of(0, 0, 5), Of(0, 0, 4)));
  v1::Figures moved = Of(1, 2);
  moved.set_relocated(300);
  moved.set_direct_loss_yuan(5);
  EXPECT_FALSE(CasualtiesDiffer(Of(1, 2), moved));
}

}  // namespace
}  // namespace huying::incident::rules
