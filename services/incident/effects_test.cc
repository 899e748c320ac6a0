// SPDX-License-Identifier: Apache-2.0
//
// The reactor: notices are issued once and lifted once, whatever dies in between.
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

// The alert service does what it is asked, and its answer is lost.
class LostAnswers final : public alert::Api {
 public:
  explicit LostAnswers(alert::FakeAlerts& alerts) : alerts_(alerts) {}
  absl::StatusOr<Receipt> IssueNotice(const Context& context,
                                      const alert::v1::IssueNoticeRequest& request) override {
    return Lose(alerts_.IssueNotice(context, request));
  }
  absl::StatusOr<Receipt> LiftAlert(const Context& context,
                                    const alert::v1::LiftAlertRequest& request) override {
    return Lose(alerts_.LiftAlert(context, request));
  }
  absl::StatusOr<alert::v1::GetAlertResponse> GetAlert(
      const Context& c, const alert::v1::GetAlertRequest& r) override {
    return alerts_.GetAlert(c, r);
  }
  absl::StatusOr<alert::v1::ListAlertsResponse> ListAlerts(
      const Context& c, const alert::v1::ListAlertsRequest& r) override {
    return alerts_.ListAlerts(c, r);
  }
  absl::StatusOr<alert::v1::ListRecipientsResponse> ListRecipients(
      const Context& c, const alert::v1::ListRecipientsRequest& r) override {
    return alerts_.ListRecipients(c, r);
  }
  absl::StatusOr<alert::v1::ListEscalationsResponse> ListEscalations(
      const Context& c, const alert::v1::ListEscalationsRequest& r) override {
    return alerts_.ListEscalations(c, r);
  }
  absl::StatusOr<alert::v1::RollUp> GetRollUp(const Context& c,
                                              const alert::v1::GetRollUpRequest& r) override {
    return alerts_.GetRollUp(c, r);
  }

 private:
  static absl::StatusOr<Receipt> Lose(absl::StatusOr<Receipt> answer) {
    if (!answer.ok()) return answer;
    return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "连接中断",
                             "connection lost");
  }
  alert::FakeAlerts& alerts_;
};

class EffectsTest : public IncidentBench {
 protected:
  int InForce() {
    alert::v1::ListAlertsRequest request;
    request.set_in_force_only(true);
    return alerts_.ListAlerts({}, request)->alerts_size();
  }
};

TEST_F(EffectsTest, R6TheStartIssuesTheLevelsNoticesAndTheEndLiftsThem) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  const int64_t seq = ledger_->Head().seq;
  AwaitEffects();
  const auto notices = alerts_.notices();
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices[0].request.request_id(), absl::StrCat("incident/", seq, "/notice/all-on-post"));
  EXPECT_EQ(notices[0].request.refers_to(), response);
  EXPECT_EQ(notices[0].request.case_id(), incident);
  EXPECT_TRUE(notices[0].request.urgent());
  EXPECT_EQ(notices[0].request.target_areas(0), "230407001001") << "the incident's areas";
  EXPECT_EQ(notices[1].request.target_areas(0), "230407001") << "as the plan says";
  EXPECT_EQ(notices[0].request.legal_basis_size(), 2);
  EXPECT_EQ(notices[0].context.actor.person(), "people/commander") << "acting for the approver";
  EXPECT_EQ(notices[0].context.actor.system(), "incident.reactor");
  ASSERT_EQ(Response(response).effects_size(), 2);
  EXPECT_EQ(Response(response).effects(0).result(), notices[0].name);
  EXPECT_EQ(LastEntry().act(), "incident.RecordEffect");
  EXPECT_EQ(LastEntry().case_id(), incident);
  ASSERT_TRUE(EndOf(response).ok());
  AwaitEffects();
  EXPECT_EQ(alerts_.lifted().size(), 2u);
  EXPECT_EQ(InForce(), 0);
  EXPECT_EQ(Response(response).effects_size(), 4);
  EXPECT_THAT(OpenItemRules(), IsEmpty());
}

TEST_F(EffectsTest, KilledInTheMiddleEachNoticeIsIssuedOnce) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  LostAnswers lost(alerts_);
  {
    ledger::ReactorRunner dying(*ledger_, ledger_.clock, ledger_.machine_clock,
                                std::make_unique<ResponseEffects>(lost),
                                {.backoff_min = absl::Milliseconds(1)});
    dying.Start();
    AwaitThat([&] { return dying.Troubles() >= 2; });
    dying.Stop();
  }
  EXPECT_EQ(alerts_.notices().size(), 1u) << "done, and nobody was told";
  EXPECT_EQ(Response(response).effects_size(), 0);
  Restart();
  AwaitEffects();
  EXPECT_EQ(alerts_.notices().size(), 2u);
  EXPECT_EQ(Response(response).effects_size(), 2);
  Restart();
  AwaitEffects();
  EXPECT_EQ(alerts_.notices().size(), 2u) << "nothing twice";
}

TEST_F(EffectsTest, ARefusedNoticeIsAnOpenItemAndBlocksNothing) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  alerts_.Refuse(base::Refused(base::Reason::UNKNOWN_AREA, "区域不存在", "no such area"));
  AwaitEffects();
  EXPECT_EQ(alerts_.notices().size(), 1u);
  EXPECT_EQ(Response(response).effects(0).problem(), "区域不存在");
  EXPECT_EQ(Response(response).effects(1).result(), alerts_.notices()[0].name);
  EXPECT_THAT(OpenItemRules(), Contains("response.effect-refused"));
}

TEST_F(EffectsTest, WhileAlertDoesNotAnswerItIsTriedAgain) {
  const std::string incident = Confirmed();
  alerts_.SetDown(true);
  const std::string response = Activated(incident);
  StartReactor();
  AwaitThat([&] { return reactor_->Troubles() >= 3; });
  EXPECT_THAT(alerts_.notices(), IsEmpty());
  alerts_.SetDown(false);
  AwaitEffects();
  EXPECT_EQ(alerts_.notices().size(), 2u);
  EXPECT_EQ(Response(response).effects_size(), 2);
}

// Invariant 11: the response ended before the reactor had issued anything.
TEST_F(EffectsTest, Invariant11NothingIsInForceAfterAnEndThatOvertookTheStart) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  ASSERT_TRUE(EndOf(response).ok());
  AwaitEffects();
  EXPECT_EQ(alerts_.notices().size(), 2u);
  EXPECT_EQ(alerts_.lifted().size(), 2u);
  EXPECT_EQ(InForce(), 0);
}

TEST_F(EffectsTest, AnotherLevelIssuesAndAssignsOnlyWhatIsNotThereYet) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident, 2);
  AwaitEffects();
  EXPECT_EQ(alerts_.notices().size(), 1u);
  EXPECT_EQ(Response(response).tasks_size(), 4);
  v1::AdjustResponseRequest adjust;
  adjust.set_name(response);
  adjust.set_level(1);
  adjust.set_reason("失踪人数超过三十人");
  ASSERT_TRUE(Do(&IncidentService::AdjustResponse, adjust, "posts/commander").ok());
  AwaitEffects();
  ASSERT_EQ(alerts_.notices().size(), 2u);
  EXPECT_EQ(alerts_.notices()[1].request.title(), "矿区周边群众疏散安置");
  EXPECT_EQ(Response(response).tasks_size(), 6);
  // A later command of another kind is no occasion to issue anything again.
  v1::HandOverResponseRequest over;
  over.set_name(response);
  over.set_body("省指挥部");
  over.set_commander("李四");
  ASSERT_TRUE(Do(&IncidentService::HandOverResponse, over, "posts/commander").ok());
  AwaitEffects();
  EXPECT_EQ(alerts_.notices().size(), 2u);
}

TEST_F(EffectsTest, AnAlertThatAPersonLiftedBeforeIsNoTrouble) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident, 2);
  AwaitEffects();
  ASSERT_TRUE(EndOf(response).ok());
  alerts_.Refuse(base::Refused(base::Reason::ILLEGAL_TRANSITION, "已解除", "lifted before"));
  AwaitEffects();
  EXPECT_THAT(OpenItemRules(), IsEmpty());
  EXPECT_TRUE(rules::AlertsToLift(Response(response)).empty());
}

TEST_F(EffectsTest, EntriesWithoutAResponseAskForNothing) {
  ResponseEffects effects(alerts_);
  ledger::StoredEntry stored;
  EXPECT_THAT(effects.StepsFor(stored), IsEmpty());
  stored.entry.add_changes()->set_kind("incident");
  EXPECT_THAT(effects.StepsFor(stored), IsEmpty());
}

}  // namespace
}  // namespace huying::incident
