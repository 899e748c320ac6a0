// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/responses.h"

#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

class ResponsesTest : public ::testing::Test {
 protected:
  ResponsesTest() {
    act_.now = act_.received_at = absl::FromUnixSeconds(1'800'000'000);
    act_.actor.set_post("posts/commander");
    incident_.set_name("incidents/2026-0001");
    incident_.set_state(v1::CONFIRMED);
    incident_.add_areas("230407001000");
    plan_.available = plan_.starts = true;
    plan_.plan = "plans/mine";
    plan_.revision = 2;
    plan_.commander_post = "posts/commander";
    plan_.level.set_level(1);
    plan_.level.set_approver_post("posts/commander");
    plan_.level.add_matters("救援");
    plan_.level.add_measures("警戒");
    plan_.level.mutable_expected_period()->set_seconds(3600);
    plan_.level.add_notices()->set_id("on-post");
    plan_.level.add_notices()->set_id("evacuate");
    plan_.trace = {"✓ 失踪 139 ≥ 30"};
    request_.set_incident(incident_.name());
    request_.set_plan(plan_.plan);
    request_.set_level(1);
    response_.set_name("responses/2026-0001");
    response_.set_incident(incident_.name());
  }
  void Started() { ASSERT_TRUE(Start(response_, incident_, request_, plan_, act_).ok()); }
  std::vector<std::string> Failed() {
    std::vector<std::string> rules;
    for (const auto& g : StartGuards(incident_, response_, request_, plan_, act_, {})) {
      EXPECT_EQ(g.kind, guard::Kind::kSoft);
      if (!g.passed) rules.push_back(g.rule_id);
    }
    return rules;
  }
  void Effect(const std::string& id, const std::string& result) {
    v1::Response::Effect effect;
    effect.set_id(id);
    effect.set_result(result);
    RecordEffect(response_, effect);
  }
  Act act_;
  v1::Incident incident_;
  PlanFacts plan_;
  v1::ActivateResponseRequest request_;
  v1::Response response_;
};

TEST_F(ResponsesTest, AStartPinsThePlanAndStatesTheFourFacts) {
  Started();
  EXPECT_EQ(response_.state(), v1::ACTIVE);
  EXPECT_EQ(response_.plan_revision(), 2);
  EXPECT_EQ(response_.matters(0), "救援");
  EXPECT_EQ(response_.measures(0), "警戒");
  EXPECT_EQ(base::FromProto(response_.ends_expected_at()), act_.now + absl::Hours(1));
  EXPECT_TRUE(response_.conditions_met());
  EXPECT_EQ(response_.condition_trace(0), "✓ 失踪 139 ≥ 30");
  EXPECT_EQ(response_.notices_to_issue_size(), 2);
  EXPECT_EQ(response_.areas(0), "230407001000");
}

// 突发事件应对法 第七十二条: HARD, whoever starts it and however urgent.
TEST_F(ResponsesTest, EachOfTheFourFactsIsDemandedWhenThePlanDoesNotHaveIt) {
  for (const std::string field : {"matters", "expected_period", "measures"}) {
    PlanFacts plan = plan_;
    if (field == "matters") plan.level.clear_matters();
    if (field == "expected_period") plan.level.clear_expected_period();
    if (field == "measures") plan.level.clear_measures();
    v1::Response response = response_;
    const base::Problem problem = base::ProblemOf(Start(response, incident_, request_, plan, act_));
    EXPECT_EQ(problem.field(), field);
    EXPECT_EQ(problem.rule_id(), "response.four-facts");
    EXPECT_EQ(problem.legal_article(), "突发事件应对法 第七十二条");
    v1::ActivateResponseRequest stated = request_;
    stated.add_matters("救人");
    stated.add_measures("封路");
    stated.mutable_expected_period()->set_seconds(60);
    EXPECT_TRUE(Start(response, incident_, stated, plan, act_).ok());
    EXPECT_EQ(response.matters(0), "救人");
  }
}

TEST_F(ResponsesTest, EverySoftGuardOfAStart) {
  EXPECT_TRUE(Failed().empty());
  act_.actor.set_post("posts/district-leader");
  EXPECT_EQ(Failed(), std::vector<std::string>{kApproverRule});
  act_.actor.set_acting_for_post("posts/commander");
  EXPECT_TRUE(Failed().empty()) << "acting for the approver";
  plan_.starts = false;
  EXPECT_EQ(Failed(), std::vector<std::string>{kConditionsRule});
  request_.set_override_reason("上级要求");
  EXPECT_TRUE(Failed().empty());
  incident_.set_state(v1::VERIFYING);
  EXPECT_EQ(Failed(), std::vector<std::string>{kVerifiedRule});
  incident_.set_state(v1::HANDLING);
  EXPECT_FALSE(IsApprover(act_.actor, ""));
}

// With the plan away nobody is known to be its approver: the guard fails and is not left out.
TEST_F(ResponsesTest, WithoutThePlanEveryGuardThatNeedsItFails) {
  plan_ = PlanFacts();
  EXPECT_EQ(Failed(), (std::vector<std::string>{kPlanRule, kApproverRule, kConditionsRule}));
  request_.set_override_reason("井下爆炸");
  EXPECT_EQ(Failed(), (std::vector<std::string>{kPlanRule, kApproverRule}));
  response_.set_approver_post("posts/commander");
  EXPECT_EQ(Failed(), std::vector<std::string>{kPlanRule}) << "the proposal knows its approver";
}

TEST_F(ResponsesTest, EverySoftGuardOfAnAdjustment) {
  Started();
  v1::AdjustResponseRequest adjust;
  const auto failed = [&] {
    std::vector<std::string> rules;
    for (const auto& g : AdjustGuards(response_, adjust, plan_, act_, {})) {
      EXPECT_EQ(g.kind, guard::Kind::kSoft);
      if (!g.passed) rules.push_back(g.rule_id);
    }
    return rules;
  };
  adjust.set_level(1);
  plan_.starts = false;
  EXPECT_TRUE(failed().empty()) << "an extension asks no conditions";
  adjust.set_level(2);
  EXPECT_EQ(failed(), std::vector<std::string>{kConditionsRule});
  adjust.set_override_reason("上级要求");
  EXPECT_TRUE(failed().empty());
  act_.actor.set_post("posts/district-leader");
  EXPECT_EQ(failed(), std::vector<std::string>{kApproverRule});
  plan_.available = false;
  adjust.clear_override_reason();
  EXPECT_EQ(failed(), (std::vector<std::string>{kPlanRule, kApproverRule, kConditionsRule}))
      << "who approves another level only the plan says";
  adjust.set_level(1);
  EXPECT_EQ(failed(), std::vector<std::string>{kApproverRule});
  act_.actor.set_post("posts/commander");
  EXPECT_TRUE(failed().empty()) << "the pinned approver is known without the plan";
}

TEST_F(ResponsesTest, TheMakeUpPinsThePlanThatWasAwayAndIsTheApprovers) {
  const PlanFacts known = plan_;
  plan_ = PlanFacts();
  request_.add_matters("救援");
  request_.add_measures("警戒");
  request_.mutable_expected_period()->set_seconds(60);
  Started();
  EXPECT_EQ(response_.plan_revision(), 0);
  EXPECT_FALSE(MakeUpStart(response_, {}, plan_, act_).ok()) << "plan is still away";
  EXPECT_FALSE(IsMadeUp(kPlanRule, response_, incident_));
  Act other = act_;
  other.actor.set_post("posts/district-leader");
  v1::Response tried = response_;
  EXPECT_EQ(base::ProblemOf(MakeUpStart(tried, {}, known, other)).rule_id(), kApproverRule);
  ASSERT_TRUE(MakeUpStart(response_, {}, known, act_).ok());
  EXPECT_EQ(response_.plan_revision(), 2);
  EXPECT_EQ(response_.approver_post(), "posts/commander");
  for (const char* rule : {kPlanRule, kApproverRule, kConditionsRule, kVerifiedRule}) {
    EXPECT_TRUE(IsMadeUp(rule, response_, incident_)) << rule;
  }
  incident_.set_state(v1::VERIFYING);
  EXPECT_FALSE(IsMadeUp(kVerifiedRule, response_, incident_));
  response_.set_conditions_met(false);
  EXPECT_FALSE(IsMadeUp(kConditionsRule, response_, incident_));
  EXPECT_FALSE(IsMadeUp("report.signature", response_, incident_));
}

TEST_F(ResponsesTest, AnotherLevelIssuesOnlyWhatIsNotOutYet) {
  Started();
  PlanFacts higher = plan_;
  higher.level.set_level(2);
  higher.level.clear_notices();
  higher.level.add_notices()->set_id("on-post");
  higher.level.add_notices()->set_id("stand-by");
  v1::AdjustResponseRequest adjust;
  adjust.set_level(2);
  adjust.set_reason("好转");
  ASSERT_TRUE(Adjust(response_, adjust, higher, act_).ok());
  EXPECT_EQ(response_.level(), 2);
  ASSERT_EQ(response_.notices_to_issue_size(), 1);
  EXPECT_EQ(response_.notices_to_issue(0).id(), "stand-by");
  EXPECT_EQ(response_.level_changes(0).from(), 1);
}

TEST_F(ResponsesTest, TheSameLevelIsAnExtensionAndStatesItsPeriod) {
  Started();
  v1::AdjustResponseRequest adjust;
  adjust.set_level(1);
  EXPECT_EQ(base::ProblemOf(Adjust(response_, adjust, plan_, act_)).field(), "level");
  adjust.mutable_expected_period()->set_seconds(7200);
  ASSERT_TRUE(Adjust(response_, adjust, plan_, act_).ok());
  EXPECT_EQ(base::FromProto(response_.ends_expected_at()), act_.now + absl::Hours(2));
  EXPECT_TRUE(response_.notices_to_issue().empty());
}

TEST_F(ResponsesTest, TheEndLiftsWhatItIssuedAndNothingElse) {
  Started();
  Effect("on-post", "alerts/2026-0001");
  EXPECT_TRUE(response_.notices_to_issue().empty()) << "only the entry of the start issues";
  v1::Response::Effect refused;
  refused.set_id("evacuate");
  refused.set_problem("区域不对");
  RecordEffect(response_, refused);
  v1::HandOverResponseRequest over;
  over.set_body("省指挥部");
  over.set_commander("李四");
  ASSERT_TRUE(HandOver(response_, over, act_).ok());
  EXPECT_EQ(response_.handover().commander(), "李四");
  ASSERT_TRUE(End(response_, "搜救结束", act_).ok());
  ASSERT_EQ(response_.alerts_to_lift_size(), 1);
  EXPECT_EQ(response_.alerts_to_lift(0), "alerts/2026-0001");
  Effect("lift/alerts/2026-0001", "alerts/2026-0001");
  EXPECT_TRUE(AlertsToLift(response_).empty());
  EXPECT_TRUE(response_.alerts_to_lift().empty());
}

// Invariant 11: the reactor was behind when the response ended.
TEST_F(ResponsesTest, Invariant11ANoticeThatComesOutAfterTheEndIsLiftedAtOnce) {
  Started();
  ASSERT_TRUE(End(response_, "误启动", act_).ok());
  EXPECT_TRUE(response_.alerts_to_lift().empty());
  Effect("on-post", "alerts/2026-0001");
  ASSERT_EQ(response_.alerts_to_lift_size(), 1);
  Effect("lift/alerts/2026-0001", "alerts/2026-0001");
  EXPECT_TRUE(response_.alerts_to_lift().empty());
}

TEST_F(ResponsesTest, AProposalIsDeclinedWithAReasonOrStarted) {
  v1::ProposeResponseRequest propose;
  propose.set_plan("plans/mine");
  propose.set_level(1);
  propose.set_reason("失踪人数多");
  response_ = Propose(incident_, propose, "responses/2026-0002", plan_, act_);
  EXPECT_EQ(response_.state(), v1::PROPOSED);
  EXPECT_EQ(response_.approver_post(), "posts/commander");
  v1::Response declined = response_;
  ASSERT_TRUE(Decline(declined, "已由市级启动", act_).ok());
  EXPECT_EQ(declined.state(), v1::DECLINED);
  EXPECT_FALSE(Start(declined, incident_, request_, plan_, act_).ok());
  Started();
  EXPECT_EQ(response_.state(), v1::ACTIVE);
}

}  // namespace
}  // namespace huying::incident::rules
