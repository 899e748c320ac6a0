// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/report_tiers.h"

#include <map>
#include <utility>

#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
constexpr v1::ReportChain kChains[] = {v1::GOVERNMENT, v1::WORK_SAFETY, v1::MINE_SAFETY, v1::PARTY};

Sender Of(v1::ReportTier tier) { return {tier, "units/x", "x"}; }

// Every cell: what is not named here is refused.
const std::map<std::pair<v1::ReportTier, v1::ReportTier>, Way>& Allowed() {
  static const auto* ways = new std::map<std::pair<v1::ReportTier, v1::ReportTier>, Way>{
      {{v1::REPORT_TIER_UNIT, v1::REPORT_TIER_COMMUNITY}, Way::kYes},
      {{v1::REPORT_TIER_UNIT, v1::REPORT_TIER_SUBDISTRICT}, Way::kYes},
      {{v1::REPORT_TIER_UNIT, v1::REPORT_TIER_DISTRICT}, Way::kYes},
      {{v1::REPORT_TIER_UNIT, v1::REPORT_TIER_MINE_SAFETY}, Way::kYes},
      {{v1::REPORT_TIER_COMMUNITY, v1::REPORT_TIER_SUBDISTRICT}, Way::kYes},
      {{v1::REPORT_TIER_COMMUNITY, v1::REPORT_TIER_DISTRICT}, Way::kSkipWithCopy},
      {{v1::REPORT_TIER_SUBDISTRICT, v1::REPORT_TIER_DISTRICT}, Way::kYes},
      {{v1::REPORT_TIER_DISTRICT, v1::REPORT_TIER_CITY}, Way::kYes},
      {{v1::REPORT_TIER_DISTRICT, v1::REPORT_TIER_PROVINCE}, Way::kSkip},
      {{v1::REPORT_TIER_DISTRICT, v1::REPORT_TIER_MINE_SAFETY}, Way::kYes}};
  return *ways;
}

TEST(ReportTiers, EveryCellOfWhoMayReportToWhom) {
  for (const v1::ReportChain chain : kChains) {
    for (int from = 0; from < kReportTiers; ++from) {
      for (int to = 0; to < kReportTiers; ++to) {
        const auto sender = static_cast<v1::ReportTier>(from);
        const auto addressee = static_cast<v1::ReportTier>(to);
        const auto cell = Allowed().find({sender, addressee});
        Way way = cell == Allowed().end() ? Way::kNo : cell->second;
        if (addressee == v1::REPORT_TIER_MINE_SAFETY && chain != v1::MINE_SAFETY) way = Way::kNo;
        ASSERT_EQ(WayTo(chain, sender, addressee), way) << chain << " " << from << "→" << to;

        v1::Receiver receiver;
        receiver.set_body("对方");
        receiver.set_addressee(addressee);
        const absl::Status bare = CheckReceiver(chain, Of(sender), receiver, "receivers[0]");
        receiver.set_skip_reason("道路中断，街道失联");
        const absl::Status reasoned = CheckReceiver(chain, Of(sender), receiver, "receivers[0]");
        const base::Problem problem = base::ProblemOf(reasoned);
        switch (way) {
          case Way::kNo:
            EXPECT_EQ(problem.reason(), Reason::TIER_TOO_LOW) << from << "→" << to;
            EXPECT_EQ(problem.field(), "receivers[0].addressee");
            EXPECT_FALSE(problem.next_step().empty());
            EXPECT_FALSE(problem.rule_id().empty());
            break;
          case Way::kYes:
            EXPECT_TRUE(bare.ok()) << from << "→" << to;
            break;
          case Way::kSkip:
          case Way::kSkipWithCopy:
            EXPECT_EQ(base::ProblemOf(bare).field(), "receivers[0].skip_reason") << from << to;
            EXPECT_TRUE(reasoned.ok()) << from << "→" << to;
            break;
        }
      }
    }
  }
}

TEST(ReportTiers, TheDirectSuperiorIsAlwaysReachedWithoutSkipping) {
  for (const v1::ReportChain chain : kChains) {
    for (const auto sender : {v1::REPORT_TIER_UNIT, v1::REPORT_TIER_COMMUNITY,
                              v1::REPORT_TIER_SUBDISTRICT, v1::REPORT_TIER_DISTRICT}) {
      EXPECT_EQ(WayTo(chain, sender, DirectSuperior(chain, sender)), Way::kYes)
          << chain << " " << sender;
    }
    for (const auto above : {v1::REPORT_TIER_CITY, v1::REPORT_TIER_PROVINCE, v1::REPORT_TIER_STATE,
                             v1::REPORT_TIER_MINE_SAFETY}) {
      EXPECT_EQ(DirectSuperior(chain, above), v1::REPORT_TIER_UNSPECIFIED);
    }
  }
}

// What a client said before there was an addressee.
TEST(ReportTiers, AReceiverWithoutAddresseeIsTheDirectSuperiorOrTheOneAboveIt) {
  const auto resolved = [](v1::ReportChain chain, v1::ReportTier sender, common::v1::Tier tier,
                           bool skip) {
    v1::Receiver receiver;
    receiver.set_tier(tier);
    receiver.set_skip_level(skip);
    ResolveReceiver(chain, Of(sender), receiver);
    return receiver;
  };
  const auto city = resolved(v1::GOVERNMENT, v1::REPORT_TIER_DISTRICT, common::v1::EXTERNAL, false);
  EXPECT_EQ(city.addressee(), v1::REPORT_TIER_CITY);
  EXPECT_TRUE(city.required());
  const auto province =
      resolved(v1::GOVERNMENT, v1::REPORT_TIER_DISTRICT, common::v1::EXTERNAL, true);
  EXPECT_EQ(province.addressee(), v1::REPORT_TIER_PROVINCE);
  EXPECT_FALSE(province.required());
  EXPECT_TRUE(province.skip_level());
  EXPECT_EQ(
      resolved(v1::MINE_SAFETY, v1::REPORT_TIER_DISTRICT, common::v1::EXTERNAL, false).addressee(),
      v1::REPORT_TIER_MINE_SAFETY);
  const auto street =
      resolved(v1::GOVERNMENT, v1::REPORT_TIER_COMMUNITY, common::v1::TIER_UNSPECIFIED, false);
  EXPECT_EQ(street.addressee(), v1::REPORT_TIER_SUBDISTRICT);
  // A subdistrict that names an outside body means the city, and may not.
  EXPECT_EQ(resolved(v1::GOVERNMENT, v1::REPORT_TIER_SUBDISTRICT, common::v1::EXTERNAL, false)
                .addressee(),
            v1::REPORT_TIER_CITY);
  EXPECT_EQ(
      resolved(v1::GOVERNMENT, v1::REPORT_TIER_SUBDISTRICT, common::v1::TIER_UNSPECIFIED, true)
          .addressee(),
      v1::REPORT_TIER_CITY);
  EXPECT_EQ(resolved(v1::GOVERNMENT, v1::REPORT_TIER_DISTRICT, common::v1::SUBDISTRICT, false)
                .addressee(),
            v1::REPORT_TIER_SUBDISTRICT);
}

TEST(ReportTiers, ACommunityThatSkipsItsSubdistrictOwesItACopy) {
  v1::Report report;
  report.set_sender_tier(v1::REPORT_TIER_COMMUNITY);
  v1::Receiver* district = report.add_receivers();
  district->set_addressee(v1::REPORT_TIER_DISTRICT);
  EXPECT_TRUE(LacksCopy(v1::GOVERNMENT, report));
  v1::Receiver* street = report.add_receivers();
  street->set_addressee(v1::REPORT_TIER_SUBDISTRICT);
  street->set_required(true);
  EXPECT_FALSE(LacksCopy(v1::GOVERNMENT, report));
}

TEST(ReportTiers, AllWhoAreRequiredMustBeToldAndNobodyElseCounts) {
  v1::Report report;
  v1::Receiver* province = report.add_receivers();
  province->mutable_oral_at()->set_seconds(1);
  EXPECT_FALSE(ToldRequired(report)) << "nobody is required: nobody who must be told was";
  v1::Receiver* first = report.add_receivers();
  v1::Receiver* second = report.add_receivers();
  first->set_required(true);
  second->set_required(true);
  first = report.mutable_receivers(1);
  first->mutable_oral_at()->set_seconds(1);
  EXPECT_FALSE(ToldRequired(report));
  report.mutable_receivers(2)->mutable_written_at()->set_seconds(2);
  EXPECT_TRUE(ToldRequired(report));
}

TEST(ReportTiers, AReportBelongsToItsBodyAndASuperiorMayHelp) {
  const auto actor = [](common::v1::Tier tier, const char* unit) {
    common::v1::Actor who;
    who.set_tier(tier);
    who.set_unit(unit);
    return who;
  };
  const auto pingan = actor(common::v1::COMMUNITY, "units/pingan");
  EXPECT_EQ(SenderOf(pingan).id, "pingan");
  EXPECT_EQ(SenderOf(actor(common::v1::DISTRICT, "units/emergency")).id, "");
  v1::Report report;
  report.set_sender_tier(v1::REPORT_TIER_COMMUNITY);
  report.set_sender_unit("units/pingan");
  EXPECT_EQ(OwnershipOf(report, pingan), Ownership::kOwn);
  EXPECT_EQ(OwnershipOf(report, actor(common::v1::COMMUNITY, "units/guoan")), Ownership::kOther);
  EXPECT_EQ(OwnershipOf(report, actor(common::v1::SUBDISTRICT, "units/lingbei")),
            Ownership::kSuperior);
  EXPECT_EQ(OwnershipOf(report, actor(common::v1::EXTERNAL, "units/mine")), Ownership::kOther);
  const auto district = actor(common::v1::DISTRICT, "units/emergency");
  EXPECT_TRUE(CheckOwn(report, district, true).ok());
  EXPECT_EQ(base::ProblemOf(CheckOwn(report, district, false)).rule_id(), "report.own-body");
  v1::Report old;  // from before there were senders
  EXPECT_EQ(OwnershipOf(old, district), Ownership::kOwn);
  EXPECT_EQ(OwnershipOf(old, pingan), Ownership::kOther);
}

}  // namespace
}  // namespace huying::incident::rules
