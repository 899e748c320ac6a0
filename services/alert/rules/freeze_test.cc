// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/freeze.h"

#include <gmock/gmock.h>

#include "services/alert/testing/notice_records.h"

namespace huying::alert::rules {
namespace {
using ::testing::ElementsAre;

class FreezeTest : public NoticeRecords {};

TEST_F(FreezeTest, WhatDirectorySaidAtOneSeqStandsOnTheAlert) {
  RecipientFacts facts{.list = list_, .parents = {{kPingAn, kNorth}}, .as_of_seq = 42};
  facts.area_names = {{kPingAn, "平安社区"}};
  alert_.set_recipients_stale(true);
  alert_.set_recipients_unknown(true);
  v1::RecipientList frozen;
  Freeze(facts, alert_, frozen);
  EXPECT_EQ(frozen.alert(), alert_.name());
  EXPECT_EQ(alert_.recipients_as_of(), 42);
  EXPECT_EQ(alert_.recipient_count(), 3);
  EXPECT_EQ(alert_.recipients_revision(), 1);
  EXPECT_FALSE(alert_.recipients_stale());
  EXPECT_FALSE(alert_.recipients_unknown());
  EXPECT_EQ(alert_.parents().at(kPingAn), kNorth);
  EXPECT_EQ(alert_.area_names().at(kPingAn), "平安社区");
  Freeze(facts, alert_, frozen);
  EXPECT_EQ(alert_.recipients_revision(), 2) << "whoever gathered before gathers again";
}

TEST_F(FreezeTest, AreasAreTheOnesDirectoryLookedUpElseGuessedAndMarked) {
  const RecipientFacts said{.targets = {testing::kSouth, kNorth}};
  const Targets looked_up = TargetsOf({"230407091", kNorth}, said);
  EXPECT_THAT(looked_up.areas, ElementsAre(kNorth, testing::kSouth));
  EXPECT_FALSE(looked_up.guessed);
  const Targets guessed = TargetsOf({"230407002", kNorth, "230407001"}, std::nullopt);
  EXPECT_THAT(guessed.areas, ElementsAre(kNorth, testing::kSouth));
  EXPECT_TRUE(guessed.guessed);
  EXPECT_FALSE(TargetsOf({kNorth}, std::nullopt).guessed) << "12 digits are what they are";
}

TEST_F(FreezeTest, WhoSendsDoesNotAnswerItself) {
  alert_.mutable_issuer()->set_post("posts/north-duty");
  LeaveOutIssuer(alert_, list_);
  EXPECT_EQ(alert_.recipient_count(), 2);
  EXPECT_EQ(list_.recipients(0).post(), "posts/pingan");
}

TEST_F(FreezeTest, EachTierWithRecipientsHasItsLimit) {
  SetLimits(list_, {{SUBDISTRICT, absl::Minutes(3)}}, kNow, alert_);
  ASSERT_EQ(alert_.limits_size(), 2);
  EXPECT_EQ(LimitOf(alert_, SUBDISTRICT), kNow + absl::Minutes(3));
  EXPECT_EQ(LimitOf(alert_, COMMUNITY), kNow + absl::Minutes(10)) << "no row: the default";
  EXPECT_FALSE(LimitOf(alert_, DISTRICT).has_value());
}

TEST_F(FreezeTest, TheAreaTableIsWrittenOnlyWhenItLearnsSomething) {
  v1::KnownAreas known;
  const RecipientFacts facts{.parents = {{kPingAn, kNorth}}, .area_names = {}, .as_of_seq = 7};
  EXPECT_TRUE(Learn(facts, known));
  EXPECT_EQ(known.as_of_seq(), 7);
  EXPECT_FALSE(Learn(facts, known));
}

}  // namespace
}  // namespace huying::alert::rules
