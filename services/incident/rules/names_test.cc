// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/names.h"

#include "gtest/gtest.h"

namespace huying::incident::rules {
namespace {

TEST(Names, TheYearIsBeijings) {
  EXPECT_EQ(YearOf(absl::FromCivil(absl::CivilSecond(2025, 12, 31, 16, 0, 0), absl::UTCTimeZone())),
            2026);
  EXPECT_EQ(YearOf(absl::FromCivil(absl::CivilSecond(2025, 12, 31, 15, 0, 0), absl::UTCTimeZone())),
            2025);
}

TEST(Names, NumbersKeepTheirOrderWhereTheirTextDoesNot) {
  EXPECT_LT(OrderOf("incidents/2026-9999"), OrderOf("incidents/2026-10000"));
  EXPECT_LT(OrderOf("incidents/2026-10000"), OrderOf("incidents/2027-0001"));
  EXPECT_EQ(OrderOf("incidents/x"), 0);
  EXPECT_EQ(OrderOf(""), 0);
}

TEST(Names, AreMadeAndReadBack) {
  EXPECT_EQ(Numbered("incidents", 2026, 7), "incidents/2026-0007");
  EXPECT_EQ(Numbered("responses", 2026, 12345), "responses/2026-12345");
  const std::string name = ReportName("incidents/2026-0007", v1::MINE_SAFETY, 12);
  EXPECT_EQ(name, "incidents/2026-0007/reports/MINE_SAFETY-12");
  const auto parts = ParseReportName(name);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->incident, "incidents/2026-0007");
  EXPECT_EQ(parts->chain, v1::MINE_SAFETY);
  EXPECT_EQ(parts->seq, 12);
  for (const char* bad :
       {"", "incidents/2026-0007", "incidents/2026-0007/reports/CITY-1",
        "incidents/2026-0007/reports/PARTY-0", "incidents/2026-0007/reports/PARTY-x",
        "incidents/2026-0007/reports/PARTY-01", "incidents/2026-0007/reports/"}) {
    EXPECT_FALSE(ParseReportName(bad)) << bad;
  }
  const std::string below = ReportName("incidents/2026-0007", v1::GOVERNMENT, 2, "xinxing-mine");
  EXPECT_EQ(below, "incidents/2026-0007/reports/GOVERNMENT-xinxing-mine-2");
  ASSERT_TRUE(ParseReportName(below));
  EXPECT_EQ(ParseReportName(below)->sender, "xinxing-mine");
  EXPECT_EQ(ParseReportName(below)->seq, 2);
  EXPECT_EQ(ChainName("incidents/2026-0007", v1::PARTY, "pingan"),
            "incidents/2026-0007/chains/PARTY-pingan");
  EXPECT_EQ(ResponseOfTask("responses/2026-0003/tasks/cordon"), "responses/2026-0003");
  EXPECT_EQ(ResponseOfTask("responses/2026-0003"), "");
  EXPECT_TRUE(IsName("plans/mine", "plans"));
  EXPECT_FALSE(IsName("plans/", "plans"));
  EXPECT_FALSE(IsName("plan/mine", "plans"));
  EXPECT_FALSE(IsName("plans/a/b", "plans"));
}

}  // namespace
}  // namespace huying::incident::rules
