// SPDX-License-Identifier: Apache-2.0
#include "services/drill/preparation.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::drill {
namespace {

constexpr absl::Duration kShiftsBefore = absl::Hours(24 * 7);
constexpr absl::Duration kShiftsAfter = absl::Hours(24 * 31);

// A repetition after a crash may carry newer live data under the same id: what was copied stands.
absl::Status CopiedAlready(const absl::StatusOr<common::v1::Receipt>& receipt) {
  if (receipt.ok()) return absl::OkStatus();
  const bool conflict =
      base::ProblemOf(receipt.status()).reason() == base::Reason::REQUEST_ID_CONFLICT;
  return conflict ? absl::OkStatus() : receipt.status();
}

// The plans an exercise names, with the plans above them that are in force; all of them when it names
// none.
absl::StatusOr<std::vector<const plan::v1::Plan*>> PlansToCopy(
    const v1::Exercise& exercise, const plan::v1::ExportPlansResponse& exported) {
  std::map<std::string, const plan::v1::Plan*> in_force;
  for (const plan::v1::Plan& plan : exported.plans()) in_force[plan.name()] = &plan;
  std::set<std::string> wanted;
  if (exercise.plans().empty()) {
    for (const auto& [name, plan] : in_force) wanted.insert(name);
  }
  for (const std::string& name : exercise.plans()) {
    if (in_force.count(name) == 0) {
      return base::Refused(base::Reason::UNKNOWN_REFERENCE,
                           absl::StrCat("没有有效的预案“", name, "”"),
                           absl::StrCat("no plan '", name, "' in force"))
          .Rule("drill.plans")
          .Next("先导入该预案，再启动演练", "import the plan, then start again");
    }
    std::string above = name;
    while (in_force.count(above) > 0 && wanted.insert(above).second) {
      above = in_force[above]->parent();
    }
  }
  std::vector<const plan::v1::Plan*> plans;
  plans.reserve(wanted.size());
  for (const std::string& name : wanted) plans.push_back(in_force[name]);
  return plans;
}

}  // namespace

absl::Status Preparation::Run(const context::CallContext& context, const v1::Exercise& exercise,
                              std::string_view request_id) {
  platform::v1::RealmInfo info;
  info.set_realm(exercise.realm());
  info.set_kind(platform::v1::RealmInfo::EXERCISE);
  info.set_stepped_clock(true);
  *info.mutable_now() = exercise.starts_at();
  info.set_exercise(exercise.name());
  *info.mutable_director() = exercise.director();
  *info.mutable_actor_posts() = exercise.actor_posts();
  RETURN_IF_ERROR(realms_.Open(context, info));
  const context::CallContext live = RealmClient::Into(context, "live");
  const context::CallContext inside = RealmClient::Into(context, exercise.realm());
  RETURN_IF_ERROR(CopyDirectory(live, inside, exercise.starts_at(), request_id));
  return CopyPlans(live, inside, exercise, request_id);
}

absl::Status Preparation::CopyDirectory(const context::CallContext& live,
                                        const context::CallContext& inside,
                                        const google::protobuf::Timestamp& starts_at,
                                        std::string_view request_id) {
  // Shifts around the time that is played: who holds a post in a month does not matter to an exercise of today.
  const absl::Time start = base::FromProto(starts_at);
  directory::v1::ExportDirectoryRequest page;
  *page.mutable_shifts_from() = base::ToProto(start - kShiftsBefore);
  *page.mutable_shifts_to() = base::ToProto(start + kShiftsAfter);
  for (int number = 1;; ++number) {
    ASSIGN_OR_RETURN(directory::v1::ExportDirectoryResponse exported,
                     directory_.ExportDirectory(live, page));
    directory::v1::ImportDirectoryRequest request;
    request.set_request_id(absl::StrCat(base::Abs(request_id), "/directory-", number));
    *request.mutable_directory() = std::move(*exported.mutable_directory());
    RETURN_IF_ERROR(CopiedAlready(directory_.ImportDirectory(inside, request)));
    if (exported.next_page_token().empty()) return absl::OkStatus();
    page.set_page_token(exported.next_page_token());
  }
}

absl::Status Preparation::CopyPlans(const context::CallContext& live,
                                    const context::CallContext& inside,
                                    const v1::Exercise& exercise, std::string_view request_id) {
  ASSIGN_OR_RETURN(const plan::v1::ExportPlansResponse exported, plans_.ExportPlans(live, {}));
  ASSIGN_OR_RETURN(const auto plans, PlansToCopy(exercise, exported));
  for (const plan::v1::Plan* plan : plans) {
    plan::v1::CopyPlanRequest request;
    request.set_request_id(absl::StrCat(base::Abs(request_id), "/", plan->name()));
    *request.mutable_plan() = *plan;
    RETURN_IF_ERROR(CopiedAlready(plans_.CopyPlan(inside, request)));
  }
  return absl::OkStatus();
}

}  // namespace huying::drill
