// SPDX-License-Identifier: Apache-2.0
//
// From the call to the confirmation, figures and levels.
#include <filesystem>

#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using base::Reason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class IntakeTest : public IncidentBench {};

TEST_F(IntakeTest, R41ACommunityTakesAnIntakeThatIsGradedAndClockedFromTheFirstMinute) {
  const std::string name = TakeIn();
  const v1::Incident incident = Incident(name);
  EXPECT_EQ(incident.state(), v1::REPORTED);
  EXPECT_EQ(incident.level(), v1::LEVEL_I);
  EXPECT_THAT(incident.chains(), ElementsAre(v1::GOVERNMENT, v1::WORK_SAFETY, v1::MINE_SAFETY));
  EXPECT_THAT(incident.area_ancestors(), ElementsAre("230407001000", "230407000000"));
  std::vector<std::string> clocks;
  for (const auto& clock : All(duty::kObligations)) {
    clocks.push_back(clock.name().substr(clock.name().rfind('/') + 1));
    EXPECT_EQ(base::FromProto(clock.start_at()), base::FromProto(incident.received_at()));
  }
  EXPECT_THAT(clocks, UnorderedElementsAre(
                          "incident.verify", "report.first-oral-GOVERNMENT",
                          "report.first-written-GOVERNMENT", "report.accident-chain-WORK_SAFETY",
                          "report.first-oral-MINE_SAFETY", "report.first-written-MINE_SAFETY"));
  EXPECT_FALSE(Clock(name, "report.accident-chain-WORK_SAFETY").project_default());
  const platform::v1::Entry entry = LastEntry();
  EXPECT_EQ(entry.case_id(), name);
  EXPECT_THAT(entry.channels(),
              UnorderedElementsAre("down:230407001001", "up:230407001001", "up:230407001000",
                                   "up:230407000000", "post:posts/district-duty"));
}

TEST_F(IntakeTest, AReporterThatComesSealedIsNotTakenAsSealed) {
  v1::TakeIntakeRequest request;
  request.set_title("险情");
  request.set_area("230407001001");
  request.mutable_reporter()->mutable_sealed()->set_dossier("incidents/another");
  const auto taken = Do(&IncidentService::TakeIntake, request, "posts/pingan-duty");
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_FALSE(Incident(taken->name()).reporter().has_sealed());
  v1::GetIncidentRequest get;
  get.set_name(taken->name());
  const auto answer = service_->GetIncident(directory_.As("posts/district-duty"), get);
  EXPECT_TRUE(answer.ok()) << answer.status();
}

TEST_F(IntakeTest, TheReporterIsSealedBeforeTheDecisionAndMaskedInAnswers) {
  const std::string name = TakeIn();
  EXPECT_TRUE(Incident(name).reporter().person_name().empty());
  EXPECT_TRUE(Incident(name).reporter().has_sealed());
  v1::GetIncidentRequest request;
  request.set_name(name);
  auto answer = service_->GetIncident(directory_.As("posts/district-duty"), request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->incident().reporter().person_name(), "王*");
  EXPECT_EQ(answer->incident().reporter().phone(), "138****0001");
  for (const auto& file : std::filesystem::directory_iterator(ledger_.folder())) {
    std::ifstream stream(file.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << stream.rdbuf();
    EXPECT_EQ(bytes.str().find("13812340001"), std::string::npos) << file.path();
    EXPECT_EQ(bytes.str().find("王小明"), std::string::npos) << file.path();
  }
}

TEST_F(IntakeTest, AnUnknownAreaIsRefusedAndASilentDirectoryIsNot) {
  v1::TakeIntakeRequest request;
  request.set_title("火灾");
  request.set_area("230499");
  EXPECT_EQ(base::ProblemOf(Do(&IncidentService::TakeIntake, request, "posts/pingan-duty").status())
                .reason(),
            Reason::UNKNOWN_AREA);
  directory_.SetDown(true);
  request.set_area("230407001001");
  auto receipt = Do(&IncidentService::TakeIntake, request, "posts/pingan-duty");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_TRUE(HasFlag(*receipt, "incident.area-unchecked"));
}

// Invariant 15.
TEST_F(IntakeTest, Invariant15ARetriedIntakeIsOneIncident) {
  v1::TakeIntakeRequest request;
  request.set_request_id("r1");
  request.set_title("火灾");
  request.set_area("230407001001");
  auto first = Do(&IncidentService::TakeIntake, request, "posts/pingan-duty");
  auto again = Do(&IncidentService::TakeIntake, request, "posts/pingan-duty");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->name(), again->name());
  EXPECT_EQ(All(kIncidents).size(), 1u);
}

TEST_F(IntakeTest, R60AConfirmedIncidentWithoutLeadDepartmentIsAnAlarmWithADeadline) {
  const std::string name = Confirmed(139, "");
  EXPECT_EQ(Incident(name).state(), v1::CONFIRMED);
  EXPECT_TRUE(Incident(name).lead_department_alarm());
  EXPECT_EQ(Clock(name, "incident.lead-department").state(), duty::Obligation::RUNNING);
  EXPECT_EQ(Clock(name, "incident.verify").state(), duty::Obligation::MET);
  Advance(absl::Minutes(31));
  EXPECT_EQ(Clock(name, "incident.lead-department").state(), duty::Obligation::OVERDUE);
  EXPECT_THAT(OverdueRules(), Contains("incident.lead-department"));
  v1::SetLeadDepartmentRequest lead;
  lead.set_name(name);
  lead.set_unit("units/emergency");
  ASSERT_TRUE(Do(&IncidentService::SetLeadDepartment, lead, "posts/district-duty").ok());
  EXPECT_FALSE(Incident(name).lead_department_alarm());
  EXPECT_EQ(Clock(name, "incident.lead-department").state(), duty::Obligation::MET_LATE);
}

TEST_F(IntakeTest, SilenceAfterAnIntakeIsSeen) {
  const std::string name = TakeIn();
  Advance(absl::Minutes(16));
  EXPECT_EQ(Clock(name, "incident.verify").state(), duty::Obligation::OVERDUE);
  EXPECT_THAT(OverdueRules(), ElementsAre("incident.verify"));
  EXPECT_EQ(LastEntry().case_id(), name);
}

TEST_F(IntakeTest, ASecondPersonAgreesThatItIsNotTrueOrMakesItUp) {
  const std::string name = TakeIn(0);
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::RejectIncidentRequest reject;
  reject.set_name(name);
  reject.set_reason("误报");
  auto alone = Do(&IncidentService::RejectIncident, reject, "posts/district-duty");
  EXPECT_EQ(base::ProblemOf(alone.status()).reason(), Reason::GUARD_NEEDS_URGENCY);
  *reject.mutable_urgency() = Urgent();
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/district-duty").ok());
  EXPECT_EQ(Incident(name).state(), v1::REJECTED);
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::CANCELLED);
  const std::string row = duty::NameOf(name, "incident.reject-second-person");
  EXPECT_EQ(MakeUp(row), duty::Obligation::RUNNING);
  EXPECT_FALSE(Do(&IncidentService::RejectIncident, reject, "posts/district-duty").ok())
      << "the same person again";
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/emergency-duty").ok());
  EXPECT_EQ(MakeUp(row), duty::Obligation::MET);
  EXPECT_EQ(Incident(name).second_person(), "people/emergency-duty");
}

TEST_F(IntakeTest, WhoIsNamedAsSecondPersonAgreesByAnActOfHisOwn) {
  const std::string name = TakeIn(0);
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::RejectIncidentRequest reject;
  reject.set_name(name);
  reject.set_reason("误报");
  const auto refused = [&](const char* second) {
    reject.set_second_person(second);
    return base::ProblemOf(
        Do(&IncidentService::RejectIncident, reject, "posts/district-duty").status());
  };
  EXPECT_EQ(refused("x").field(), "second_person");
  EXPECT_EQ(refused("posts/nobody").reason(), Reason::UNKNOWN_REFERENCE);
  EXPECT_EQ(refused("posts/district-duty").reason(), Reason::SAME_PERSON);
  reject.set_second_person("posts/emergency-duty");
  auto proposed = Do(&IncidentService::RejectIncident, reject, "posts/district-duty");
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_TRUE(HasFlag(*proposed, "incident.rejection-pending"));
  EXPECT_EQ(Incident(name).state(), v1::VERIFYING);
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT").state(), duty::Obligation::RUNNING)
      << "nothing stops";
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/district-duty").ok());
  EXPECT_EQ(Incident(name).state(), v1::VERIFYING) << "the same person twice is one";
  reject.clear_second_person();
  auto agreed = Do(&IncidentService::RejectIncident, reject, "posts/emergency-duty");
  ASSERT_TRUE(agreed.ok()) << agreed.status();
  EXPECT_EQ(Incident(name).state(), v1::REJECTED);
  EXPECT_EQ(Incident(name).closer().person(), "people/district-duty");
  EXPECT_EQ(Incident(name).second_person(), "people/emergency-duty");
  EXPECT_TRUE(Owed(duty::Obligation::MAKE_UP).empty());
}

// The row of the second one has a number behind its name.
TEST_F(IntakeTest, ASecondRejectionInUrgencyIsMadeUpAsTheFirst) {
  const std::string name = TakeIn(0);
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::RejectIncidentRequest reject;
  reject.set_name(name);
  reject.set_reason("误报");
  *reject.mutable_urgency() = Urgent();
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/district-duty").ok());
  v1::StartFirstHandlingRequest handle;
  handle.set_name(name);
  handle.set_action("组织撤离");
  ASSERT_TRUE(Do(&IncidentService::StartFirstHandling, handle, "posts/pingan-duty").ok());
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/district-duty").ok());
  const std::string row = duty::NameOf(name, "incident.reject-second-person");
  EXPECT_EQ(MakeUp(row), duty::Obligation::RUNNING);
  EXPECT_EQ(MakeUp(row + "-2"), duty::Obligation::RUNNING);
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/emergency-duty").ok());
  EXPECT_EQ(MakeUp(row), duty::Obligation::MET);
  EXPECT_EQ(MakeUp(row + "-2"), duty::Obligation::MET);
  EXPECT_TRUE(Incident(name).open_make_ups().empty());
}

TEST_F(IntakeTest, R41FirstHandlingIsNeverBlockedAndAContradictionOpensTheQuestionAgain) {
  const std::string name = TakeIn(0);
  v1::StartFirstHandlingRequest handle;
  handle.set_name(name);
  handle.set_action("组织撤离");
  ASSERT_TRUE(Do(&IncidentService::StartFirstHandling, handle, "posts/pingan-duty").ok());
  EXPECT_EQ(Incident(name).state(), v1::REPORTED);
  auto sibling = Do(&IncidentService::StartFirstHandling, handle, "posts/dongxing-duty");
  ASSERT_TRUE(sibling.ok()) << sibling.status();
  EXPECT_TRUE(HasFlag(*sibling, "incident.handling-outside-area"));
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::RejectIncidentRequest reject;
  reject.set_name(name);
  reject.set_reason("误报");
  reject.set_second_person("people/emergency-duty");
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/district-duty").ok());
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/emergency-duty").ok());
  directory_.SetDown(true);
  ASSERT_TRUE(Do(&IncidentService::StartFirstHandling, handle, "posts/pingan-duty").ok());
  EXPECT_EQ(Incident(name).state(), v1::VERIFYING);
  EXPECT_EQ(Clock(name, "incident.verify-2").state(), duty::Obligation::RUNNING);
  EXPECT_EQ(Clock(name, "report.first-oral-GOVERNMENT-2").state(), duty::Obligation::RUNNING);
  EXPECT_THAT(OpenItemRules(), ElementsAre("incident.handling-after-rejection"));
}

TEST_F(IntakeTest, APostOfAnotherAreaIsDeniedAndTheDenialIsKept) {
  const std::string name = Confirmed();
  const int64_t head = ledger_->Head().seq;
  v1::RecordFiguresRequest figures;
  figures.set_name(name);
  figures.mutable_figures()->set_missing(140);
  auto denied = Do(&IncidentService::RecordFigures, figures, "posts/dongxing-duty");
  EXPECT_EQ(base::ProblemOf(denied.status()).reason(), Reason::OUTSIDE_AREA);
  EXPECT_EQ(Incident(name).figures().missing(), 139);
  EXPECT_EQ(ledger_->Head().seq, head + 1);
  EXPECT_TRUE(LastEntry().has_refusal());
  EXPECT_EQ(LastEntry().case_id(), name);
  // The same without directory: the token's own area decides.
  directory_.SetDown(true);
  EXPECT_FALSE(Do(&IncidentService::RecordFigures, figures, "posts/dongxing-duty").ok());
  auto own = Do(&IncidentService::RecordFigures, figures, "posts/lingbei-duty");
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_TRUE(HasFlag(*own, "incident.competence.unchecked"));
}

TEST_F(IntakeTest, ATransferMayComeBack) {
  const std::string name = TakeIn(0);
  v1::TransferIncidentRequest transfer;
  transfer.set_name(name);
  transfer.set_to("邻区");
  transfer.set_receipt("收文 12");
  ASSERT_TRUE(Do(&IncidentService::TransferIncident, transfer, "posts/district-duty").ok());
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  EXPECT_EQ(Incident(name).state(), v1::VERIFYING);
  EXPECT_EQ(Clock(name, "incident.verify-2").state(), duty::Obligation::RUNNING);
}

TEST_F(IntakeTest, ALevelIsRaisedWithAReasonAndLoweredByASuperiorOnly) {
  const std::string name = Confirmed(12);
  v1::SetLevelRequest level;
  level.set_name(name);
  level.set_level(v1::LEVEL_III);
  level.set_reason("影响有限");
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::SetLevel, level, "posts/commander").status()).rule_id(),
      "level.lower-than-computed");
  level.set_level(v1::LEVEL_I);
  ASSERT_TRUE(Do(&IncidentService::SetLevel, level, "posts/commander").ok());
  EXPECT_EQ(Incident(name).level(), v1::LEVEL_I);
  EXPECT_EQ(Incident(name).level_history_size(), 2);
}

TEST_F(IntakeTest, AnItemIsClosedOnceWithANoteByWhomItConcerns) {
  const std::string name = TakeIn(0);
  v1::TransferIncidentRequest transfer;
  transfer.set_name(name);
  transfer.set_to("邻区");
  transfer.set_receipt("收文 12");
  ASSERT_TRUE(Do(&IncidentService::TransferIncident, transfer, "posts/district-duty").ok());
  v1::StartFirstHandlingRequest handle;
  handle.set_name(name);
  handle.set_action("组织撤离");
  ASSERT_TRUE(Do(&IncidentService::StartFirstHandling, handle, "posts/pingan-duty").ok());
  const std::vector<duty::Obligation> items = Owed(duty::Obligation::ITEM);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].post(), "posts/district-duty") << "an item names a post";
  v1::CloseOpenItemRequest close;
  close.set_name(items[0].name());
  close.set_note("已与邻区核对");
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::CloseOpenItem, close, "posts/police-duty").status())
          .rule_id(),
      "open-item.post");
  // Who acts for the post lists it and closes it.
  context::CallContext acting = directory_.As("posts/health-duty");
  acting.actor.set_acting_for_post("posts/district-duty");
  acting.permissions.clear();
  common::v1::ListObligationsRequest list;
  list.set_post("posts/district-duty");
  list.add_kinds(duty::Obligation::ITEM);
  EXPECT_EQ(service_->ListObligations(acting, list)->obligations_size(), 1);
  ASSERT_TRUE(DoAs(&IncidentService::CloseOpenItem, close, acting).ok());
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::CloseOpenItem, close, "posts/district-duty").status())
          .reason(),
      Reason::ILLEGAL_TRANSITION);
  list.set_open_only(true);
  EXPECT_EQ(service_->ListObligations(acting, list)->obligations_size(), 0);
}

TEST_F(IntakeTest, WhatIsMetByDoingItIsNotClosedByAWord) {
  const std::string name = TakeIn();
  v1::CloseOpenItemRequest close;
  close.set_name(duty::NameOf(name, "incident.verify"));
  close.set_note("知道了");
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::CloseOpenItem, close, "posts/district-duty").status())
          .rule_id(),
      "open-item.kind");
}

TEST_F(IntakeTest, AnIntakeWaitsForTheDistrictsDutyPostAndItsSilenceClimbs) {
  const std::string name = TakeIn();
  EXPECT_THAT(LastEntry().channels(), Contains("post:posts/district-duty"));
  EXPECT_EQ(Clock(name, "incident.verify").post(), "posts/district-duty");
  Advance(absl::Minutes(15));
  EXPECT_THAT(duty::PostsOf(Clock(name, "incident.verify")),
              ElementsAre("posts/district-duty", "posts/district-leader"));
  EXPECT_THAT(LastEntry().channels(), Contains("post:posts/district-leader"));
}

TEST_F(IntakeTest, ATransferWithoutAReceiptClimbsUntilTheOtherSideConfirms) {
  const std::string name = TakeIn(0);
  v1::TransferIncidentRequest transfer;
  transfer.set_name(name);
  transfer.set_to("邻区");
  ASSERT_TRUE(Do(&IncidentService::TransferIncident, transfer, "posts/district-duty").ok());
  EXPECT_EQ(Clock(name, "incident.transfer-receipt").owed_to(), "邻区");
  Advance(absl::Minutes(31));
  EXPECT_THAT(OverdueRules(), ElementsAre("incident.transfer-receipt"));
  v1::RecordTransferReceiptRequest receipt;
  receipt.set_name(name);
  receipt.set_receipt("收文 12");
  ASSERT_TRUE(Do(&IncidentService::RecordTransferReceipt, receipt, "posts/district-duty").ok());
  EXPECT_EQ(Clock(name, "incident.transfer-receipt").state(), duty::Obligation::MET_LATE);
  EXPECT_EQ(Incident(name).transfer_receipt(), "收文 12");
  EXPECT_EQ(
      base::ProblemOf(
          Do(&IncidentService::RecordTransferReceipt, receipt, "posts/district-duty").status())
          .reason(),
      Reason::ILLEGAL_TRANSITION);
}

}  // namespace
}  // namespace huying::incident
