// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/powers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using common::v1::LegalBasis;
using common::v1::Tier;

google::protobuf::Timestamp Day(int day) {
  return base::ToProto(absl::FromUnixSeconds(1'800'000'000) + day * absl::Hours(24));
}

v1::PowerItem Item(const std::string& name = "powers/XS-YJ-001") {
  v1::PowerItem item;
  item.set_name(name);
  item.set_code("XS-YJ-001");
  item.set_title("发布预警");
  item.set_type("其他行政权力");
  item.set_holder_unit("units/district-office");
  item.set_lowest_tier(Tier::DISTRICT);
  *item.mutable_valid_from() = Day(0);
  LegalBasis* basis = item.add_legal_basis();
  basis->set_kind(LegalBasis::LAW);
  basis->set_title("中华人民共和国突发事件应对法");
  basis->set_article("第六十四条");
  return item;
}

std::string FieldOf(void (*change)(v1::PowerItem&)) {
  v1::PowerItem item = Item();
  change(item);
  const absl::Status status = CheckPowerItem(item);
  return status.ok() ? "nothing" : base::ProblemOf(status).field();
}

TEST(PowersTest, R49EveryItemHasNameCodeTypeHolderTierAndBasis) {
  ASSERT_TRUE(CheckPowerItem(Item()).ok());
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.set_name("XS"); }), "name");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.clear_code(); }), "code");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.clear_title(); }), "title");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.clear_type(); }), "type");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.clear_holder_unit(); }), "holder_unit");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.set_lowest_tier(Tier::EXTERNAL); }), "lowest_tier");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.clear_legal_basis(); }), "legal_basis");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.mutable_legal_basis(0)->clear_article(); }),
            "legal_basis[0].article");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.clear_valid_from(); }), "valid_from");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { *i.mutable_valid_to() = Day(0); }), "valid_to");
}

TEST(PowersTest, R56MeetingMinutesAreNoLegalBasis) {
  const auto* kinds = LegalBasis::Kind_descriptor();
  EXPECT_EQ(kinds->FindValueByName("MEETING_MINUTES"), nullptr);
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) {
              i.mutable_legal_basis(0)->set_kind(static_cast<LegalBasis::Kind>(99));
            }),
            "legal_basis[0].kind");
  EXPECT_EQ(FieldOf([](v1::PowerItem& i) { i.mutable_legal_basis(0)->clear_kind(); }),
            "legal_basis[0].kind");
}

TEST(PowersTest, R49ACodeInForceBelongsToOneName) {
  v1::PowerCode code;
  ASSERT_TRUE(TakeCode(Item(), code).ok());
  const absl::Status taken = TakeCode(Item("powers/other"), code);
  EXPECT_EQ(taken.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ProblemOf(taken).rule_id(), "directory.power-code");
  EXPECT_TRUE(TakeCode(Item(), code).ok());  // its own again
  EXPECT_EQ(code.items_size(), 1);
}

TEST(PowersTest, R49ACodeIsFreeWhenItsItemIsNoLongerInForce) {
  v1::PowerItem ended = Item();
  *ended.mutable_valid_to() = Day(10);
  v1::PowerCode code;
  ASSERT_TRUE(TakeCode(ended, code).ok());
  v1::PowerItem next = Item("powers/other");
  *next.mutable_valid_from() = Day(9);
  EXPECT_FALSE(TakeCode(next, code).ok());
  *next.mutable_valid_from() = Day(10);
  EXPECT_TRUE(TakeCode(next, code).ok());
  // Now the first may not grow back into the other's time.
  EXPECT_FALSE(TakeCode(Item(), code).ok());
  GiveCodeBack("powers/other", code);
  EXPECT_TRUE(TakeCode(Item(), code).ok());
}

TEST(PowersTest, R49AChangeIsANewRevisionAndTheOldOneEndsWhereItBegins) {
  const Revised first = Revise(nullptr, Item());
  EXPECT_EQ(first.current.revision(), 1);
  EXPECT_EQ(first.previous.name(), "");
  v1::PowerItem changed = Item();
  changed.set_title("发布突发事件预警");
  changed.set_revision(77);  // not for the caller to say
  *changed.mutable_valid_from() = Day(30);
  const Revised second = Revise(&first.current, changed);
  EXPECT_EQ(second.current.revision(), 2);
  EXPECT_EQ(RevisionKey(second.previous), "powers/XS-YJ-001@1");
  EXPECT_EQ(second.previous.valid_to().seconds(), Day(30).seconds());
  EXPECT_TRUE(SamePower(first.current, Item()));
  EXPECT_FALSE(SamePower(first.current, changed));
}

}  // namespace
}  // namespace huying::directory::rules
