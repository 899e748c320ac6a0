// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/grants.h"

#include <string_view>

#include "services/directory/rules/rights.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/persons.h"

namespace huying::directory::rules {

using base::Reason;

absl::Status CheckProposed(const v1::Grant& grant) {
  if (grant.state() == v1::Grant::AWAITS_SECOND) return absl::OkStatus();
  return base::Refused(
             Reason::ILLEGAL_TRANSITION,
             grant.state() == v1::Grant::GRANTED ? "该授权已经复核生效" : "该授权未通过",
             grant.state() == v1::Grant::GRANTED ? "it is confirmed already" : "it was rejected")
      .Field("name")
      .Rule("directory.grant-proposed")
      .Next("需要时重新提出", "propose it anew when it is needed");
}

absl::Status MayConfirm(const v1::Grant& grant, const common::v1::Actor& actor) {
  RETURN_IF_ERROR(CheckProposed(grant));
  const auto refuse = [](std::string_view zh, std::string_view en) {
    return base::Denied(Reason::SAME_PERSON, zh, en)
        .Rule("directory.second-person")
        .Next("请由另一名有授权权限的人员复核",
              "let another person with directory.roles confirm it");
  };
  if (actor.person().empty()) {
    return refuse("复核人身份不明", "the confirming person is not known");
  }
  if (!guard::AreTwoPersons(grant.proposer(), actor)) {
    return refuse("提出人不能自己复核", "whoever proposed it does not confirm it");
  }
  for (const v1::Grant::Gain& gain : grant.gains()) {
    if (IsOwn(gain, actor) || gain.person_before() == actor.person()) {
      return refuse("因此获得权限的人不能复核", "whoever gains by it does not confirm it");
    }
  }
  return absl::OkStatus();
}

}  // namespace huying::directory::rules
