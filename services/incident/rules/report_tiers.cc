// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/report_tiers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
constexpr char kSkipLaw[] = "突发事件应对法 第十七条";

v1::ReportTier TierOf(common::v1::Tier tier) {
  switch (tier) {
    case common::v1::DISTRICT:
      return v1::REPORT_TIER_DISTRICT;
    case common::v1::SUBDISTRICT:
      return v1::REPORT_TIER_SUBDISTRICT;
    case common::v1::COMMUNITY:
      return v1::REPORT_TIER_COMMUNITY;
    default:
      return v1::REPORT_TIER_UNIT;
  }
}

std::string IdOf(const common::v1::Actor& actor) {
  const std::string& whole = !actor.unit().empty() ? actor.unit() : actor.account();
  const size_t slash = whole.rfind('/');
  return slash == std::string::npos ? whole : whole.substr(slash + 1);
}

v1::ReportTier OneAbove(v1::ReportTier tier) {
  switch (tier) {
    case v1::REPORT_TIER_SUBDISTRICT:
      return v1::REPORT_TIER_DISTRICT;
    case v1::REPORT_TIER_DISTRICT:
      return v1::REPORT_TIER_CITY;
    case v1::REPORT_TIER_CITY:
    case v1::REPORT_TIER_MINE_SAFETY:
      return v1::REPORT_TIER_PROVINCE;
    default:
      return v1::REPORT_TIER_UNSPECIFIED;
  }
}

// From the fields that were there before `addressee`.
v1::ReportTier AddresseeOf(v1::ReportChain chain, const Sender& sender,
                           const v1::Receiver& receiver) {
  const v1::ReportTier direct = DirectSuperior(chain, sender.tier);
  switch (receiver.tier()) {
    case common::v1::DISTRICT:
    case common::v1::SUBDISTRICT:
    case common::v1::COMMUNITY:
      return TierOf(receiver.tier());
    case common::v1::EXTERNAL:
      // Outside the district there is no direct superior of anybody below it.
      if (direct != v1::REPORT_TIER_CITY && direct != v1::REPORT_TIER_MINE_SAFETY) {
        return v1::REPORT_TIER_CITY;
      }
      break;
    default:
      break;
  }
  return receiver.skip_level() ? OneAbove(direct) : direct;
}

std::string At(std::string_view field, std::string_view part) {
  return absl::StrCat(base::Abs(field), field.empty() ? "" : ".", base::Abs(part));
}

bool Skips(Way way) { return way == Way::kSkip || way == Way::kSkipWithCopy; }

}  // namespace

Sender SenderOf(const common::v1::Actor& actor) {
  Sender sender{TierOf(actor.tier()), actor.unit(), ""};
  if (sender.tier != v1::REPORT_TIER_DISTRICT) sender.id = IdOf(actor);
  return sender;
}

void ResolveReceiver(v1::ReportChain chain, const Sender& sender, v1::Receiver& receiver) {
  if (receiver.addressee() == v1::REPORT_TIER_UNSPECIFIED) {
    receiver.set_addressee(AddresseeOf(chain, sender, receiver));
  }
  receiver.set_skip_level(Skips(WayTo(chain, sender.tier, receiver.addressee())));
  receiver.set_required(receiver.addressee() == DirectSuperior(chain, sender.tier));
}

absl::Status CheckReceiver(v1::ReportChain chain, const Sender& sender,
                           const v1::Receiver& receiver, std::string_view field) {
  const Way way = WayTo(chain, sender.tier, receiver.addressee());
  if (way == Way::kNo) {
    const v1::ReportTier direct = DirectSuperior(chain, sender.tier);
    const bool upward = receiver.addressee() > direct && direct != v1::REPORT_TIER_UNSPECIFIED;
    return base::Denied(Reason::TIER_TOO_LOW,
                        absl::StrCat(base::Abs(NameZh(sender.tier)), "不得在本渠道向",
                                     base::Abs(NameZh(receiver.addressee())), "报告"),
                        "this body does not report to that one on this chain")
        .Field(At(field, "addressee"))
        .Rule(upward ? "report.skip-level" : "report.addressee")
        .Law(kSkipLaw)
        .Next(absl::StrCat("报", base::Abs(NameZh(direct)), "，由其逐级上报；情况先电话告知"),
              "report to the direct superior, by phone first; it reports on");
  }
  if (Skips(way) && receiver.skip_reason().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "越级报告须写明理由",
                         "skipping a level wants a reason")
        .Field(At(field, "skip_reason"))
        .Rule("report.skip-level")
        .Law(kSkipLaw)
        .Next("写明为何必须越级", "say why the level must be skipped");
  }
  return absl::OkStatus();
}

bool LacksCopy(v1::ReportChain chain, const v1::Report& report) {
  bool wants = false, has = false;
  for (const v1::Receiver& receiver : report.receivers()) {
    wants |= WayTo(chain, report.sender_tier(), receiver.addressee()) == Way::kSkipWithCopy;
    has |= receiver.required();
  }
  return wants && !has;
}

bool ToldRequired(const v1::Report& report) {
  bool any = false;
  for (const v1::Receiver& receiver : report.receivers()) {
    if (!receiver.required()) continue;
    any = true;
    if (!receiver.has_oral_at() && !receiver.has_written_at()) return false;
  }
  return any;
}

Ownership OwnershipOf(const v1::Report& report, const common::v1::Actor& actor) {
  const Sender sender = SenderOf(actor);
  // Without a sender: from before there were any, the district's.
  const v1::ReportTier of = report.sender_tier() == v1::REPORT_TIER_UNSPECIFIED
                                ? v1::REPORT_TIER_DISTRICT
                                : report.sender_tier();
  if (sender.tier == of) {
    const bool same = of == v1::REPORT_TIER_DISTRICT || sender.unit == report.sender_unit();
    return same ? Ownership::kOwn : Ownership::kOther;
  }
  return sender.tier > of ? Ownership::kSuperior : Ownership::kOther;
}

absl::Status CheckOwn(const v1::Report& report, const common::v1::Actor& actor, bool superior_too) {
  const Ownership ownership = OwnershipOf(report, actor);
  if (ownership == Ownership::kOwn || (superior_too && ownership == Ownership::kSuperior)) {
    return absl::OkStatus();
  }
  return base::Denied(Reason::TIER_TOO_LOW, "这是另一单位的报告",
                      "it is the report of another body")
      .Field("name")
      .Rule("report.own-body")
      .Law("突发事件应对法 第六十一条")
      .Next("起草本单位的报告", "draft a report of your own body");
}

std::string_view NameZh(v1::ReportTier tier) {
  constexpr std::array<std::string_view, kReportTiers> kNames = {
      "未注明层级的单位",    "事发单位", "社区", "街道", "区", "市", "省", "国家",
      "矿山安全监管监察机构"};
  return kNames[tier];
}

}  // namespace huying::incident::rules
