// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/lint.h"

#include <algorithm>
#include <functional>

#include "gtest/gtest.h"
#include "services/plan/rules/condition.h"

namespace huying::plan::rules {
namespace {

v1::Plan Good() {
  v1::Plan plan;
  plan.set_name("plans/snow");
  plan.set_title("暴雪应急预案");
  plan.set_type(v1::SPECIAL);
  plan.set_tier(common::v1::DISTRICT);
  plan.add_classes("NATURAL");
  plan.set_commander_post("posts/commander");
  auto* basis = plan.add_legal_basis();
  basis->set_kind(common::v1::LegalBasis::LAW);
  basis->set_title("突发事件应对法");
  v1::ResponseLevel* level = plan.add_levels();
  level->set_level(4);
  level->set_approver_post("posts/commander");
  *level->mutable_start() = *ParseComparison("affected >= 10");
  *level->mutable_end() = *ParseComparison("controlled == true");
  level->add_matters("除雪");
  level->add_measures("出动机械");
  level->mutable_expected_period()->set_seconds(3600);
  v1::NoticeTemplate* notice = level->add_notices();
  notice->set_id("inform");
  notice->set_title("除雪");
  notice->set_text("请上路除雪");
  notice->add_areas("230407001");
  v1::TaskTemplate* task = level->add_tasks();
  task->set_id("roads");
  task->set_unit("units/city");
  task->set_post("posts/city");
  task->set_action("清扫");
  task->mutable_within()->set_seconds(60);
  return plan;
}

const LintProblem* Find(const std::vector<LintProblem>& problems, const std::string& field) {
  const auto it = std::find_if(problems.begin(), problems.end(),
                               [&](const LintProblem& p) { return p.field == field; });
  return it == problems.end() ? nullptr : &*it;
}

TEST(Lint, ACompletePlanHasNoProblem) {
  for (const auto& problem : Lint(Good())) ADD_FAILURE() << problem.field << " " << problem.en;
}

// R2, R3: everything a plan must say, left out one by one.
TEST(Lint, R2R3WhatAPlanMustSayIsMissedWhenItIsLeftOut) {
  struct Row {
    std::string field;
    bool is_error;
    std::function<void(v1::Plan&)> spoil;
  };
  const auto level = [](v1::Plan& p) { return p.mutable_levels(0); };
  const std::vector<Row> rows = {
      {"plan", true, [](v1::Plan& p) { p.clear_name(); }},
      {"plan", true, [](v1::Plan& p) { p.set_name("plans/Snow 1"); }},
      {"title", true, [](v1::Plan& p) { p.clear_title(); }},
      {"type", true, [](v1::Plan& p) { p.clear_type(); }},
      {"tier", true, [](v1::Plan& p) { p.clear_tier(); }},
      {"classes", true, [](v1::Plan& p) { p.clear_classes(); }},
      {"levels", true, [](v1::Plan& p) { p.clear_levels(); }},
      {"parent", true, [](v1::Plan& p) { p.set_type(v1::COMMUNITY_PLAN); }},
      {"parent", true, [](v1::Plan& p) { p.set_tier(common::v1::SUBDISTRICT); }},
      {"parent", true, [](v1::Plan& p) { p.set_parent("overall"); }},
      {"commander", false, [](v1::Plan& p) { p.clear_commander_post(); }},
      {"legal_basis", false, [](v1::Plan& p) { p.clear_legal_basis(); }},
      {"legal_basis[0].kind", true, [](v1::Plan& p) { p.mutable_legal_basis(0)->clear_kind(); }},
      {"levels[0].level", true, [&](v1::Plan& p) { level(p)->set_level(0); }},
      {"levels[1].level", true, [](v1::Plan& p) { *p.add_levels() = p.levels(0); }},
      {"levels[0].approver", true, [&](v1::Plan& p) { level(p)->clear_approver_post(); }},
      {"levels[0].start", true, [&](v1::Plan& p) { level(p)->clear_start(); }},
      {"levels[0].end", true, [&](v1::Plan& p) { level(p)->clear_end(); }},
      {"levels[0].end", true, [&](v1::Plan& p) { level(p)->mutable_end()->clear_compare(); }},
      {"levels[0].tasks", true, [&](v1::Plan& p) { level(p)->clear_tasks(); }},
      {"levels[0].matters", false, [&](v1::Plan& p) { level(p)->clear_matters(); }},
      {"levels[0].measures", false, [&](v1::Plan& p) { level(p)->clear_measures(); }},
      {"levels[0].expected_period", false, [&](v1::Plan& p) { level(p)->clear_expected_period(); }},
      {"levels[0].tasks[0].id", true, [&](v1::Plan& p) { level(p)->mutable_tasks(0)->clear_id(); }},
      // Capitals are the ids of tasks that are added while the response runs.
      {"levels[0].tasks[0].id", true,
       [&](v1::Plan& p) { level(p)->mutable_tasks(0)->set_id("A1"); }},
      {"levels[0].tasks[1].id", true,
       [&](v1::Plan& p) { *level(p)->add_tasks() = p.levels(0).tasks(0); }},
      {"levels[0].tasks[0].unit", true,
       [&](v1::Plan& p) { level(p)->mutable_tasks(0)->clear_unit(); }},
      {"levels[0].tasks[0].action", true,
       [&](v1::Plan& p) { level(p)->mutable_tasks(0)->clear_action(); }},
      {"levels[0].tasks[0].within", true,
       [&](v1::Plan& p) { level(p)->mutable_tasks(0)->clear_within(); }},
      {"levels[0].tasks[0].post", false,
       [&](v1::Plan& p) { level(p)->mutable_tasks(0)->clear_post(); }},
      {"levels[0].notices[0].text", true,
       [&](v1::Plan& p) { level(p)->mutable_notices(0)->clear_text(); }},
      {"levels[0].notices[0].title", true,
       [&](v1::Plan& p) { level(p)->mutable_notices(0)->clear_title(); }},
      {"levels[0].notices[0].title", true,
       [&](v1::Plan& p) { level(p)->mutable_notices(0)->set_title(std::string(41, 'x')); }},
      {"levels[0].notices[0].areas[0]", true,
       [&](v1::Plan& p) { level(p)->mutable_notices(0)->set_areas(0, "2304"); }},
  };
  for (const Row& row : rows) {
    v1::Plan plan = Good();
    row.spoil(plan);
    const auto problems = Lint(plan);
    const LintProblem* found = Find(problems, row.field);
    ASSERT_NE(found, nullptr) << row.field;
    EXPECT_EQ(found->is_error, row.is_error) << row.field;
    EXPECT_EQ(problems.size(), 1u) << row.field;
  }
}

TEST(Lint, ATitleOfFortyChineseCharactersFits) {
  v1::Plan plan = Good();
  std::string title;
  for (int i = 0; i < 40; ++i) title += "雪";
  plan.mutable_levels(0)->mutable_notices(0)->set_title(title);
  EXPECT_TRUE(Lint(plan).empty());
}

}  // namespace
}  // namespace huying::plan::rules
