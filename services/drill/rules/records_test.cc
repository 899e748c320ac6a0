// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "huying/alert/v1/alert.pb.h"
#include "huying/directory/v1/directory.pb.h"
#include "huying/incident/v1/incident.pb.h"
#include "services/platform/base/status.h"

namespace huying::drill::rules {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Records, TypesAreFoundByLedgerAndKindOnly) {
  EXPECT_EQ(SubjectType("alert", "recipient"), alert::v1::Recipient::descriptor());
  EXPECT_EQ(SubjectType("incident", "report_chain"), incident::v1::ReportChainState::descriptor());
  EXPECT_EQ(SubjectType("alert", "makeup"), common::v1::MakeUp::descriptor());
  EXPECT_EQ(SubjectType("alert", "recipents"), nullptr);
  EXPECT_EQ(SubjectType("incident", "recipient"), nullptr);
}

TEST(Records, KindsAreThoseOfTheLedgerOrOfAll) {
  EXPECT_THAT(KindsOf("alert"), Contains("escalation"));
  EXPECT_THAT(KindsOf("alert"), Not(Contains("incident")));
  EXPECT_THAT(KindsOf(""), Contains("incident"));
}

TEST(Records, StatesAreThoseOfTheFieldOrAsTheMessageSays) {
  EXPECT_THAT(StatesOf(*alert::v1::Alert::descriptor()), Contains("LIFTED"));
  EXPECT_THAT(StatesOf(*directory::v1::Account::descriptor()), ElementsAre("ENABLED", "DISABLED"));
  EXPECT_THAT(StatesOf(*directory::v1::Area::descriptor()), IsEmpty());
}

std::string English(const absl::Status& status) { return base::ProblemOf(status).message_en(); }

TEST(Records, AFieldPathIsCheckedWithTheNameThatWasMeant) {
  const auto& type = *incident::v1::Report::descriptor();
  EXPECT_TRUE(CheckField(type, "figures.missing", "139").ok());
  EXPECT_TRUE(CheckField(type, "receivers.body", "市政府总值班室").ok());
  EXPECT_EQ(English(CheckField(type, "figures.mising", "139")),
            "Figures has no field 'mising', did you mean missing");
  EXPECT_FALSE(CheckField(type, "late.deeper", "true").ok());
}

TEST(Records, AValueThatTheFieldNeverHasIsFound) {
  const auto& recipient = *alert::v1::Recipient::descriptor();
  EXPECT_TRUE(CheckField(recipient, "answer", "ON_POST").ok());
  EXPECT_EQ(English(CheckField(recipient, "answer", "ONPOST")),
            "the field 'answer' is never 'ONPOST', did you mean ON_POST");
  const auto& report = *incident::v1::Report::descriptor();
  EXPECT_FALSE(CheckField(report, "figures.dead", "some").ok());
  EXPECT_FALSE(CheckField(report, "receivers.skip_level", "yes").ok());
  EXPECT_TRUE(CheckField(report, "figures.dead", "${n}").ok()) << "known when it is played";
}

}  // namespace
}  // namespace huying::drill::rules
