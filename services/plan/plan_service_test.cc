// SPDX-License-Identifier: Apache-2.0
#include "services/plan/plan_service.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/plan/store.h"
#include "services/platform/base/status.h"
#include "tests/support/test_ledger.h"

namespace huying::plan {
namespace {

using base::Reason;

std::string ShippedPlan() {
  std::ifstream file(std::string(HUYING_SOURCE_DIR) +
                     "/deploy/config/xingshan/plans/mine-accident.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class PlanServiceTest : public ::testing::Test {
 protected:
  absl::StatusOr<common::v1::Receipt> Import(const std::string& yaml, std::string request_id = "") {
    v1::ImportPlanRequest request;
    request.set_yaml(yaml);
    return ledger_.Run(service_->ImportPlan(context_, request), Context(std::move(request_id)),
                       "plan.ImportPlan");
  }
  absl::StatusOr<common::v1::Receipt> Abolish(const std::string& reason) {
    v1::AbolishPlanRequest request;
    request.set_name("plans/mine-accident");
    request.set_reason(reason);
    return ledger_.Run(service_->AbolishPlan(context_, request), Context(""), "plan.AbolishPlan");
  }
  absl::StatusOr<v1::GetPlanResponse> Get(int revision = 0) {
    v1::GetPlanRequest request;
    request.set_name("plans/mine-accident");
    request.set_revision(revision);
    return service_->GetPlan(context_, request);
  }
  context::CallContext Context(std::string request_id) {
    context::CallContext context = context_;
    context.principal = "accounts/plan-officer";
    context.realm = "live";
    context.actor.set_post("posts/plan-officer");
    context.request_id = std::move(request_id);
    return context;
  }
  static std::string Second() {
    return absl::StrReplaceAll(ShippedPlan(), {{"within: 30m", "within: 25m"}});
  }

  testing::TestLedger ledger_{"plan", PlanKinds()};
  std::unique_ptr<PlanService> service_ = std::make_unique<PlanService>(*ledger_);
  context::CallContext context_;
};

TEST_F(PlanServiceTest, AnImportSupersedesTheFormerVersionAndBothStayReadable) {
  auto first = Import(ShippedPlan());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->name(), "plans/mine-accident");
  EXPECT_EQ(first->state(), "IN_FORCE");
  ASSERT_TRUE(Import(Second()).ok());
  auto now = Get();
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_EQ(now->plan().revision(), 2);
  EXPECT_EQ(now->plan().state(), v1::IN_FORCE);
  EXPECT_EQ(now->as_of_seq(), 2);
  EXPECT_EQ(now->plan().levels(0).tasks(0).within().seconds(), 25 * 60);
  auto former = Get(1);
  ASSERT_TRUE(former.ok());
  EXPECT_EQ(former->plan().state(), v1::SUPERSEDED);
  EXPECT_EQ(former->plan().source_yaml(), ShippedPlan());
}

TEST_F(PlanServiceTest, TheSameTextIsRefusedAndTheSameRequestAnsweredAgain) {
  auto first = Import(ShippedPlan(), "r1");
  ASSERT_TRUE(first.ok());
  auto again = Import(ShippedPlan(), "r1");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->seq(), first->seq());
  auto other = Import(ShippedPlan(), "r2");
  EXPECT_EQ(other.status().code(), absl::StatusCode::kAlreadyExists);
  // After the plan was superseded, the first request still has its receipt.
  ASSERT_TRUE(Import(Second(), "r3").ok());
  EXPECT_EQ(Import(ShippedPlan(), "r1")->seq(), first->seq());
}

TEST_F(PlanServiceTest, ABadTextStoresNothing) {
  auto bad = Import(absl::StrReplaceAll(ShippedPlan(), {{"approver:", "aprover:"}}));
  EXPECT_EQ(bad.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ledger_->Head().seq, 0);
  EXPECT_EQ(Get().status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PlanServiceTest, R2AParentMustBeInForce) {
  std::string child = absl::StrReplaceAll(
      ShippedPlan(), {{"plan: mine-accident", "plan: pingan-mine\nparent: plans/mine-accident"},
                      {"type: SPECIAL", "type: COMMUNITY"},
                      {"tier: DISTRICT", "tier: COMMUNITY"}});
  EXPECT_EQ(base::ProblemOf(Import(child).status()).reason(), Reason::UNKNOWN_REFERENCE);
  ASSERT_TRUE(Import(ShippedPlan()).ok());
  EXPECT_TRUE(Import(child).ok());
}

TEST_F(PlanServiceTest, AnAbolishedPlanIsNotInForceAndCanBeImportedAnew) {
  ASSERT_TRUE(Import(ShippedPlan()).ok());
  EXPECT_EQ(base::ProblemOf(Abolish("").status()).field(), "reason");
  ASSERT_TRUE(Abolish("机构调整").ok());
  EXPECT_EQ(base::ProblemOf(Abolish("again").status()).reason(), Reason::ILLEGAL_TRANSITION);
  EXPECT_EQ(base::ProblemOf(Get().status()).reason(), Reason::CONDITION_NOT_MET);
  EXPECT_EQ(Get(1)->plan().state(), v1::ABOLISHED);
  ASSERT_TRUE(Import(ShippedPlan()).ok());
  EXPECT_EQ(Get()->plan().revision(), 2);
}

TEST_F(PlanServiceTest, ADryRunOfAPinnedRevisionAnswersForThatRevision) {
  ASSERT_TRUE(Import(ShippedPlan()).ok());
  ASSERT_TRUE(Import(Second()).ok());
  v1::DryRunRequest request;
  request.set_name("plans/mine-accident");
  request.set_revision(1);
  request.set_level(1);
  v1::Fact* fact = request.add_facts();
  fact->set_key("missing");
  fact->set_number(139);
  fact = request.add_facts();
  fact->set_key("dead_and_missing");
  fact->set_number(139);
  auto run = service_->DryRun(context_, request);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->revision(), 1);
  EXPECT_TRUE(run->levels(0).starts());
  EXPECT_EQ(run->levels(0).tasks(0).within().seconds(), 30 * 60);
  EXPECT_EQ(run->as_of_seq(), 2);
  request.set_revision(7);
  EXPECT_EQ(service_->DryRun(context_, request).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PlanServiceTest, ListsExportsAndLints) {
  ASSERT_TRUE(Import(ShippedPlan()).ok());
  auto list = service_->ListPlans(context_, {});
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->plans_size(), 1);
  EXPECT_TRUE(list->plans(0).source_yaml().empty());
  auto exported = service_->ExportPlans(context_, {});
  ASSERT_TRUE(exported.ok());
  ASSERT_EQ(exported->plans_size(), 1);
  EXPECT_EQ(exported->plans(0).source_yaml(), ShippedPlan());
  ASSERT_TRUE(Abolish("机构调整").ok());
  v1::ListPlansRequest in_force;
  in_force.set_in_force_only(true);
  EXPECT_EQ(service_->ListPlans(context_, in_force)->plans_size(), 0);
  EXPECT_EQ(service_->ListPlans(context_, {})->plans(0).state(), v1::ABOLISHED);
  EXPECT_EQ(service_->ExportPlans(context_, {})->plans_size(), 0);

  v1::LintPlanRequest lint;
  lint.set_yaml("plan: x\n");
  auto findings = service_->LintPlan(context_, lint);
  ASSERT_TRUE(findings.ok());
  EXPECT_GT(findings->findings_size(), 4);
  EXPECT_EQ(ledger_->Head().seq, 2);
}

TEST_F(PlanServiceTest, ACopyStandsAsItWasWithoutItsParentAndWithItsRevision) {
  ASSERT_TRUE(Import(ShippedPlan()).ok());
  ASSERT_TRUE(Import(Second()).ok());
  v1::Plan plan = service_->ExportPlans(context_, {})->plans(0);
  plan.set_parent("plans/not-here");
  testing::TestLedger other{"plan", PlanKinds()};
  PlanService elsewhere{*other};
  v1::CopyPlanRequest request;
  request.set_request_id("copy");
  *request.mutable_plan() = plan;
  const auto copied = other.Run(elsewhere.CopyPlan(context_, request), context_, "plan.CopyPlan");
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->state(), "IN_FORCE");
  v1::GetPlanRequest get;
  get.set_name(plan.name());
  const auto found = elsewhere.GetPlan(context_, get);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->plan().revision(), 2);
  EXPECT_EQ(found->plan().source_yaml(), plan.source_yaml());
  context::CallContext again = context_;
  again.request_id = "copy-again";
  EXPECT_EQ(other.Run(elsewhere.CopyPlan(again, request), again, "plan.CopyPlan").status().code(),
            absl::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace huying::plan
