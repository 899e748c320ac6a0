// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "huying/common/v1/common.pb.h"
#include "huying/incident/v1/incident.pb.h"

// 谁向谁报告: each body reports to its direct superior on the chain; a level is skipped only where the
// table says so (突发事件应对法 第十七条, 必要时可以越级上报). The district's clocks are met by the
// district's own report to its direct superior and by nothing else.
//
//   const Sender sender = SenderOf(actor);
//   Way way = WayTo(v1::GOVERNMENT, sender.tier, v1::REPORT_TIER_CITY);
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

enum class Way {
  kNo,
  kYes,
  kSkip,          // over one level, with a reason
  kSkipWithCopy,  // the same, and the level that was skipped gets a copy
};
inline constexpr int kReportTiers = 9;

// clang-format off
inline constexpr std::array<std::array<Way, kReportTiers>, kReportTiers> kWays = {{
    // –          unit      community  subdistrict district             city      province    state     mine safety
    {{Way::kNo, Way::kNo, Way::kNo,  Way::kNo,  Way::kNo,            Way::kNo,  Way::kNo,   Way::kNo, Way::kNo}},   // –
    {{Way::kNo, Way::kNo, Way::kYes, Way::kYes, Way::kYes,           Way::kNo,  Way::kNo,   Way::kNo, Way::kYes}},  // unit
    {{Way::kNo, Way::kNo, Way::kNo,  Way::kYes, Way::kSkipWithCopy,  Way::kNo,  Way::kNo,   Way::kNo, Way::kNo}},   // community
    {{Way::kNo, Way::kNo, Way::kNo,  Way::kNo,  Way::kYes,           Way::kNo,  Way::kNo,   Way::kNo, Way::kNo}},   // subdistrict
    {{Way::kNo, Way::kNo, Way::kNo,  Way::kNo,  Way::kNo,            Way::kYes, Way::kSkip, Way::kNo, Way::kYes}},  // district
    // Higher governments are receivers; they do not report here.
    {{Way::kNo, Way::kNo, Way::kNo,  Way::kNo,  Way::kNo,            Way::kNo,  Way::kNo,   Way::kNo, Way::kNo}},
    {{Way::kNo, Way::kNo, Way::kNo,  Way::kNo,  Way::kNo,            Way::kNo,  Way::kNo,   Way::kNo, Way::kNo}},
    {{Way::kNo, Way::kNo, Way::kNo,  Way::kNo,  Way::kNo,            Way::kNo,  Way::kNo,   Way::kNo, Way::kNo}},
    {{Way::kNo, Way::kNo, Way::kNo,  Way::kNo,  Way::kNo,            Way::kNo,  Way::kNo,   Way::kNo, Way::kNo}},
}};
// clang-format on

// The mine-safety bodies are receivers on their own chain only.
constexpr Way WayTo(v1::ReportChain chain, v1::ReportTier sender, v1::ReportTier addressee) {
  if (addressee == v1::REPORT_TIER_MINE_SAFETY && chain != v1::MINE_SAFETY) return Way::kNo;
  return kWays[sender][addressee];
}
// Who must be told; unspecified for whoever does not report.
constexpr v1::ReportTier DirectSuperior(v1::ReportChain chain, v1::ReportTier sender) {
  switch (sender) {
    case v1::REPORT_TIER_UNIT:
      return chain == v1::MINE_SAFETY ? v1::REPORT_TIER_MINE_SAFETY : v1::REPORT_TIER_DISTRICT;
    case v1::REPORT_TIER_COMMUNITY:
      return v1::REPORT_TIER_SUBDISTRICT;
    case v1::REPORT_TIER_SUBDISTRICT:
      return v1::REPORT_TIER_DISTRICT;
    case v1::REPORT_TIER_DISTRICT:
      return chain == v1::MINE_SAFETY ? v1::REPORT_TIER_MINE_SAFETY : v1::REPORT_TIER_CITY;
    default:
      return v1::REPORT_TIER_UNSPECIFIED;
  }
}

// Whose report it is. The district is one body; below it each unit reports for itself.
struct Sender {
  v1::ReportTier tier = v1::REPORT_TIER_UNSPECIFIED;
  std::string unit;  // "units/pingan"
  std::string id;    // of its chain and its reports' names: empty for the district, else "pingan"
};
Sender SenderOf(const common::v1::Actor& actor);

// Says what was left unsaid: addressee, whether a level is skipped, whether it is required. A receiver
// without `addressee` is by its old `tier`, else the direct superior.
void ResolveReceiver(v1::ReportChain chain, const Sender& sender, v1::Receiver& receiver);
// HARD. `receiver` is resolved.
absl::Status CheckReceiver(v1::ReportChain chain, const Sender& sender,
                           const v1::Receiver& receiver, std::string_view field);
// Over the subdistrict's head, and it gets no copy.
bool LacksCopy(v1::ReportChain chain, const v1::Report& report);
// Somebody is required and all of them were told.
bool ToldRequired(const v1::Report& report);

enum class Ownership { kOwn, kSuperior, kOther };
// Whether the actor's body may act on a report: its own, or as its superior for it; another's never.
Ownership OwnershipOf(const v1::Report& report, const common::v1::Actor& actor);
absl::Status CheckOwn(const v1::Report& report, const common::v1::Actor& actor, bool superior_too);

std::string_view NameZh(v1::ReportTier tier);

}  // namespace huying::incident::rules
