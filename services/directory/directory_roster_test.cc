// SPDX-License-Identifier: Apache-2.0
//
// Rosters: shifts that move, split and are withdrawn; what a file replaces; what will be missing; whom to call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kPost[] = "posts/pingan-duty";

class DirectoryRosterTest : public DirectoryFixture {
 protected:
  DirectoryRosterTest() { Load(); }

  v1::Shift ShiftOf(const std::string& person, int from, int to) {
    v1::Shift shift;
    shift.set_post(kPost);
    shift.set_person(person);
    *shift.mutable_start() = base::ToProto(clock_.Now() + absl::Hours(from));
    *shift.mutable_end() = base::ToProto(clock_.Now() + absl::Hours(to));
    return shift;
  }
  absl::StatusOr<common::v1::Receipt> Put(const v1::Shift& shift, bool take_over = false,
                                          const std::string& replaces = "") {
    v1::PutShiftRequest request;
    *request.mutable_shift() = shift;
    request.set_take_over(take_over);
    request.set_replaces(replaces);
    return Run(live().PutShift(ContextOf(), request));
  }
  absl::StatusOr<common::v1::Receipt> Cancel(const std::string& name, const std::string& reason) {
    v1::CancelShiftRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Run(live().CancelShift(ContextOf(), request));
  }
  absl::StatusOr<common::v1::Receipt> ImportShifts(const std::vector<v1::Shift>& shifts,
                                                   bool replace_by_hand = false) {
    v1::ImportDirectoryRequest request;
    request.mutable_directory()->mutable_shifts()->Assign(shifts.begin(), shifts.end());
    request.set_replace_by_hand(replace_by_hand);
    return Run(live().ImportDirectory(ContextOf(), request));
  }
  v1::Holder HolderAt(int hours) {
    v1::WhoHoldsRequest request;
    request.add_posts(kPost);
    *request.mutable_at() = base::ToProto(clock_.Now() + absl::Hours(hours));
    auto response = live().WhoHolds(ContextOf(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->holders(0) : v1::Holder();
  }
  // "0-8 guoan-duty", hours from now.
  std::vector<std::string> Hours() {
    v1::ListShiftsRequest request;
    request.set_post(kPost);
    auto response = live().ListShifts(ContextOf(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> hours;
    const int64_t now = absl::ToUnixSeconds(clock_.Now());
    for (const v1::Shift& shift : response->shifts()) {
      hours.push_back(absl::StrCat(
          (shift.start().seconds() - now) / 3600, "-", (shift.end().seconds() - now) / 3600, " ",
          shift.person().substr(7), shift.cancelled() ? " cancelled" : ""));
    }
    return hours;
  }
  static std::string RuleOf(const absl::StatusOr<common::v1::Receipt>& receipt) {
    return base::ProblemOf(receipt.status()).rule_id();
  }
  context::CallContext As(const std::string& post) {
    FakeDirectory people(clock_);
    return people.As(post);
  }
};

TEST_F(DirectoryRosterTest, ACancelledShiftStaysAndTakesNoTime) {
  const auto put = Put(ShiftOf("people/guoan-duty", 2, 10));
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(base::ProblemOf(Cancel(put->name(), "").status()).field(), "reason");
  ASSERT_TRUE(Cancel(put->name(), "排错日期").ok());
  EXPECT_TRUE(HolderAt(3).standing());
  EXPECT_THAT(Hours(), ElementsAre("2-10 guoan-duty cancelled"));
  EXPECT_EQ(RuleOf(Cancel(put->name(), "again")), "directory.shift-open");
  EXPECT_TRUE(Put(ShiftOf("people/limin-duty", 0, 8)).ok()) << "its time is free";
}

TEST_F(DirectoryRosterTest, AShiftMovesInOneAct) {
  const auto wrong = Put(ShiftOf("people/guoan-duty", 10, 18));
  ASSERT_TRUE(wrong.ok());
  ASSERT_TRUE(Put(ShiftOf("people/guoan-duty", 8, 16), false, wrong->name()).ok());
  EXPECT_THAT(Hours(), ElementsAre("8-16 guoan-duty", "10-18 guoan-duty cancelled"));
  EXPECT_EQ(HolderAt(17).person(), "people/pingan-duty");
}

TEST_F(DirectoryRosterTest, ASwapOfAPartSplitsTheOtherShift) {
  ASSERT_TRUE(Put(ShiftOf("people/guoan-duty", 0, 24)).ok());
  const auto refused = Put(ShiftOf("people/limin-duty", 8, 12));
  EXPECT_EQ(RuleOf(refused), "directory.shift-overlap");
  EXPECT_THAT(base::ProblemOf(refused.status()).message(), HasSubstr("people/guoan-duty"));
  EXPECT_THAT(base::ProblemOf(refused.status()).next_step(), HasSubstr("--take-over"));
  ASSERT_TRUE(Put(ShiftOf("people/limin-duty", 8, 12), true).ok());
  EXPECT_THAT(Hours(), ElementsAre("0-8 guoan-duty", "8-12 limin-duty", "12-24 guoan-duty"));
  EXPECT_EQ(HolderAt(7).person(), "people/guoan-duty");
  EXPECT_EQ(HolderAt(8).person(), "people/limin-duty");
  EXPECT_EQ(HolderAt(12).person(), "people/guoan-duty");
}

TEST_F(DirectoryRosterTest, AFileReplacesWhatAFilePutAndLeavesWhatWasPutByHand) {
  ASSERT_TRUE(
      ImportShifts({ShiftOf("people/guoan-duty", 0, 24), ShiftOf("people/limin-duty", 24, 48)})
          .ok());
  ASSERT_TRUE(Put(ShiftOf("people/weimin-duty", 26, 30), true).ok());
  // The change of shift moves by an hour.
  const auto again =
      ImportShifts({ShiftOf("people/guoan-duty", 1, 25), ShiftOf("people/limin-duty", 25, 49)});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(Hours(),
              ElementsAre("0-1 guoan-duty", "1-25 guoan-duty", "24-26 limin-duty cancelled",
                          "25-26 limin-duty", "26-30 weimin-duty", "30-49 limin-duty"));
  ASSERT_FALSE(again->flags().empty());
  EXPECT_EQ(again->flags(0).rule_id(), "directory.roster-by-hand");
  EXPECT_EQ(HolderAt(27).person(), "people/weimin-duty");
  // Unless it is asked to.
  ASSERT_TRUE(ImportShifts({ShiftOf("people/limin-duty", 25, 49)}, true).ok());
  EXPECT_EQ(HolderAt(27).person(), "people/limin-duty");
}

TEST_F(DirectoryRosterTest, WhoCannotSignInIsFlaggedWhenHeIsPutAndWhenHeIsAskedFor) {
  const auto put = Put(ShiftOf("people/guoan-duty", 0, 8));
  ASSERT_TRUE(put.ok());
  ASSERT_EQ(put->flags_size(), 1);
  EXPECT_EQ(put->flags(0).rule_id(), "directory.roster-no-account");
  EXPECT_FALSE(HolderAt(1).can_sign_in());
  EXPECT_EQ(HolderAt(1).shift_end().seconds(), absl::ToUnixSeconds(clock_.Now() + absl::Hours(8)));
  EXPECT_TRUE(HolderAt(9).can_sign_in());
  const auto own = Put(ShiftOf("people/pingan-duty", 8, 16));
  EXPECT_TRUE(own->flags().empty());
  const auto file = ImportShifts({ShiftOf("people/guoan-duty", 20, 24)});
  ASSERT_EQ(file->flags_size(), 1);
  EXPECT_THAT(file->flags(0).text(), HasSubstr("people/guoan-duty"));
}

TEST_F(DirectoryRosterTest, DisablingAnAccountSaysWhatItLeavesEmpty) {
  ASSERT_TRUE(Put(ShiftOf("people/pingan-duty", 8, 16)).ok());
  v1::PutAccountRequest request;
  request.mutable_account()->set_name("accounts/pingan-duty");
  request.mutable_account()->set_disabled(true);
  const auto receipt = Run(live().PutAccount(ContextOf(), request));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  ASSERT_EQ(receipt->flags_size(), 1);
  EXPECT_EQ(receipt->flags(0).rule_id(), "directory.account-leaves");
  EXPECT_THAT(receipt->flags(0).text(), HasSubstr("平安社区网格员值班岗（1个班次）"));
  EXPECT_THAT(receipt->flags(0).text(), HasSubstr("常设"));
}

TEST_F(DirectoryRosterTest, WhatWillBeMissingIsToldBeforeItIs) {
  const auto ahead = [&] {
    v1::LookAheadRequest request;
    request.set_area(kPingan);
    const auto response = live().LookAhead(ContextOf(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> gaps;
    const int64_t now = absl::ToUnixSeconds(clock_.Now());
    for (const v1::RosterGap& gap : response->gaps()) {
      gaps.push_back(absl::StrCat(v1::RosterGap::Kind_Name(gap.kind()), " ",
                                  (gap.start().seconds() - now) / 3600, "-",
                                  (gap.end().seconds() - now) / 3600));
    }
    return gaps;
  };
  EXPECT_THAT(ahead(), IsEmpty());
  ASSERT_TRUE(Put(ShiftOf("people/pingan-duty", 0, 24)).ok());
  ASSERT_TRUE(Put(ShiftOf("people/guoan-duty", 24, 48)).ok());
  ASSERT_TRUE(Put(ShiftOf("people/guoan-duty", 48, 50)).ok());
  EXPECT_THAT(ahead(), ElementsAre("CANNOT_SIGN_IN 24-50", "ROSTER_ENDS 50-168"));
  v1::PutPostRequest post;
  post.mutable_post()->set_name(kPost);
  post.add_update_mask("standing_holder");
  ASSERT_TRUE(Run(live().PutPost(ContextOf(), post)).ok());
  EXPECT_THAT(ahead(), ElementsAre("CANNOT_SIGN_IN 24-50", "NOBODY 50-168", "ROSTER_ENDS 50-168"));
}

TEST_F(DirectoryRosterTest, TheTelephoneIsForWhomeverMustCallAndForNobodyElse) {
  v1::PutPersonRequest person;
  person.mutable_person()->set_name("people/pingan-duty");
  person.mutable_person()->set_phone("13812345678");
  ASSERT_TRUE(Run(live().PutPerson(ContextOf(), person)).ok());
  v1::GetDutyContactRequest request;
  request.set_post(kPost);
  EXPECT_EQ(
      base::ProblemOf(live().GetDutyContact(As("posts/lingbei-duty"), request).status()).field(),
      "purpose");
  request.set_purpose("alerts/2026-0007");
  for (const char* caller : {"posts/lingbei-duty", "posts/district-duty", "posts/pingan-deputy"}) {
    const auto contact = live().GetDutyContact(As(caller), request);
    ASSERT_TRUE(contact.ok()) << caller << contact.status();
    EXPECT_EQ(contact->telephone(), "13812345678");
    EXPECT_EQ(contact->person(), "people/pingan-duty");
  }
  for (const char* caller : {"posts/lingnan-duty", "posts/limin-duty", "posts/mine-dispatch"}) {
    EXPECT_EQ(base::ProblemOf(live().GetDutyContact(As(caller), request).status()).rule_id(),
              "directory.duty-contact")
        << caller;
  }
}

// Five years of one post's day shifts lie behind; the plan is bounded by start, not by all there ever were.
TEST_F(DirectoryRosterTest, WhoIsOnDutyIsASearchByStartAndNotAScanOfAllShifts) {
  auto reader = realms_.at("live").ledger->Read();
  ASSERT_TRUE(reader.ok());
  const auto plan = (*reader)->Query(
      {"EXPLAIN QUERY PLAN SELECT key FROM r_shift WHERE start_s > $1 AND start_s <= $2 AND "
       "end_s >= $1 ORDER BY start_s, key LIMIT 500",
       {ledger::Int(1), ledger::Int(2)}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  std::string text;
  for (const auto& row : plan->rows) {
    for (const auto& value : row) {
      if (const auto* part = std::get_if<std::string>(&value)) text += *part + "\n";
    }
  }
  EXPECT_THAT(text, HasSubstr("SEARCH"));
  EXPECT_THAT(text, HasSubstr("start_s>"));
}

TEST_F(DirectoryRosterTest, AnExportComesInPagesAndForTheSpanThatIsAsked) {
  std::vector<v1::Shift> shifts;
  const std::vector<std::string> posts = EveryPost();
  for (int post = 0; post < 20; ++post) {
    for (int hour = 0; hour < 250; ++hour) {
      shifts.push_back(ShiftOf("people/pingan-duty", hour, hour + 1));
      shifts.back().set_post(posts[post]);
    }
  }
  ASSERT_TRUE(ImportShifts(shifts).ok());
  v1::ExportDirectoryRequest request;
  const auto first = live().ExportDirectory(ContextOf(), request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->directory().areas_size(), 13);
  EXPECT_EQ(first->directory().shifts_size(), 4000);
  request.set_page_token(first->next_page_token());
  const auto second = live().ExportDirectory(ContextOf(), request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->directory().areas_size(), 0);
  EXPECT_EQ(second->directory().shifts_size(), 1000);
  EXPECT_EQ(second->next_page_token(), "");
  request.clear_page_token();
  *request.mutable_shifts_from() = base::ToProto(clock_.Now() + absl::Hours(100));
  *request.mutable_shifts_to() = base::ToProto(clock_.Now() + absl::Hours(110));
  EXPECT_EQ(live().ExportDirectory(ContextOf(), request)->directory().shifts_size(), 12 * 20);
}

}  // namespace
}  // namespace huying::directory
