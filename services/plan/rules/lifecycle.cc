// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/lifecycle.h"

#include "absl/strings/str_cat.h"
#include "services/plan/rules/lint.h"
#include "services/platform/base/status.h"

namespace huying::plan::rules {

using base::Reason;

absl::StatusOr<v1::PlanState> Transition(v1::PlanState state, PlanAct act) {
  const v1::PlanState next = NextState(state, act);
  if (next != v1::PLAN_STATE_UNSPECIFIED) return next;
  return base::Refused(Reason::ILLEGAL_TRANSITION, "预案不是有效状态", "the plan is not in force")
      .Rule("plan.states");
}

v1::PlanState VersionState(const v1::PlanHead& head, int revision) {
  if (head.state() == v1::ABOLISHED && revision == head.last_revision()) return v1::ABOLISHED;
  return revision == head.revision() ? v1::IN_FORCE : v1::SUPERSEDED;
}

absl::Status CheckImport(const v1::PlanHead* former, const v1::Plan& plan) {
  if (former == nullptr || former->state() != v1::IN_FORCE) return absl::OkStatus();
  if (former->text_hash() != plan.text_hash()) return absl::OkStatus();
  return base::AlreadyExists(
             absl::StrCat("与现行第 ", former->revision(), " 版内容相同，未作变更"),
             absl::StrCat("the text equals revision ", former->revision(), ", which is in force"))
      .Field("yaml")
      .Rule("plan.unchanged");
}

absl::Status CheckParent(const v1::Plan& plan, const v1::PlanHead* parent) {
  if (plan.parent().empty()) return absl::OkStatus();  // Lint asked for it where it is demanded
  if (parent == nullptr || parent->state() != v1::IN_FORCE) {
    return base::Invalid(Reason::UNKNOWN_REFERENCE,
                         absl::StrCat("上级预案 ", plan.parent(), " 不在有效状态"),
                         absl::StrCat("the plan above, ", plan.parent(), ", is not in force"))
        .Field("yaml:parent")
        .Rule("plan.parent")
        .Next("先导入上级预案", "import the plan above first");
  }
  if (NeedsParent(plan) && parent->tier() != common::v1::DISTRICT) {
    return base::Invalid(Reason::UNKNOWN_REFERENCE, "街道、社区预案应当衔接区级预案",
                         "the plan of a subdistrict or community hangs on one of the district")
        .Field("yaml:parent")
        .Rule("plan.parent");
  }
  return absl::OkStatus();
}

}  // namespace huying::plan::rules
