// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/areas_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using testing::HasSubstr;

constexpr char kHead[] = "tier,code,code12,name,parent\n";
constexpr char kDistrictLine[] = "DISTRICT,230407,230407000000,兴山区,2304\n";
constexpr char kStreetLine[] = "SUBDISTRICT,230407001,230407001000,岭北街道,230407\n";

// What is wrong, in English, with the line.
std::string Wrong(const std::string& csv, const AreaTree& known = AreaTree()) {
  const auto areas = ParseAreasCsv(csv, known);
  if (areas.ok()) return "nothing";
  EXPECT_EQ(base::ProblemOf(areas.status()).field(), "csv");
  EXPECT_THAT(base::ProblemOf(areas.status()).message(), HasSubstr("行: "));
  return base::ProblemOf(areas.status()).message_en();
}

TEST(AreasCsvTest, ParentsAreWrittenWithTwelveDigitsByTheTable) {
  const auto areas = ParseAreasCsv(
      absl::StrCat(kHead, "COMMUNITY,230407001001,230407001001,平安社区,230407001\r\n", kStreetLine,
                   kDistrictLine, "\n"),
      AreaTree());
  ASSERT_TRUE(areas.ok()) << areas.status();
  ASSERT_EQ(areas->size(), 3u);
  EXPECT_EQ(areas->at(0).parent(), "230407001000");
  EXPECT_EQ(areas->at(0).short_code(), "");
  EXPECT_EQ(areas->at(1).parent(), "230407000000");
  EXPECT_EQ(areas->at(1).short_code(), "230407001");
  EXPECT_EQ(areas->at(2).parent(), "2304");  // outside
}

TEST(AreasCsvTest, AParentMayBeInTheTableAlready) {
  const auto first = ParseAreasCsv(absl::StrCat(kHead, kDistrictLine), AreaTree());
  ASSERT_TRUE(first.ok());
  const auto second = ParseAreasCsv(absl::StrCat(kHead, kStreetLine), AreaTree(*first));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->at(0).parent(), "230407000000");
}

TEST(AreasCsvTest, AByteOrderMarkIsNoPartOfTheHeader) {
  EXPECT_EQ(Wrong(absl::StrCat("\xEF\xBB\xBF", kHead, kDistrictLine)), "nothing");
}

TEST(AreasCsvTest, AFileInGbkIsNamedAsSuch) {
  EXPECT_THAT(Wrong(absl::StrCat(kHead, kDistrictLine, "COMMUNITY,1,2,\xC3\xBA\xBF\xF3,3\n")),
              HasSubstr("line 3: not UTF-8 (GBK, perhaps)"));
}

TEST(AreasCsvTest, EachErrorNamesItsLine) {
  EXPECT_THAT(Wrong("code,name\n"), HasSubstr("line 1: the header is"));
  EXPECT_THAT(Wrong(kHead), HasSubstr("there is no area"));
  EXPECT_THAT(Wrong(absl::StrCat(kHead, kDistrictLine, "SUBDISTRICT,1,2,x\n")),
              HasSubstr("line 3: 5 columns expected, found 4"));
  EXPECT_THAT(Wrong(absl::StrCat(kHead, "TOWN,230407,230407000000,x,2304\n")),
              HasSubstr("line 2: unknown tier: TOWN"));
  EXPECT_THAT(Wrong(absl::StrCat(kHead, "DISTRICT,230407,23040700000,x,2304\n")),
              HasSubstr("line 2: code: an area code has 12 digits"));
  EXPECT_THAT(Wrong(absl::StrCat(kHead, "DISTRICT,230407,230407000000,,2304\n")),
              HasSubstr("line 2: name:"));
  EXPECT_THAT(Wrong(absl::StrCat(kHead, kDistrictLine, kDistrictLine)),
              HasSubstr("line 3: code 230407000000 is also on line 2"));
  EXPECT_THAT(Wrong(absl::StrCat(kHead, kStreetLine)),
              HasSubstr("line 2: parent: parent 230407 is not in the table"));
  EXPECT_THAT(Wrong(absl::StrCat(kHead, kDistrictLine,
                                 "COMMUNITY,230407001001,230407001001,平安社区,230407\n")),
              HasSubstr("line 3: parent: parent 230407000000 is not one tier above"));
}

}  // namespace
}  // namespace huying::directory::rules
