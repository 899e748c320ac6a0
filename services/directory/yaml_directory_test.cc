// SPDX-License-Identifier: Apache-2.0
#include "services/directory/yaml_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "services/directory/rules/sign_in.h"
#include "services/directory/rules/view.h"
#include "services/directory/testing/directory_fixture.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr char kAreas[] =
    "tier,code,code12,name,parent\n"
    "DISTRICT,230407,230407000000,兴山区,2304\n"
    "SUBDISTRICT,230407001,230407001000,岭北街道,230407\n";
constexpr char kGood[] = R"(areas: areas.csv
units:
  - {id: lingbei, title: 岭北街道办事处, area: "230407001"}
roles:
  - {id: duty, title: 值班, permissions: [directory.read, alert.answer]}
people:
  - {id: a, display_name: 甲, unit: lingbei}
  - {id: b, display_name: 乙, unit: lingbei, phone: "13800000001"}
posts:
  - id: lingbei-duty
    title: 值班员
    unit: lingbei
    area: "230407001"
    roles: [duty]
    standing_holder: a
    receives_alerts: true
rota:
  - {post: lingbei-duty, shift: "daily 08:00-08:00", people: [a, b]}
powers:
  - code: X-1
    title: 通知
    type: 其他行政权力
    permission: alert.notice.issue
    holder_unit: lingbei
    lowest_tier: COMMUNITY
    valid_from: 2024-11-01
    legal_basis:
      - {kind: LAW, title: 中华人民共和国突发事件应对法, article: 第七十七条}
accounts:
  - {id: a, person: a, posts: [lingbei-duty]}
)";
const RotaWindow kThreeDays{absl::CivilDay(2026, 3, 1), 3};

absl::StatusOr<v1::Directory> Parse(std::string yaml, const RotaWindow& window = kThreeDays) {
  return ParseDirectoryYaml(yaml, kAreas, window, "directory.yaml");
}

// The error when `from` stands in the place of `to`, as "line-and-text | field".
std::string Wrong(const std::string& from, const std::string& to) {
  std::string yaml = kGood;
  const size_t at = yaml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  yaml.replace(at, from.size(), to);
  const auto directory = Parse(yaml);
  if (directory.ok()) return "nothing";
  const auto problem = base::ProblemOf(directory.status());
  return absl::StrCat(problem.message_en(), " | ", problem.field());
}

TEST(YamlDirectoryTest, IdsBecomeNamesAndTiersAreTheAreas) {
  const auto directory = Parse(kGood);
  ASSERT_TRUE(directory.ok()) << base::ProblemOf(directory.status()).message_en();
  const v1::Post& post = directory->posts(0);
  EXPECT_EQ(post.name(), "posts/lingbei-duty");
  EXPECT_EQ(post.unit(), "units/lingbei");
  EXPECT_EQ(post.area(), kLingbei);
  EXPECT_EQ(post.tier(), common::v1::SUBDISTRICT);
  EXPECT_EQ(post.roles(0), "roles/duty");
  EXPECT_EQ(post.standing_holder(), "people/a");
  EXPECT_EQ(directory->power_items(0).name(), "powers/X-1");
  EXPECT_EQ(directory->accounts(0).posts(0), "posts/lingbei-duty");
}

TEST(YamlDirectoryTest, ARotaIsSpreadOverDaysInBeijing) {
  const auto directory = Parse(kGood);
  ASSERT_EQ(directory->shifts_size(), 3);
  EXPECT_EQ(base::BeijingTime(base::FromProto(directory->shifts(0).start())),
            "2026-03-01 08:00:00");
  EXPECT_EQ(base::BeijingTime(base::FromProto(directory->shifts(0).end())), "2026-03-02 08:00:00");
  EXPECT_NE(directory->shifts(0).person(), directory->shifts(1).person());
}

TEST(YamlDirectoryTest, ADayHasTheSamePeopleWhateverTheWindow) {
  const auto early = Parse(kGood, {absl::CivilDay(2026, 3, 1), 10});
  const auto late = Parse(kGood, {absl::CivilDay(2026, 3, 4), 10});
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(early->shifts(3), late->shifts(0)));
  EXPECT_FALSE(Parse(kGood, {absl::CivilDay(2026, 3, 1), 401}).ok());
}

TEST(YamlDirectoryTest, EachErrorNamesFileLineAndField) {
  EXPECT_EQ(Wrong("title: 值班员", "titel: 值班员"),
            "directory.yaml:11: unknown key titel | posts[0].titel");
  EXPECT_THAT(Wrong("id: lingbei-duty", "id: 岭北"), HasSubstr("directory.yaml:10: a name looks"));
  EXPECT_THAT(Wrong("area: \"230407001\"\n    roles", "area: \"230407009\"\n    roles"),
              HasSubstr("directory.yaml:13: area code 230407009 is not in the table"));
  EXPECT_EQ(Wrong("roles: [duty]", "roles: [duty, doty]"),
            "directory.yaml:14: roles/doty is not in the directory | posts[0].roles[1]");
  EXPECT_THAT(Wrong("standing_holder: a", "standing_holder: z"),
              HasSubstr("directory.yaml:15: people/z is not in the directory"));
  EXPECT_THAT(Wrong("receives_alerts: true", "receives_alerts: perhaps"),
              HasSubstr("directory.yaml:16: true or false"));
  EXPECT_THAT(Wrong("daily 08:00-08:00", "daily 8-8"), HasSubstr("directory.yaml:18: a shift"));
  EXPECT_THAT(Wrong("people: [a, b]", "people: [a, c]"),
              HasSubstr("directory.yaml:18: people/c is not in the directory | rota[0].people[1]"));
  EXPECT_THAT(Wrong("2024-11-01", "soon"), HasSubstr("directory.yaml:26: a date looks like"));
  EXPECT_THAT(Wrong("{id: b,", "{id: a,"), HasSubstr("directory.yaml:8: people/a is here twice"));
  EXPECT_THAT(Wrong("units:\n", "units:\n\t"), HasSubstr("directory.yaml:"));
  EXPECT_THAT(Wrong("posts: [lingbei-duty]", "posts: [none]"), HasSubstr("accounts[0].posts[0]"));
}

TEST(YamlDirectoryTest, R56AFileCannotNameMeetingMinutesAsABasis) {
  EXPECT_THAT(Wrong("kind: LAW", "kind: MEETING_MINUTES"),
              HasSubstr("directory.yaml:28: MEETING_MINUTES is not a kind of legal basis"));
}

TEST(YamlDirectoryTest, AFileInGbkIsNamedAtItsLine) {
  const auto parsed = Parse("areas: areas.csv\nunits:\n  - {id: a, title: \xC3\xBA\xBF\xF3}\n");
  EXPECT_EQ(base::ProblemOf(parsed.status()).reason(), base::Reason::INVALID_UTF8);
  EXPECT_THAT(std::string(parsed.status().message()), HasSubstr("directory.yaml:3: not UTF-8"));
}

TEST(YamlDirectoryTest, AFileThatIsNotThereSaysSo) {
  const auto directory = LoadDirectoryYaml("/nowhere/directory.yaml", kThreeDays);
  EXPECT_THAT(base::ProblemOf(directory.status()).message_en(), HasSubstr("cannot read"));
}

class ShippedDirectoryTest : public DirectoryFixture {
 protected:
  void SetUp() override {
    // The machine's day of the test's clock: the rota covers it.
    const absl::CivilDay today = absl::ToCivilDay(clock_.Now(), absl::FixedTimeZone(8 * 60 * 60));
    auto loaded = LoadDirectoryYaml(HUYING_SOURCE_DIR "/deploy/config/xingshan/directory.yaml",
                                    {.from = today - 1, .days = 60});
    ASSERT_TRUE(loaded.ok()) << base::ProblemOf(loaded.status()).message_en();
    directory_ = *std::move(loaded);
  }
  v1::Directory directory_;
};

TEST_F(ShippedDirectoryTest, ImportsAndEveryAreaAnswersWithAPersonNow) {
  Load(directory_);
  v1::ResolveRecipientsRequest request;
  request.add_areas("230407");
  auto response = live().ResolveRecipients(ContextOf(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->recipients_size(), 13);
  EXPECT_EQ(response->silent_areas_size(), 0);
  for (const auto& recipient : response->recipients()) {
    EXPECT_NE(recipient.holder().person_name(), "") << recipient.post();
    EXPECT_GE(recipient.deputies_size(), 1) << recipient.post();
    EXPECT_NE(recipient.supervisor(), "") << recipient.post();
  }
}

TEST_F(ShippedDirectoryTest, BothOfficerAndLeaderAreOnDutyAndTheCommunityHeadAtNight) {
  Load(directory_);
  auto holder = [this](const char* post) {
    v1::WhoHoldsRequest request;
    request.add_posts(post);
    return live().WhoHolds(ContextOf(), request)->holders(0);
  };
  EXPECT_NE(holder("posts/district-duty").shift(), "");
  EXPECT_NE(holder("posts/district-leader").shift(), "");
  EXPECT_NE(holder("posts/district-duty").person(), holder("posts/district-leader").person());
  EXPECT_NE(holder("posts/lingbei-leader").shift(), "");
  clock_.Set(
      absl::FromCivil(absl::CivilSecond(2027, 1, 20, 2, 30, 0), absl::FixedTimeZone(8 * 60 * 60)));
  EXPECT_TRUE(holder("posts/pingan-duty").standing());
  EXPECT_NE(holder("posts/pingan-duty").person(), holder("posts/pingan-deputy").person());
}

TEST_F(ShippedDirectoryTest, DraftingReviewingAndSigningAreThreePersons) {
  std::set<std::string> persons;
  const rules::View view = rules::ViewOf(directory_, 1);
  for (const char* post : {"posts/alert-drafter", "posts/alert-reviewer", "posts/alert-signer",
                           "posts/commander", "posts/deputy-commander"}) {
    persons.insert(view->posts.at(post).standing_holder());
  }
  EXPECT_EQ(persons.size(), 5u);
}

TEST_F(ShippedDirectoryTest, EveryPostReadsAndEveryItemQuotesALaw) {
  const rules::View view = rules::ViewOf(directory_, 1);
  for (const auto& [name, post] : view->posts) {
    EXPECT_THAT(rules::PermissionsOf(view, post), Contains("directory.read")) << name;
  }
  for (const v1::PowerItem& item : directory_.power_items()) {
    EXPECT_NE(item.permission(), "") << item.name();
    for (const auto& basis : item.legal_basis()) EXPECT_NE(basis.version_date(), "");
  }
}

TEST_F(ShippedDirectoryTest, R49EveryPermissionThatATierLimitsHasAnItemThatFits) {
  const rules::View view = rules::ViewOf(directory_, 1);
  std::set<std::string> of_items;
  for (const v1::PowerItem& item : directory_.power_items()) of_items.insert(item.permission());
  // What binds persons outside, or another tier, acts by an item; the rest is the government's own work.
  for (const char* permission : {"alert.notice.issue", "alert.warning.issue", "alert.warning.sign",
                                 "alert.lift", "response.approve", "incident.handle"}) {
    EXPECT_TRUE(of_items.contains(permission)) << permission;
  }
  for (const auto& [name, post] : view->posts) {
    if (post.tier() == common::v1::EXTERNAL) continue;
    for (const std::string& permission : rules::PermissionsOf(view, post)) {
      if (!of_items.contains(permission)) continue;
      v1::CheckCompetenceRequest request;
      request.set_permission(permission);
      request.set_post(name);
      auto answer = rules::CheckCompetence(view, request, {}, {}, clock_.Now());
      EXPECT_TRUE(answer->tier_ok()) << name << " " << permission;
    }
  }
}

TEST_F(ShippedDirectoryTest, HoldsNoTelephoneNumber) {
  for (const v1::Person& person : directory_.people()) {
    EXPECT_EQ(person.phone() + person.id_number(), "") << person.name();
  }
}

}  // namespace
}  // namespace huying::directory
