// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/incidents.h"

#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

using base::Reason;

class IncidentsTest : public ::testing::Test {
 protected:
  IncidentsTest() {
    act_.actor.set_person("people/duty");
    act_.now = act_.received_at = absl::FromUnixSeconds(1'800'000'000);
    v1::TakeIntakeRequest request;
    request.set_title("瓦斯爆炸");
    request.set_area("230407001000");
    request.set_event_class(v1::ACCIDENT);
    request.mutable_figures()->set_missing(139);
    incident_ = TakeIn(request, "incidents/2026-0001", {}, act_);
  }
  void Confirmed(const std::string& lead = "units/emergency") {
    ASSERT_TRUE(TakeOver(incident_, act_).ok());
    v1::ConfirmIncidentRequest request;
    request.set_lead_department(lead);
    ASSERT_TRUE(Confirm(incident_, request, {}, act_).ok());
  }
  Act act_;
  v1::Incident incident_;
};

TEST_F(IncidentsTest, AnIntakeIsGradedFromTheFirstMinute) {
  EXPECT_EQ(incident_.state(), v1::REPORTED);
  EXPECT_EQ(incident_.level(), v1::LEVEL_I);
  EXPECT_EQ(incident_.level_history_size(), 1);
  EXPECT_EQ(incident_.figures_history_size(), 1);
  EXPECT_EQ(incident_.taken_by().person(), "people/duty");
}

TEST_F(IncidentsTest, R60WithoutALeadDepartmentItIsConfirmedAllTheSameWithAnAlarm) {
  Confirmed("");
  EXPECT_EQ(incident_.state(), v1::CONFIRMED);
  EXPECT_TRUE(incident_.lead_department_alarm());
  ASSERT_TRUE(SetLead(incident_, "units/emergency").ok());
  EXPECT_FALSE(incident_.lead_department_alarm());
}

TEST_F(IncidentsTest, AClassIsDemandedWhenItIsConfirmed) {
  ASSERT_TRUE(TakeOver(incident_, act_).ok());
  incident_.clear_event_class();
  const std::string before = incident_.SerializeAsString();
  const auto status = Confirm(incident_, v1::ConfirmIncidentRequest(), {}, act_);
  EXPECT_EQ(base::ProblemOf(status).field(), "event_class");
  EXPECT_EQ(incident_.SerializeAsString(), before);
}

TEST_F(IncidentsTest, R41WhatACommunityBeganBeforeTheVerificationCountsAtTheConfirmation) {
  ASSERT_TRUE(Handle(incident_, "组织撤离", act_).ok());
  EXPECT_EQ(incident_.state(), v1::REPORTED);
  EXPECT_EQ(incident_.first_handling(), "组织撤离");
  Confirmed();
  EXPECT_EQ(incident_.state(), v1::HANDLING);
  ASSERT_TRUE(Handle(incident_, "设警戒线", act_).ok());
  EXPECT_EQ(incident_.first_handling(), "组织撤离");
  EXPECT_EQ(incident_.handlings_size(), 2);
}

TEST_F(IncidentsTest, ASecondPersonAgreesOrItIsMadeUpByAnother) {
  v1::RejectIncidentRequest request;
  request.set_reason("误报");
  request.set_second_person("people/leader");
  EXPECT_FALSE(SecondPersonGuard(incident_, act_, {}).passed) << "naming him is no agreement";
  ASSERT_TRUE(TakeOver(incident_, act_).ok());
  v1::Incident alone = incident_;
  Act other = act_;
  other.actor.set_person("people/leader");
  ASSERT_TRUE(ProposeRejection(incident_, request, act_).ok());
  EXPECT_EQ(incident_.state(), v1::VERIFYING);
  EXPECT_FALSE(SecondPersonGuard(incident_, act_, {}).passed) << "the same person";
  EXPECT_TRUE(SecondPersonGuard(incident_, other, {}).passed);
  ASSERT_TRUE(Reject(incident_, {}, other).ok());
  EXPECT_EQ(incident_.closer().person(), "people/duty");
  EXPECT_EQ(incident_.second_person(), "people/leader");
  EXPECT_EQ(incident_.close_reason(), "误报");
  EXPECT_FALSE(AgreesToRejection(incident_, other)) << "he has";
  ASSERT_TRUE(Reject(alone, request, act_).ok());
  EXPECT_TRUE(alone.second_person().empty()) << "who was only named has not agreed";
  EXPECT_FALSE(AgreesToRejection(alone, act_));
  EXPECT_TRUE(AgreesToRejection(alone, other));
}

TEST_F(IncidentsTest, TheSecondPersonIsAnotherPostOrPerson) {
  act_.actor.set_post("posts/district-duty");
  for (const char* good : {"posts/emergency-duty", "people/leader"}) {
    EXPECT_TRUE(CheckSecondPerson(good, act_.actor).ok()) << good;
  }
  for (const char* own : {"people/duty", "posts/district-duty"}) {
    EXPECT_EQ(base::ProblemOf(CheckSecondPerson(own, act_.actor)).reason(), Reason::SAME_PERSON);
  }
  for (const char* bad : {"x", "王某", "posts/", "units/emergency"}) {
    const base::Problem problem = base::ProblemOf(CheckSecondPerson(bad, act_.actor));
    EXPECT_EQ(problem.field(), "second_person") << bad;
    EXPECT_EQ(problem.rule_id(), kSecondPersonRule);
  }
}

TEST_F(IncidentsTest, WhatIsDoneOnTheGroundEndsAProposalToReject) {
  ASSERT_TRUE(TakeOver(incident_, act_).ok());
  v1::RejectIncidentRequest request;
  request.set_reason("误报");
  ASSERT_TRUE(ProposeRejection(incident_, request, act_).ok());
  ASSERT_TRUE(Handle(incident_, "撤离", act_).ok());
  EXPECT_FALSE(incident_.has_pending_rejection());
}

TEST_F(IncidentsTest, ANumberThatGoesDownWantsAReason) {
  v1::Figures figures;
  figures.set_dead(42);
  figures.set_missing(66);
  auto refused = RecordFigures(incident_, figures, "", {}, act_);
  EXPECT_EQ(base::ProblemOf(refused.status()).field(), "reason");
  EXPECT_EQ(incident_.figures().missing(), 139);
  auto outcome = RecordFigures(incident_, figures, "31 人自行升井", {}, act_);
  ASSERT_TRUE(outcome.ok());
  EXPECT_FALSE(outcome->level_changed);
  EXPECT_EQ(incident_.figures_history(1).reason(), "31 人自行升井");
}

TEST_F(IncidentsTest, AfterThirtyDaysTheFiguresAreKeptAndTheLevelStays) {
  v1::Figures figures = incident_.figures();
  figures.set_missing(139);
  figures.set_dead(1);
  *incident_.mutable_occurred_at() = base::ToProto(act_.now);
  incident_.set_level(v1::LEVEL_II);
  Act later = act_;
  later.now = later.received_at = act_.now + absl::Hours(24 * 30);
  v1::Incident in_time = incident_;
  auto outcome = RecordFigures(in_time, figures, "", {}, later);
  ASSERT_TRUE(outcome.ok());
  EXPECT_FALSE(outcome->window_over) << "to the second";
  EXPECT_EQ(in_time.level(), v1::LEVEL_I);
  later.now = later.received_at = act_.now + absl::Hours(24 * 30) + absl::Seconds(1);
  outcome = RecordFigures(incident_, figures, "", {}, later);
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome->window_over);
  EXPECT_EQ(incident_.level(), v1::LEVEL_II);
  EXPECT_EQ(incident_.figures().dead(), 1);
}

TEST_F(IncidentsTest, ItEndsOnlyWhenEveryResponseHas) {
  Confirmed();
  ASSERT_TRUE(Respond(incident_, "responses/2026-0001", act_).ok());
  EXPECT_EQ(incident_.state(), v1::HANDLING);
  ASSERT_TRUE(Control(incident_, "明火已灭", act_).ok());
  const base::Problem refused = base::ProblemOf(End(incident_, "", act_));
  EXPECT_EQ(refused.rule_id(), "incident.responses-ended");
  EXPECT_EQ(incident_.state(), v1::CONTROLLED);
  incident_.clear_open_responses();
  ASSERT_TRUE(End(incident_, "搜救结束", act_).ok());
  EXPECT_EQ(incident_.state(), v1::ENDED);
}

TEST_F(IncidentsTest, ANewResponseOfAControlledIncidentSaysThatItIsNot) {
  Confirmed();
  ASSERT_TRUE(Handle(incident_, "x", act_).ok());
  ASSERT_TRUE(Control(incident_, "明火已灭", act_).ok());
  ASSERT_TRUE(Respond(incident_, "responses/2026-0002", act_).ok());
  EXPECT_EQ(incident_.state(), v1::HANDLING);
  EXPECT_FALSE(incident_.has_controlled_at());
  ASSERT_TRUE(Control(incident_, "明火已灭", act_).ok());
  ASSERT_TRUE(Relapse(incident_, "复燃").ok());
  EXPECT_EQ(incident_.state(), v1::HANDLING);
}

TEST_F(IncidentsTest, WhatWasTransferredMayComeBack) {
  v1::TransferIncidentRequest request;
  request.set_to("邻区");
  request.set_receipt("收文 12");
  ASSERT_TRUE(Transfer(incident_, request, act_).ok());
  EXPECT_EQ(incident_.transfer_receipt(), "收文 12");
  ASSERT_TRUE(TakeOver(incident_, act_).ok());
  EXPECT_EQ(incident_.state(), v1::VERIFYING);
  EXPECT_TRUE(incident_.transferred_to().empty());
}

}  // namespace
}  // namespace huying::incident::rules
