// SPDX-License-Identifier: Apache-2.0
//
// What the directory says of people: numbers masked or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "huying/common/v1/privacy.pb.h"
#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

using google::protobuf::Descriptor;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr char kPhone[] = "13812345678";
constexpr char kIdNumber[] = "230407198001015678";

bool HoldsPersonalFields(const Descriptor& message, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&message).second) return false;
  for (int i = 0; i < message.field_count(); ++i) {
    const auto* field = message.field(i);
    const auto privacy = field->options().GetExtension(common::v1::privacy);
    if (privacy == common::v1::PERSONAL || privacy == common::v1::SENSITIVE) return true;
    if (field->message_type() != nullptr && HoldsPersonalFields(*field->message_type(), seen)) {
      return true;
    }
  }
  return false;
}

// A read that is added, or a field that is added to one, comes by here: does it mask?
TEST(DirectoryPrivacy, OnlyTheMaskedListAndTheExportWithoutSecretsCanHoldPersonalFields) {
  const auto* service =
      v1::SignInRequest::descriptor()->file()->FindServiceByName("DirectoryService");
  ASSERT_NE(service, nullptr);
  std::set<std::string> with;
  for (int i = 0; i < service->method_count(); ++i) {
    std::set<const Descriptor*> seen;
    if (HoldsPersonalFields(*service->method(i)->output_type(), seen)) {
      with.insert(service->method(i)->name());
    }
  }
  EXPECT_THAT(with, UnorderedElementsAre("ListPeople", "ExportDirectory"));
}

class DirectoryPrivacyTest : public DirectoryFixture {
 protected:
  DirectoryPrivacyTest() {
    v1::Directory directory = XingshanForTests();
    for (v1::Person& person : *directory.mutable_people()) {
      person.set_phone(kPhone);
      person.set_id_number(kIdNumber);
    }
    Load(directory);
  }
};

TEST_F(DirectoryPrivacyTest, EveryPageOfTheListIsMaskedAndSaysWhoseNumberItIs) {
  v1::ListPeopleRequest request;
  request.set_page_size(7);
  int people = 0;
  do {
    const auto page = live().ListPeople(ContextOf(), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Person& person : page->people()) {
      ++people;
      EXPECT_EQ(person.phone(), "138****5678");
      EXPECT_THAT(person.id_number(), HasSubstr("5678"));
    }
    EXPECT_THAT(page->SerializeAsString(), Not(HasSubstr(kPhone)));
    EXPECT_THAT(page->SerializeAsString(), Not(HasSubstr("1980")));
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(people, XingshanForTests().people_size());
}

// Names of who acts are public, their numbers are not.
TEST_F(DirectoryPrivacyTest, RosterHoldersAndRecipientsShowNamesAndNoNumbers) {
  v1::GetRosterRequest roster;
  roster.set_area(kXingshan);
  const auto holders = live().GetRoster(ContextOf(), roster);
  ASSERT_TRUE(holders.ok()) << holders.status();
  EXPECT_NE(holders->holders(0).person_name(), "");
  v1::WhoHoldsRequest who;
  who.add_posts("posts/pingan-duty");
  v1::ResolveRecipientsRequest recipients;
  recipients.add_areas(kXingshan);
  for (const std::string& bytes :
       {holders->SerializeAsString(), live().WhoHolds(ContextOf(), who)->SerializeAsString(),
        live().ResolveRecipients(ContextOf(), recipients)->SerializeAsString(),
        live().ExportDirectory(ContextOf(), {})->SerializeAsString()}) {
    EXPECT_THAT(bytes, Not(HasSubstr("5678")));
  }
}

}  // namespace
}  // namespace huying::directory
