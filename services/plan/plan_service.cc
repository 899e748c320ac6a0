// SPDX-License-Identifier: Apache-2.0
#include "services/plan/plan_service.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "services/plan/rules/dry_run.h"
#include "services/plan/rules/lifecycle.h"
#include "services/plan/rules/plan_yaml.h"
#include "services/plan/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::plan {
namespace {

using base::Reason;
constexpr size_t kReasonBytesMax = 2000;

v1::PlanHead HeadOf(const v1::Plan& plan, int revision) {
  v1::PlanHead head;
  head.set_name(plan.name());
  head.set_revision(revision);
  head.set_last_revision(revision);
  head.set_title(plan.title());
  head.set_type(plan.type());
  head.set_tier(plan.tier());
  head.set_parent(plan.parent());
  head.set_text_hash(plan.text_hash());
  return head;
}

absl::Status DecideImport(ledger::Transaction& tx, v1::Plan plan) {
  ASSIGN_OR_RETURN(auto former, tx.Find(kPlans, plan.name()));
  RETURN_IF_ERROR(rules::CheckImport(former ? &former->value : nullptr, plan));
  if (!plan.parent().empty()) {
    ASSIGN_OR_RETURN(auto parent, tx.Find(kPlans, plan.parent()));
    RETURN_IF_ERROR(rules::CheckParent(plan, parent ? &parent->value : nullptr));
  }
  v1::PlanHead head = HeadOf(plan, former ? former->value.last_revision() + 1 : 1);
  ASSIGN_OR_RETURN(v1::PlanState state,
                   rules::Transition(former ? former->value.state() : v1::PLAN_STATE_UNSPECIFIED,
                                     rules::PlanAct::kImport));
  head.set_state(state);
  plan.set_revision(head.revision());
  plan.clear_state();  // follows from the head
  if (!plan.has_issued_at()) *plan.mutable_issued_at() = base::ToProto(tx.now());
  if (former) {
    tx.Change(kPlans, head.name(), head);
  } else {
    tx.Create(kPlans, head.name(), head);
  }
  tx.Subject(kPlans, head.name());
  tx.Create(kPlanVersions, VersionKey(plan.name(), plan.revision()), plan);
  for (const auto& basis : plan.legal_basis()) tx.AddBasis(basis);
  return absl::OkStatus();
}

absl::Status DecideAbolish(ledger::Transaction& tx, const v1::AbolishPlanRequest& request) {
  ASSIGN_OR_RETURN(auto stored, tx.Get(kPlans, request.name()));
  v1::PlanHead head = std::move(stored.value);
  ASSIGN_OR_RETURN(v1::PlanState state, rules::Transition(head.state(), rules::PlanAct::kAbolish));
  head.set_state(state);
  head.set_revision(0);
  head.set_abolish_reason(request.reason());
  tx.Change(kPlans, head.name(), head);
  return absl::OkStatus();
}

struct Found {
  v1::Plan plan;
  int64_t version = 0;
};

// `revision` 0 = the one in force.
absl::StatusOr<Found> FindPlan(ledger::Reader& reader, const std::string& name, int revision) {
  ASSIGN_OR_RETURN(auto head, reader.Get(kPlans, name));
  if (revision == 0) revision = head.value.revision();
  if (revision == 0) {
    return base::Refused(Reason::CONDITION_NOT_MET, "预案已废止", "the plan was abolished")
        .Field("name")
        .Rule("plan.in-force");
  }
  ASSIGN_OR_RETURN(auto stored, reader.Get(kPlanVersions, VersionKey(name, revision)));
  stored.value.set_state(rules::VersionState(head.value, revision));
  return Found{std::move(stored.value), head.version};
}

absl::Status CheckName(const std::string& name) {
  if (!name.empty()) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_MISSING, "缺少预案名称", "the plan's name is missing")
      .Field("name");
}

}  // namespace

absl::StatusOr<ledger::Command> PlanService::ImportPlan(const context::CallContext&,
                                                        const v1::ImportPlanRequest& request) {
  rules::PlanText read = rules::ReadPlan(request.yaml());
  RETURN_IF_ERROR(rules::FirstError(read.findings));
  read.plan.set_source_yaml(request.yaml());
  read.plan.set_text_hash(absl::BytesToHexString(ledger::EntryHash(request.yaml())));
  ledger::Command command;
  command.reads.push_back(kPlans.Ref(read.plan.name()));
  if (!read.plan.parent().empty()) command.reads.push_back(kPlans.Ref(read.plan.parent()));
  command.decide = [plan = std::move(read.plan)](ledger::Transaction& tx) {
    return DecideImport(tx, plan);
  };
  return command;
}

absl::StatusOr<ledger::Command> PlanService::CopyPlan(const context::CallContext&,
                                                      const v1::CopyPlanRequest& request) {
  RETURN_IF_ERROR(CheckName(request.plan().name()));
  ledger::Command command;
  command.reads.push_back(kPlans.Ref(request.plan().name()));
  command.decide = [plan = request.plan()](ledger::Transaction& tx) mutable -> absl::Status {
    ASSIGN_OR_RETURN(const auto former, tx.Find(kPlans, plan.name()));
    if (former) {
      return base::AlreadyExists(absl::StrCat("预案 ", plan.name(), " 已经在这里"),
                                 absl::StrCat("the plan ", plan.name(), " is here already"))
          .Field("plan.name")
          .Rule("plan.copied-once");
    }
    v1::PlanHead head = HeadOf(plan, plan.revision());
    head.set_state(v1::IN_FORCE);
    plan.clear_state();  // follows from the head
    tx.Create(kPlans, head.name(), head);
    tx.Subject(kPlans, head.name());
    tx.Create(kPlanVersions, VersionKey(plan.name(), plan.revision()), plan);
    for (const auto& basis : plan.legal_basis()) tx.AddBasis(basis);
    return absl::OkStatus();
  };
  return command;
}

absl::StatusOr<ledger::Command> PlanService::AbolishPlan(const context::CallContext&,
                                                         const v1::AbolishPlanRequest& request) {
  RETURN_IF_ERROR(CheckName(request.name()));
  if (request.reason().empty() || request.reason().size() > kReasonBytesMax) {
    return base::Invalid(Reason::FIELD_MISSING, "请写明废止理由", "say why it is abolished")
        .Field("reason");
  }
  ledger::Command command;
  command.reads.push_back(kPlans.Ref(request.name()));
  command.decide = [request](ledger::Transaction& tx) { return DecideAbolish(tx, request); };
  return command;
}

absl::StatusOr<v1::LintPlanResponse> PlanService::LintPlan(const context::CallContext&,
                                                           const v1::LintPlanRequest& request) {
  rules::PlanText read = rules::ReadPlan(request.yaml());
  v1::LintPlanResponse response;
  for (v1::LintFinding& finding : read.findings) *response.add_findings() = std::move(finding);
  *response.mutable_plan() = std::move(read.plan);
  return response;
}

absl::StatusOr<v1::GetPlanResponse> PlanService::GetPlan(const context::CallContext&,
                                                         const v1::GetPlanRequest& request) {
  RETURN_IF_ERROR(CheckName(request.name()));
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(Found found, FindPlan(*reader, request.name(), request.revision()));
  v1::GetPlanResponse response;
  *response.mutable_plan() = std::move(found.plan);
  response.set_version(found.version);
  ASSIGN_OR_RETURN(int64_t seq, reader->HeadSeq());
  response.set_as_of_seq(seq);
  return response;
}

absl::StatusOr<v1::ListPlansResponse> PlanService::ListPlans(const context::CallContext&,
                                                             const v1::ListPlansRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ledger::Filter filter;
  if (request.in_force_only()) {
    filter.where.push_back({"state", "=", ledger::Int(v1::IN_FORCE)});
  }
  ASSIGN_OR_RETURN(auto page,
                   reader->List(kPlans, filter, request.page_size(), request.page_token()));
  v1::ListPlansResponse response;
  for (const auto& head : page.items) {
    ASSIGN_OR_RETURN(Found found, FindPlan(*reader, head.value.name(), head.value.last_revision()));
    found.plan.clear_source_yaml();  // GetPlan has it
    *response.add_plans() = std::move(found.plan);
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::DryRunResponse> PlanService::DryRun(const context::CallContext&,
                                                       const v1::DryRunRequest& request) {
  RETURN_IF_ERROR(CheckName(request.name()));
  RETURN_IF_ERROR(rules::CheckFacts(request.facts()));
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(Found found, FindPlan(*reader, request.name(), request.revision()));
  ASSIGN_OR_RETURN(v1::DryRunResponse response,
                   rules::DryRunPlan(found.plan, request.level(), rules::FactsOf(request.facts())));
  ASSIGN_OR_RETURN(int64_t seq, reader->HeadSeq());
  response.set_as_of_seq(seq);
  return response;
}

absl::StatusOr<v1::ExportPlansResponse> PlanService::ExportPlans(const context::CallContext&,
                                                                 const v1::ExportPlansRequest&) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto heads,
                   reader->All(kPlans, {.where = {{"state", "=", ledger::Int(v1::IN_FORCE)}}}));
  v1::ExportPlansResponse response;
  for (const auto& head : heads) {
    ASSIGN_OR_RETURN(Found found, FindPlan(*reader, head.value.name(), 0));
    *response.add_plans() = std::move(found.plan);
  }
  return response;
}

}  // namespace huying::plan
