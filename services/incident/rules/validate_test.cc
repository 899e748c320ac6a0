// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/validate.h"

#include <functional>

#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

template <typename Request>
struct Row {
  std::function<void(Request&)> spoil;
  std::string field;
  Reason reason;
};
template <typename Request, typename Validate>
void Walk(const Request& good, const std::vector<Row<Request>>& rows, Validate validate) {
  ASSERT_TRUE(validate(good).ok()) << validate(good);
  for (size_t i = 0; i < rows.size(); ++i) {
    Request request = good;
    rows[i].spoil(request);
    const base::Problem problem = base::ProblemOf(validate(request));
    EXPECT_EQ(problem.field(), rows[i].field) << i;
    EXPECT_EQ(problem.reason(), rows[i].reason) << i;
  }
}

TEST(Validate, AnIntakeWantsATitleAndAnArea) {
  using R = v1::TakeIntakeRequest;
  R good;
  good.set_title("新兴煤矿瓦斯爆炸");
  good.set_area("230407001");
  Walk<R>(
      good,
      {{[](R& r) { r.clear_title(); }, "title", Reason::FIELD_MISSING},
       {[](R& r) { r.clear_area(); }, "area", Reason::FIELD_MISSING},
       {[](R& r) { r.set_area("2304"); }, "area", Reason::UNKNOWN_AREA},
       {[](R& r) { r.set_area("23040700a"); }, "area", Reason::UNKNOWN_AREA},
       {[](R& r) { r.set_event_class(static_cast<v1::EventClass>(9)); }, "event_class",
        Reason::UNKNOWN_ENUM_VALUE},
       {[](R& r) { *r.mutable_occurred_at() = base::ToProto(kNow + absl::Minutes(6)); },
        "occurred_at", Reason::FIELD_INVALID},
       {[](R& r) { r.mutable_figures()->set_dead(-1); }, "figures.dead", Reason::FIELD_INVALID}},
      [](const R& r) { return ValidateIntake(r, kNow); });
  EXPECT_EQ(PaddedArea("230407"), "230407000000");
  EXPECT_EQ(PaddedArea("230407001001"), "230407001001");
}

TEST(Validate, AConfirmation) {
  using R = v1::ConfirmIncidentRequest;
  R good;
  good.set_name("incidents/2026-0007");
  good.add_areas("230407001");
  Walk<R>(good,
          {{[](R& r) { r.set_name("2026-0007"); }, "name", Reason::FIELD_INVALID},
           {[](R& r) { r.set_areas(0, "x"); }, "areas[0]", Reason::UNKNOWN_AREA},
           {[](R& r) { r.set_event_class(static_cast<v1::EventClass>(-1)); }, "event_class",
            Reason::UNKNOWN_ENUM_VALUE}},
          [](const R& r) { return ValidateConfirm(r); });
}

TEST(Validate, ADraftNamesItsChainKindAndReceivers) {
  using R = v1::DraftReportRequest;
  R good;
  good.set_incident("incidents/2026-0007");
  good.set_chain(v1::GOVERNMENT);
  good.set_kind(v1::FIRST);
  good.mutable_content()->add_receivers()->set_body("市政府总值班室");
  const auto correction = [](R& r) {
    r.set_kind(v1::CORRECTION);
    r.set_corrects("incidents/2026-0007/reports/GOVERNMENT-1");
  };
  Walk<R>(good,
          {{[](R& r) { r.clear_chain(); }, "chain", Reason::FIELD_MISSING},
           {[](R& r) { r.set_chain(static_cast<v1::ReportChain>(9)); }, "chain",
            Reason::UNKNOWN_ENUM_VALUE},
           {[](R& r) { r.clear_kind(); }, "kind", Reason::FIELD_MISSING},
           {[](R& r) { r.set_kind(static_cast<v1::ReportKind>(9)); }, "kind",
            Reason::UNKNOWN_ENUM_VALUE},
           {[](R& r) { r.mutable_content()->add_receivers(); }, "content.receivers[1].body",
            Reason::FIELD_MISSING},
           {[](R& r) { r.mutable_content()->mutable_receivers(0)->set_skip_level(true); },
            "content.receivers[0].skip_reason", Reason::FIELD_MISSING},
           {[](R& r) { r.set_kind(v1::CORRECTION); }, "corrects", Reason::FIELD_MISSING},
           {correction, "reason", Reason::FIELD_MISSING}},
          [](const R& r) { return ValidateDraft(r); });
}

TEST(Validate, AnActivationNamesAProposalOrAPlanAndLevel) {
  using R = v1::ActivateResponseRequest;
  R good;
  good.set_incident("incidents/2026-0007");
  good.set_plan("plans/mine");
  good.set_level(1);
  Walk<R>(good,
          {{[](R& r) { r.clear_incident(); }, "incident", Reason::FIELD_MISSING},
           {[](R& r) { r.clear_plan(); }, "plan", Reason::FIELD_MISSING},
           {[](R& r) { r.set_level(5); }, "level", Reason::FIELD_MISSING},
           {[](R& r) { r.set_name("response"); }, "name", Reason::FIELD_INVALID},
           {[](R& r) { r.add_areas("x"); }, "areas[0]", Reason::UNKNOWN_AREA},
           {[](R& r) { r.add_matters(""); }, "matters", Reason::FIELD_MISSING},
           {[](R& r) { r.add_measures(""); }, "measures", Reason::FIELD_MISSING}},
          [](const R& r) { return ValidateActivate(r); });
  R proposal;
  proposal.set_name("responses/2026-0003");
  EXPECT_TRUE(ValidateActivate(proposal).ok());
}

// R53: executor, goal and deadline are demanded; feedback when it is done.
TEST(Validate, R53ATaskWithoutOneOfItsFactsIsRefused) {
  using R = v1::AssignTaskRequest;
  R good;
  good.set_response("responses/2026-0003");
  good.set_executor_unit("units/police");
  good.set_goal("警戒");
  *good.mutable_deadline() = base::ToProto(kNow + absl::Hours(1));
  Walk<R>(good,
          {{[](R& r) { r.clear_executor_unit(); }, "executor_unit", Reason::FIELD_MISSING},
           {[](R& r) { r.clear_goal(); }, "goal", Reason::FIELD_MISSING},
           {[](R& r) { r.clear_deadline(); }, "deadline", Reason::FIELD_MISSING},
           {[](R& r) { *r.mutable_deadline() = base::ToProto(kNow); }, "deadline",
            Reason::PAST_DEADLINE}},
          [](const R& r) { return ValidateTask(r, kNow); });
  R bad = good;
  bad.clear_goal();
  EXPECT_EQ(base::ProblemOf(ValidateTask(bad, kNow)).rule_id(), "task.four-facts");
}

}  // namespace
}  // namespace huying::incident::rules
