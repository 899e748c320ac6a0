// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "huying/common/v1/common.pb.h"
#include "huying/incident/v1/incident.pb.h"

// Numbers that rules decide by, as the rule table has them at the time of the act (rule_limits.h of
// the service reads them). The defaults here stand in for rows that are missing: act first.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// One limit with the rule it comes from.
struct Limit {
  std::string rule_id;
  std::string title;  // Chinese
  absl::Duration within;
  bool project_default = true;
  absl::Duration climb_every = absl::Minutes(15);  // after the limit, until it is done
};

// 493号令 第三条: a level is reached at its number, 以上 includes it. Order: I, II, III.
struct AccidentThresholds {
  std::array<int64_t, 3> deaths = {30, 10, 3};  // 死亡, missing included (第十二条)
  std::array<int64_t, 3> injuries = {100, 50, 10};
  std::array<int64_t, 3> loss_yuan = {100'000'000, 50'000'000, 10'000'000};
  common::v1::LegalBasis basis;
};

struct ChainLimits {
  std::optional<Limit> oral;  // by phone
  std::optional<Limit> written;
};

struct Limits {
  Limit verify{"incident.verify", "核实时限", absl::Minutes(15)};
  Limit lead_department{"incident.lead-department", "确定牵头部门时限", absl::Minutes(30)};
  AccidentThresholds accident;
  absl::Duration recompute = absl::Hours(24) * 30;
  std::vector<v1::ReportChain> chains;  // open by themselves at intake
  std::map<v1::ReportChain, ChainLimits> first;
  std::map<v1::EventLevel, Limit> follow_up;
  // Once the upper level has taken command (突发事件应对法 第十七条) it reports itself.
  std::optional<Limit> follow_up_handed_over;
  absl::Duration area_retry = absl::Seconds(30);  // until directory is asked again what lies above
  Limit decision{"response.decision", "响应建议待决定", absl::Minutes(15)};
  Limit receipt{"report.receive", "下级报告待接收", absl::Minutes(15)};
  Limit transfer_receipt{"incident.transfer-receipt", "移送待对方回执", absl::Minutes(30)};
  absl::Duration climb_every = absl::Minutes(15);  // of what has no interval of its own
  absl::Duration make_up_signature = absl::Hours(2);
  absl::Duration make_up_approval = absl::Hours(2);
  absl::Duration make_up_default = absl::Hours(2);

  // Of a level that is not known yet: the shortest interval of all.
  Limit FollowUp(v1::EventLevel level) const;
  // What is sensitive does not wait for its level: the shortest interval, too.
  Limit FollowUp(const v1::Incident& incident) const;
};

}  // namespace huying::incident::rules
