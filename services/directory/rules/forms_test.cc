// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using common::v1::Tier;

std::string FieldOf(const absl::Status& status) { return base::ProblemOf(status).field(); }

template <typename T, typename Check>
std::string Broken(T row, Check check, void (*change)(T&)) {
  change(row);
  const absl::Status status = check(row);
  return status.ok() ? "nothing" : FieldOf(status);
}

TEST(FormsTest, NamesAreLowerCaseLettersDigitsAndHyphens) {
  EXPECT_TRUE(CheckName("posts/lingbei-duty-2", "posts", "name").ok());
  for (const char* bad : {"", "posts/", "posts/Duty", "posts/a b", "units/a", "posts/值班", "a"}) {
    EXPECT_FALSE(CheckName(bad, "posts", "name").ok()) << bad;
  }
}

TEST(FormsTest, UnitFields) {
  v1::Unit good;
  good.set_name("units/emergency");
  good.set_title("区应急管理局");
  good.set_area("230407000000");
  good.set_tier(Tier::DISTRICT);
  ASSERT_TRUE(CheckUnit(good).ok());
  EXPECT_EQ(Broken<v1::Unit>(good, CheckUnit, [](v1::Unit& u) { u.set_name("emergency"); }),
            "name");
  EXPECT_EQ(Broken<v1::Unit>(good, CheckUnit, [](v1::Unit& u) { u.clear_title(); }), "title");
  EXPECT_EQ(
      Broken<v1::Unit>(good, CheckUnit, [](v1::Unit& u) { u.set_title(std::string(61, 'x')); }),
      "title");
  EXPECT_EQ(Broken<v1::Unit>(good, CheckUnit, [](v1::Unit& u) { u.clear_area(); }), "area");
  EXPECT_EQ(
      Broken<v1::Unit>(good, CheckUnit, [](v1::Unit& u) { u.set_tier(static_cast<Tier>(7)); }),
      "tier");
}

TEST(FormsTest, NoRoleGivesTheWordsOfThePipeline) {
  v1::Role role;
  role.set_name("roles/x");
  role.set_title("岗");
  role.add_permissions("alert.notice.issue");
  ASSERT_TRUE(CheckRole(role).ok());
  for (const char* word : {"node", "any", "public", "", "Alert.Read", "a b.c"}) {
    v1::Role bad = role;
    bad.add_permissions(word);
    EXPECT_EQ(FieldOf(CheckRole(bad)), "permissions[1]") << word;
  }
}

TEST(FormsTest, PostFields) {
  v1::Post good;
  good.set_name("posts/a");
  good.set_title("值班员");
  good.set_unit("units/a");
  good.set_area("230407000000");
  good.set_tier(Tier::DISTRICT);
  good.add_deputies("posts/b");
  ASSERT_TRUE(CheckPost(good).ok());
  EXPECT_EQ(Broken<v1::Post>(good, CheckPost, [](v1::Post& p) { p.clear_unit(); }), "unit");
  EXPECT_EQ(Broken<v1::Post>(good, CheckPost, [](v1::Post& p) { p.add_deputies("posts/b"); }),
            "deputies[1]");
  EXPECT_EQ(Broken<v1::Post>(good, CheckPost, [](v1::Post& p) { p.add_deputies("posts/a"); }),
            "deputies[1]");
  EXPECT_EQ(Broken<v1::Post>(good, CheckPost, [](v1::Post& p) { p.set_supervisor("posts/a"); }),
            "supervisor");
}

TEST(FormsTest, ThePostsTierIsItsAreasOrOutside) {
  v1::Area area;
  area.set_tier(Tier::SUBDISTRICT);
  v1::Post post;
  post.set_tier(Tier::SUBDISTRICT);
  EXPECT_TRUE(CheckPostTier(post, area).ok());
  post.set_tier(Tier::EXTERNAL);
  EXPECT_TRUE(CheckPostTier(post, area).ok());
  post.set_tier(Tier::DISTRICT);
  EXPECT_EQ(FieldOf(CheckPostTier(post, area)), "tier");
}

TEST(FormsTest, PersonAndAccountFields) {
  v1::Person person;
  person.set_name("people/a");
  person.set_display_name("张三");
  person.set_unit("units/a");
  person.set_phone("+86-13800000001");
  person.set_id_number("23040719800101001X");
  ASSERT_TRUE(CheckPerson(person).ok());
  EXPECT_EQ(Broken<v1::Person>(person, CheckPerson, [](v1::Person& p) { p.set_phone("一三八"); }),
            "phone");
  EXPECT_EQ(Broken<v1::Person>(person, CheckPerson, [](v1::Person& p) { p.set_id_number("x"); }),
            "id_number");

  v1::Account account;
  account.set_name("accounts/a");
  EXPECT_EQ(FieldOf(CheckAccount(account)), "person");
  account.set_administrator(true);
  EXPECT_TRUE(CheckAccount(account).ok());
}

TEST(FormsTest, AShiftEndsAfterItStartsAndIsNotTooLong) {
  const absl::Time start = absl::FromUnixSeconds(1'800'000'000);
  v1::Shift shift;
  shift.set_post("posts/a");
  shift.set_person("people/a");
  EXPECT_EQ(FieldOf(CheckShift(shift, absl::Hours(48))), "start");
  *shift.mutable_start() = base::ToProto(start);
  EXPECT_EQ(FieldOf(CheckShift(shift, absl::Hours(48))), "end");
  auto ends = [&](absl::Duration after) {
    *shift.mutable_end() = base::ToProto(start + after);
    return base::ProblemOf(CheckShift(shift, absl::Hours(48))).rule_id();
  };
  EXPECT_EQ(ends(absl::ZeroDuration()), "directory.shift-order");
  EXPECT_EQ(ends(absl::Hours(-1)), "directory.shift-order");
  EXPECT_EQ(ends(absl::Hours(49)), "directory.shift-max");
  *shift.mutable_end() = base::ToProto(start + absl::Hours(48));
  EXPECT_TRUE(CheckShift(shift, absl::Hours(48)).ok());
}

TEST(FormsTest, APasswordHasTwelveCharacters) {
  EXPECT_FALSE(CheckPassword("elevenchars", 12).ok());
  EXPECT_TRUE(CheckPassword("twelve-chars", 12).ok());
  EXPECT_FALSE(CheckPassword("汉字口令不够长", 12).ok());
  EXPECT_FALSE(CheckPassword(std::string(257, 'x'), 12).ok());
}

TEST(FormsTest, AnImportHasABound) {
  v1::Directory directory;
  EXPECT_EQ(FieldOf(CheckSize(directory)), "directory");
  for (int i = 0; i < kImportRowsMax; ++i) directory.add_shifts();
  EXPECT_TRUE(CheckSize(directory).ok());
  directory.add_units();
  EXPECT_FALSE(CheckSize(directory).ok());
}

TEST(FormsTest, ReferencesNameTheirField) {
  v1::Post post;
  post.set_unit("units/a");
  post.set_area("230407000000");
  post.add_roles("roles/r");
  post.add_deputies("posts/b");
  post.set_supervisor("posts/c");
  post.set_standing_holder("people/d");
  std::vector<std::string> fields;
  for (const Reference& reference : ReferencesOf(post)) fields.push_back(reference.field);
  EXPECT_THAT(fields, testing::ElementsAre("area", "unit", "roles[0]", "deputies[0]", "supervisor",
                                           "standing_holder"));
  EXPECT_EQ(base::ProblemOf(UnknownReference({Reference::To::kArea, "2", "f"})).reason(),
            base::Reason::UNKNOWN_AREA);
  EXPECT_EQ(base::ProblemOf(UnknownReference({Reference::To::kPost, "posts/x", "f"})).reason(),
            base::Reason::UNKNOWN_REFERENCE);
}

}  // namespace
}  // namespace huying::directory::rules
