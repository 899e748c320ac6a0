// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/powers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/directory/rules/view.h"
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

// The codes' bookings, as the editor keeps them.
class Book {
 public:
  absl::Status Put(const v1::PowerItem& item) {
    const auto revisions = Revise(items_[item.name()], item);
    std::map<std::string, v1::PowerCode> codes = codes_;
    std::set<std::string> touched;
    for (const auto& revision : revisions) touched.insert(revision.code());
    for (const std::string& code : touched) {
      codes[code].set_code(code);
      RETURN_IF_ERROR(BookCode(revisions, codes[code]));
    }
    codes_ = std::move(codes);
    items_[item.name()] = revisions;
    return absl::OkStatus();
  }
  // Revisions in force at the instant, of every item.
  std::vector<v1::PowerItem> InForceAt(int day) const {
    std::vector<v1::PowerItem> found;
    for (const auto& [name, revisions] : items_) {
      for (const auto& revision : revisions) {
        if (InForce(revision, base::FromProto(Day(day)))) found.push_back(revision);
      }
    }
    return found;
  }
  const std::vector<v1::PowerItem>& RevisionsOf(const std::string& name) { return items_[name]; }

 private:
  std::map<std::string, std::vector<v1::PowerItem>> items_;
  std::map<std::string, v1::PowerCode> codes_;
};

v1::PowerItem From(int day, const std::string& name = "powers/XS-YJ-001",
                   const std::string& code = "XS-YJ-001") {
  v1::PowerItem item = Item(name);
  item.set_code(code);
  *item.mutable_valid_from() = Day(day);
  return item;
}

TEST(PowersTest, R49ACodeInForceBelongsToOneName) {
  Book book;
  ASSERT_TRUE(book.Put(From(0)).ok());
  const absl::Status taken = book.Put(From(0, "powers/other"));
  EXPECT_EQ(taken.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ProblemOf(taken).rule_id(), "directory.power-code");
  EXPECT_EQ(base::ProblemOf(taken).field(), "code");
  EXPECT_TRUE(book.Put(From(1)).ok());  // its own again
}

TEST(PowersTest, R49ACodeIsFreeWhenItsItemIsNoLongerInForce) {
  Book book;
  v1::PowerItem ended = From(0);
  *ended.mutable_valid_to() = Day(10);
  ASSERT_TRUE(book.Put(ended).ok());
  EXPECT_FALSE(book.Put(From(9, "powers/other")).ok());
  EXPECT_TRUE(book.Put(From(10, "powers/other")).ok());
  // Now the first may not grow back into the other's time.
  EXPECT_FALSE(book.Put(From(5)).ok());
}

TEST(PowersTest, R49AnOldRevisionKeepsItsCodeUntilTheNewOneBegins) {
  Book book;
  ASSERT_TRUE(book.Put(From(0)).ok());
  // A revision of the future, with the same code, and with another.
  ASSERT_TRUE(book.Put(From(30)).ok());
  EXPECT_FALSE(book.Put(From(1, "powers/other")).ok());
  ASSERT_TRUE(book.Put(From(60, "powers/XS-YJ-001", "XS-YJ-900")).ok());
  v1::PowerItem between = From(1, "powers/other");
  *between.mutable_valid_to() = Day(60);
  EXPECT_FALSE(book.Put(between).ok());
  EXPECT_FALSE(book.Put(From(59, "powers/other")).ok());
  EXPECT_TRUE(book.Put(From(60, "powers/other")).ok());
  EXPECT_FALSE(book.Put(From(60, "powers/third", "XS-YJ-900")).ok());
}

TEST(PowersTest, R49AChangeIsANewRevisionAndTheOldOneEndsWhereItBegins) {
  const auto first = Revise({}, Item());
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].revision(), 1);
  v1::PowerItem changed = From(30);
  changed.set_title("发布突发事件预警");
  changed.set_revision(77);  // not for the caller to say
  const auto second = Revise(first, changed);
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(second[1].revision(), 2);
  EXPECT_EQ(RevisionKey(second[0].name(), second[0].revision()), "powers/XS-YJ-001@1");
  EXPECT_EQ(second[0].valid_to().seconds(), Day(30).seconds());
  EXPECT_TRUE(SamePower(first[0], Item()));
  EXPECT_FALSE(SamePower(first[0], changed));
}

TEST(PowersTest, R49ABackDatedRevisionTrimsEveryEarlierOne) {
  Book book;
  ASSERT_TRUE(book.Put(From(0)).ok());
  ASSERT_TRUE(book.Put(From(30)).ok());
  ASSERT_TRUE(book.Put(From(10)).ok());
  const auto& revisions = book.RevisionsOf("powers/XS-YJ-001");
  EXPECT_EQ(revisions[0].valid_to().seconds(), Day(10).seconds());
  EXPECT_FALSE(EverInForce(revisions[1]));  // it would have begun later
  for (const auto& [day, revision] : {std::pair(5, 1), std::pair(10, 3), std::pair(40, 3)}) {
    const auto in_force = book.InForceAt(day);
    ASSERT_EQ(in_force.size(), 1u) << day;
    EXPECT_EQ(in_force[0].revision(), revision) << day;
  }
}

// Whatever is put in whatever order: never two in force for one code or one item.
TEST(PowersTest, R49AtNoInstantAreTwoInForceForOneCodeOrOneItem) {
  constexpr int kDays = 20;
  std::mt19937 random(20'260'301);
  int accepted = 0;
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    Book book;
    for (int step = 0; step < 12; ++step) {
      const int from = static_cast<int>(random() % kDays);
      v1::PowerItem item =
          From(from, absl::StrCat("powers/", random() % 3), absl::StrCat("code-", random() % 2));
      if (random() % 2 == 0) *item.mutable_valid_to() = Day(from + 1 + int(random() % kDays));
      (book.Put(item).ok() ? accepted : refused) += 1;
      for (int day = 0; day < 2 * kDays + 1; ++day) {
        std::set<std::string> names;
        std::set<std::string> codes;
        for (const v1::PowerItem& one : book.InForceAt(day)) {
          ASSERT_TRUE(names.insert(one.name()).second) << "round " << round << " day " << day;
          ASSERT_TRUE(codes.insert(one.code()).second) << "round " << round << " day " << day;
        }
      }
    }
  }
  EXPECT_GT(accepted, 500);
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace huying::directory::rules
