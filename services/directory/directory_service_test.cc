// SPDX-License-Identifier: Apache-2.0
#include "services/directory/directory_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/testing/directory_fixture.h"
#include "services/platform/privacy/fields.h"

namespace huying::directory {
namespace {

using common::v1::Tier;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr int64_t kFoundedSeq = 1;  // the administrator
constexpr char kPhone[] = "13800009999";
constexpr char kIdNumber[] = "230407198001019999";

class DirectoryServiceTest : public DirectoryFixture {
 protected:
  absl::StatusOr<common::v1::Receipt> Import(const v1::Directory& directory) {
    v1::ImportDirectoryRequest request;
    *request.mutable_directory() = directory;
    return Run(live().ImportDirectory(ContextOf(), request));
  }
  absl::StatusOr<common::v1::Receipt> ImportCsv(const std::string& csv) {
    v1::ImportAreasRequest request;
    request.set_csv(csv);
    return Run(live().ImportAreas(ContextOf(), request));
  }
  int64_t Head() { return realms_.at("live").ledger->Head().seq; }
  v1::Import LastImport(const common::v1::Receipt& receipt) {
    auto reader = realms_.at("live").ledger->Read();
    return (*reader)->Get(Imports(), receipt.name())->value;
  }
  absl::StatusOr<common::v1::Receipt> PutShift(const std::string& post, const std::string& person,
                                               absl::Duration from, absl::Duration to,
                                               const context::CallContext& by = ContextOf()) {
    v1::PutShiftRequest request;
    request.mutable_shift()->set_post(post);
    request.mutable_shift()->set_person(person);
    *request.mutable_shift()->mutable_start() = base::ToProto(clock_.Now() + from);
    *request.mutable_shift()->mutable_end() = base::ToProto(clock_.Now() + to);
    return Run(live().PutShift(by, request), by);
  }
  v1::Holder HolderAt(const std::string& post, absl::Duration from_now) {
    v1::WhoHoldsRequest request;
    request.add_posts(post);
    *request.mutable_at() = base::ToProto(clock_.Now() + from_now);
    auto response = live().WhoHolds(ContextOf(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->holders(0) : v1::Holder();
  }
  static std::string FieldOf(const absl::StatusOr<common::v1::Receipt>& receipt) {
    return base::ProblemOf(receipt.status()).field();
  }
  static std::string RuleOf(const absl::StatusOr<common::v1::Receipt>& receipt) {
    return base::ProblemOf(receipt.status()).rule_id();
  }
};

std::string ShippedAreas() {
  std::ifstream in(HUYING_SOURCE_DIR "/deploy/config/xingshan/areas.csv");
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(DirectoryServiceTest, TheThirteenAreasComeFromTheFileAndAreFoundByEachCode) {
  ASSERT_TRUE(ImportCsv(ShippedAreas()).ok());
  v1::GetAreaRequest request;
  request.set_code("230407001");
  auto area = live().GetArea(ContextOf(), request);
  ASSERT_TRUE(area.ok()) << area.status();
  EXPECT_EQ(area->area().name(), "岭北街道");
  EXPECT_EQ(area->area().code(), kLingbei);
  EXPECT_EQ(area->ancestors(0).code(), kXingshan);
  EXPECT_EQ(area->children_size(), 2);
  auto all = live().ListAreas(ContextOf(), {});
  EXPECT_EQ(all->areas_size(), 13);
  request.set_code("230407002002");
  EXPECT_EQ(base::ProblemOf(live().GetArea(ContextOf(), request).status()).reason(),
            base::Reason::UNKNOWN_AREA);
}

TEST_F(DirectoryServiceTest, AWrongLineOfTheFileLeavesNothingBehind) {
  const auto receipt =
      ImportCsv(ShippedAreas() + "COMMUNITY,230407001003,230407001003,,230407001\n");
  EXPECT_EQ(receipt.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(base::ProblemOf(receipt.status()).message(), HasSubstr("第15行"));
  EXPECT_EQ(Head(), kFoundedSeq);
}

TEST_F(DirectoryServiceTest, AnAreaKeepsItsTier) {
  ASSERT_TRUE(ImportCsv(ShippedAreas()).ok());
  v1::Directory directory;
  *directory.add_areas() = XingshanForTests().areas(5);
  directory.mutable_areas(0)->set_tier(Tier::SUBDISTRICT);
  directory.mutable_areas(0)->set_parent(kXingshan);
  EXPECT_EQ(RuleOf(Import(directory)), "directory.area-tier");
}

TEST_F(DirectoryServiceTest, AnImportIsAllOrNothingAndNamesTheField) {
  v1::Directory directory = XingshanForTests();
  directory.mutable_posts(3)->add_deputies("posts/nobody");
  auto receipt = Import(directory);
  EXPECT_EQ(FieldOf(receipt), "directory.posts[3].deputies[0]");
  EXPECT_EQ(base::ProblemOf(receipt.status()).reason(), base::Reason::UNKNOWN_REFERENCE);
  EXPECT_EQ(Head(), kFoundedSeq);

  directory = XingshanForTests();
  directory.mutable_units(2)->clear_title();
  EXPECT_EQ(FieldOf(Import(directory)), "directory.units[2].title");
  directory = XingshanForTests();
  directory.mutable_posts(1)->set_area("230407999");
  EXPECT_EQ(FieldOf(Import(directory)), "directory.posts[1].area");
  directory = XingshanForTests();
  directory.mutable_areas(6)->set_parent("230407009000");
  EXPECT_EQ(FieldOf(Import(directory)), "directory.areas[6].parent");
  directory = XingshanForTests();
  directory.mutable_power_items(2)->clear_valid_from();
  EXPECT_EQ(FieldOf(Import(directory)), "directory.power_items[2].valid_from");
  EXPECT_EQ(Head(), kFoundedSeq);
}

TEST_F(DirectoryServiceTest, TheSameFileAgainChangesNothing) {
  v1::Directory directory = XingshanForTests();
  directory.mutable_people(0)->set_phone(kPhone);
  v1::Shift* shift = directory.add_shifts();
  shift->set_post("posts/lingbei-duty");
  shift->set_person("people/lingbei-leader");
  *shift->mutable_start() = base::ToProto(clock_.Now());
  *shift->mutable_end() = base::ToProto(clock_.Now() + absl::Hours(24));
  auto first = Import(directory);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_GT(LastImport(*first).changed(), 100);
  auto second = Import(directory);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(LastImport(*second).changed(), 0);
  EXPECT_EQ(LastImport(*second).rows(), LastImport(*first).rows());
  directory.mutable_people(0)->set_phone("13800008888");
  EXPECT_EQ(LastImport(*Import(directory)).changed(), 1);
}

TEST_F(DirectoryServiceTest, AccountsInAFileNeedTheirPermissionAndAreNoAdministrators) {
  v1::ImportDirectoryRequest request;
  *request.mutable_directory() = XingshanForTests();
  auto writer = ContextOf();
  writer.permissions = {"directory.write", "directory.roles"};
  const auto refused = Run(live().ImportDirectory(writer, request), writer);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(RuleOf(refused), "directory.rights-permission");
  request.mutable_directory()->mutable_accounts(1)->set_administrator(true);
  const auto command = live().ImportDirectory(ContextOf(), request);
  EXPECT_EQ(base::ProblemOf(command.status()).field(), "directory.accounts[1].administrator");
}

TEST_F(DirectoryServiceTest, NoClearPersonalDataReachesADecisionOrAFile) {
  v1::Directory directory = XingshanForTests();
  directory.mutable_people(0)->set_phone(kPhone);
  directory.mutable_people(0)->set_id_number(kIdNumber);
  ASSERT_TRUE(Import(directory).ok());
  v1::PutPersonRequest request;
  *request.mutable_person() = directory.people(1);
  request.mutable_person()->set_phone("13700007777");
  ASSERT_TRUE(Run(live().PutPerson(ContextOf(), request)).ok());
  auto reader = realms_.at("live").ledger->Read();
  auto stored = (*reader)->Get(People(), directory.people(0).name());
  ASSERT_TRUE(stored.ok());
  EXPECT_TRUE(stored->value.has_sealed());
  EXPECT_EQ(privacy::FindClearPersonalField(stored->value), std::nullopt);
  const std::string bytes = FileBytes();
  EXPECT_THAT(bytes, HasSubstr(directory.people(0).name()));  // the files hold the record
  EXPECT_EQ(bytes.find(kPhone), std::string::npos);
  EXPECT_EQ(bytes.find(kIdNumber), std::string::npos);
  EXPECT_EQ(bytes.find("13700007777"), std::string::npos);
}

TEST_F(DirectoryServiceTest, ListsOfPeopleAreMasked) {
  v1::Directory directory = XingshanForTests();
  directory.mutable_people(0)->set_display_name("王小明");
  directory.mutable_people(0)->set_phone("13800000001");
  directory.mutable_people(0)->set_id_number(kIdNumber);
  ASSERT_TRUE(Import(directory).ok());
  v1::ListPeopleRequest request;
  request.set_page_size(500);
  auto people = live().ListPeople(ContextOf(), request);
  ASSERT_TRUE(people.ok()) << people.status();
  int found = 0;
  for (const v1::Person& person : people->people()) {
    EXPECT_FALSE(person.has_sealed());
    if (person.name() != directory.people(0).name()) continue;
    ++found;
    EXPECT_EQ(person.display_name(), "王*");
    EXPECT_EQ(person.phone(), "138****0001");
    EXPECT_THAT(person.id_number(), Not(HasSubstr("1980")));
  }
  EXPECT_EQ(found, 1);
}

TEST_F(DirectoryServiceTest, APersonWithoutANumberInTheRequestKeepsTheStoredOne) {
  v1::Directory directory = XingshanForTests();
  directory.mutable_people(0)->set_phone("13800000001");
  ASSERT_TRUE(Import(directory).ok());
  v1::PutPersonRequest request;
  *request.mutable_person() = directory.people(0);
  request.mutable_person()->clear_phone();
  request.mutable_person()->set_display_name("改名");
  request.mutable_person()->mutable_sealed()->set_ciphertext("forged");
  ASSERT_TRUE(Run(live().PutPerson(ContextOf(), request)).ok());
  v1::ListPeopleRequest list;
  list.set_page_size(500);
  const auto people = live().ListPeople(ContextOf(), list);
  int found = 0;
  for (const v1::Person& person : people->people()) {
    if (person.name() != directory.people(0).name()) continue;
    ++found;
    EXPECT_EQ(person.phone(), "138****0001");
  }
  EXPECT_EQ(found, 1);
}

TEST_F(DirectoryServiceTest, AnExportHoldsNoSecret) {
  v1::Directory directory = XingshanForTests();
  directory.mutable_people(0)->set_phone(kPhone);
  ASSERT_TRUE(Import(directory).ok());
  ASSERT_TRUE(SetPassword("district-duty", "a long password").ok());
  ASSERT_TRUE(PutShift("posts/lingbei-duty", "people/guoan-duty", {}, absl::Hours(8)).ok());
  auto copy = live().ExportDirectory(ContextOf(), {});
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(copy->directory().areas_size(), 13);
  EXPECT_EQ(copy->directory().posts_size(), directory.posts_size());
  EXPECT_EQ(copy->directory().shifts_size(), 1);
  EXPECT_EQ(copy->directory().power_items_size(), 5);
  EXPECT_EQ(copy->directory().accounts_size(), 0);
  for (const v1::Person& person : copy->directory().people()) {
    EXPECT_EQ(person.phone() + person.id_number(), "");
    EXPECT_FALSE(person.has_sealed());
  }
  EXPECT_THAT(copy->SerializeAsString(), Not(HasSubstr("argon2")));
  EXPECT_EQ(FileBytes().find("$argon2id$"), std::string::npos);  // sealed in the ledger as well
}

TEST_F(DirectoryServiceTest, WhoHoldsAPostIsKnownAtAnyTime) {
  Load();
  ASSERT_TRUE(
      PutShift("posts/pingan-duty", "people/guoan-duty", absl::Hours(1), absl::Hours(9)).ok());
  ASSERT_TRUE(
      PutShift("posts/pingan-duty", "people/limin-duty", absl::Hours(9), absl::Hours(17)).ok());
  EXPECT_TRUE(HolderAt("posts/pingan-duty", absl::Minutes(59)).standing());
  EXPECT_EQ(HolderAt("posts/pingan-duty", absl::Hours(1)).person(), "people/guoan-duty");
  EXPECT_EQ(HolderAt("posts/pingan-duty", absl::Hours(9)).person(), "people/limin-duty");
  EXPECT_EQ(HolderAt("posts/pingan-duty", absl::Hours(17)).person(), "people/pingan-duty");
}

TEST_F(DirectoryServiceTest, TwoShiftsOfOnePostDoNotOverlapAlsoAcrossMonths) {
  Load();
  ASSERT_TRUE(PutShift("posts/pingan-duty", "people/guoan-duty", {}, absl::Hours(24 * 30)).ok());
  auto over = PutShift("posts/pingan-duty", "people/limin-duty", absl::Hours(24 * 29),
                       absl::Hours(24 * 31));
  EXPECT_EQ(RuleOf(over), "directory.shift-overlap");
  EXPECT_EQ(FieldOf(over), "shift.start");
  EXPECT_TRUE(PutShift("posts/guoan-duty", "people/limin-duty", {}, absl::Hours(24)).ok());
  // The same start is a correction: shorter, so that the other fits behind it.
  ASSERT_TRUE(PutShift("posts/pingan-duty", "people/guoan-duty", {}, absl::Hours(24)).ok());
  EXPECT_TRUE(
      PutShift("posts/pingan-duty", "people/limin-duty", absl::Hours(24 * 29), absl::Hours(24 * 31))
          .ok());
  EXPECT_EQ(FieldOf(PutShift("posts/none", "people/limin-duty", {}, absl::Hours(1))), "shift.post");
  EXPECT_EQ(FieldOf(PutShift("posts/pingan-duty", "people/none", absl::Hours(24 * 40),
                             absl::Hours(24 * 41))),
            "shift.person");
}

TEST_F(DirectoryServiceTest, ARosterIsWrittenWithinOnesOwnArea) {
  Load();
  base::ManualClock clock(clock_.Now());
  FakeDirectory people(clock);
  const auto lingbei = people.As("posts/lingbei-duty");
  EXPECT_TRUE(PutShift("posts/pingan-duty", "people/guoan-duty", {}, absl::Hours(8), lingbei).ok());
  const int64_t head = Head();
  auto outside = PutShift("posts/limin-duty", "people/guoan-duty", {}, absl::Hours(8), lingbei);
  EXPECT_EQ(base::ProblemOf(outside.status()).reason(), base::Reason::OUTSIDE_AREA);
  EXPECT_EQ(RuleOf(outside), "directory.roster-area");
  EXPECT_EQ(Head(), head + 1);  // a denied act is recorded
  EXPECT_FALSE(
      PutShift("posts/district-duty", "people/guoan-duty", {}, absl::Hours(8), lingbei).ok());
}

TEST_F(DirectoryServiceTest, BothTheDutyOfficerAndTheLeaderStandInTheRoster) {
  Load();
  v1::GetRosterRequest request;
  request.set_area("230407001");
  auto roster = live().GetRoster(ContextOf(), request);
  ASSERT_TRUE(roster.ok()) << roster.status();
  std::vector<std::string> posts;
  for (const auto& holder : roster->holders()) posts.push_back(holder.post());
  EXPECT_THAT(posts,
              ElementsAre("posts/lingbei-duty", "posts/lingbei-leader", "posts/pingan-deputy",
                          "posts/pingan-duty", "posts/guoan-deputy", "posts/guoan-duty"));
  request.set_page_size(4);
  auto first = live().GetRoster(ContextOf(), request);
  EXPECT_EQ(first->holders_size(), 4);
  request.set_page_token(first->next_page_token());
  EXPECT_EQ(live().GetRoster(ContextOf(), request)->holders_size(), 2);
  request.set_page_token("posts/none");
  EXPECT_FALSE(live().GetRoster(ContextOf(), request).ok());
}

TEST_F(DirectoryServiceTest, SupervisionDoesNotRunInACircle) {
  Load();
  v1::PutPostRequest request;
  *request.mutable_post() = TestPost("posts/commander");
  request.mutable_post()->set_supervisor("posts/lingbei-duty");  // → district-duty → … → commander
  auto receipt = Run(live().PutPost(ContextOf(), request));
  EXPECT_EQ(RuleOf(receipt), "directory.supervisor-loop");
  EXPECT_EQ(FieldOf(receipt), "post.supervisor");
  request.mutable_post()->clear_supervisor();
  request.add_update_mask("supervisor");
  request.mutable_post()->set_area("230407");
  EXPECT_TRUE(Run(live().PutPost(ContextOf(), request)).ok());
  request.mutable_post()->set_tier(Tier::COMMUNITY);
  EXPECT_EQ(RuleOf(Run(live().PutPost(ContextOf(), request))), "directory.post-tier");
}

TEST_F(DirectoryServiceTest, AStaleVersionIsAborted) {
  Load();
  v1::PutUnitRequest request;
  *request.mutable_unit() = XingshanForTests().units(0);
  request.set_expected_version(1);
  EXPECT_TRUE(Run(live().PutUnit(ContextOf(), request)).ok());
  auto stale = Run(live().PutUnit(ContextOf(), request));
  EXPECT_EQ(stale.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(base::ProblemOf(stale.status()).reason(), base::Reason::STALE_VERSION);
}

TEST_F(DirectoryServiceTest, R49ADuplicateCodeIsRefusedAndTheSameNameIsANewRevision) {
  Load();
  v1::PutPowerItemRequest request;
  *request.mutable_item() = XingshanForTests().power_items(1);
  request.mutable_item()->set_name("powers/another");
  auto receipt = Run(live().PutPowerItem(ContextOf(), request));
  EXPECT_EQ(receipt.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(RuleOf(receipt), "directory.power-code");
  EXPECT_EQ(FieldOf(receipt), "item.code");

  request.mutable_item()->set_name("powers/XS-YJ-002");
  request.mutable_item()->set_title("发布突发事件预警");
  *request.mutable_item()->mutable_valid_from() = base::ToProto(clock_.Now());
  ASSERT_TRUE(Run(live().PutPowerItem(ContextOf(), request)).ok());
  auto items = live().ListPowerItems(ContextOf(), {});
  ASSERT_EQ(items->items_size(), 5);
  EXPECT_EQ(items->items(1).title(), "发布突发事件预警");
  EXPECT_EQ(items->items(1).revision(), 2);
}

TEST_F(DirectoryServiceTest, R49ARevisionThatBeginsLaterLeavesTheOldOneInForce) {
  Load();
  v1::PutPowerItemRequest request;
  *request.mutable_item() = XingshanForTests().power_items(1);  // alert.warning.issue
  request.mutable_item()->set_lowest_tier(Tier::SUBDISTRICT);
  *request.mutable_item()->mutable_valid_from() = base::ToProto(clock_.Now() + absl::Hours(24));
  ASSERT_TRUE(Run(live().PutPowerItem(ContextOf(), request)).ok());
  v1::CheckCompetenceRequest check;
  check.set_permission("alert.warning.issue");
  check.set_post("posts/lingbei-duty");
  EXPECT_FALSE(live().CheckCompetence(ContextOf(), check)->tier_ok());
  clock_.Advance(absl::Hours(24));
  EXPECT_TRUE(live().CheckCompetence(ContextOf(), check)->tier_ok());
}

TEST_F(DirectoryServiceTest, RecipientsFollowTheRosterAndTheTable) {
  Load();
  ASSERT_TRUE(PutShift("posts/pingan-duty", "people/limin-duty", {}, absl::Hours(8)).ok());
  v1::ResolveRecipientsRequest request;
  request.add_areas("230407001");
  auto response = live().ResolveRecipients(ContextOf(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->recipients_size(), 3);
  EXPECT_EQ(response->recipients(1).holder().person(), "people/limin-duty");
  EXPECT_EQ(response->as_of_seq(), Head());
}

TEST_F(DirectoryServiceTest, ListsPage) {
  Load();
  v1::ListPostsRequest posts;
  posts.set_area("230407001");
  EXPECT_EQ(live().ListPosts(ContextOf(), posts)->posts_size(), 2);
  v1::ListUnitsRequest units;
  units.set_page_size(7);
  auto page = live().ListUnits(ContextOf(), units);
  EXPECT_EQ(page->units_size(), 7);
  EXPECT_NE(page->next_page_token(), "");
  v1::ListAreasRequest areas;
  areas.set_within(kGoubei);
  areas.set_page_size(2);
  auto beneath = live().ListAreas(ContextOf(), areas);
  EXPECT_EQ(beneath->areas_size(), 2);
  areas.set_page_token(beneath->next_page_token());
  EXPECT_EQ(live().ListAreas(ContextOf(), areas)->areas_size(), 1);
}

TEST_F(DirectoryServiceTest, ADirectoryIsTheSameAfterARestart) {
  Load();
  realms_.at("live").ledger->Stop();
  realms_.erase("live");
  OpenRealm("live");
  EXPECT_EQ(live().ListAreas(ContextOf(), {})->areas_size(), 13);
  v1::GetPostRequest post;
  post.set_name("posts/commander");
  EXPECT_THAT(live().GetPost(ContextOf(), post)->permissions(),
              testing::Contains("incident.command"));
}

}  // namespace
}  // namespace huying::directory
