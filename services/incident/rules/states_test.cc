// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/states.h"

#include <map>
#include <set>
#include <utility>

#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

// What is allowed, written down a second time and by name; every other cell must be empty.
template <typename State, typename Act>
using Allowed = std::map<std::pair<Act, State>, State>;

template <typename State, typename Act, typename NextOf>
void WalkEveryCell(const Allowed<State, Act>& allowed, int acts, int states, NextOf next_of) {
  int found = 0;
  for (int act = 0; act < acts; ++act) {
    for (int state = 0; state < states; ++state) {
      const auto it = allowed.find({static_cast<Act>(act), static_cast<State>(state)});
      const State expected = it == allowed.end() ? static_cast<State>(0) : it->second;
      EXPECT_EQ(next_of(static_cast<State>(state), static_cast<Act>(act)), expected)
          << "act " << act << " in state " << state;
      found += it != allowed.end();
    }
  }
  EXPECT_EQ(found, static_cast<int>(allowed.size())) << "a row of the test is outside the table";
}

TEST(States, EveryCellOfTheIncidentTable) {
  using A = IncidentAct;
  constexpr auto kNone = v1::INCIDENT_STATE_UNSPECIFIED;
  Allowed<v1::IncidentState, A> allowed = {
      {{A::kIntake, kNone}, v1::REPORTED},
      {{A::kTakeOver, v1::REPORTED}, v1::VERIFYING},
      {{A::kTakeOver, v1::TRANSFERRED}, v1::VERIFYING},
      {{A::kConfirm, v1::VERIFYING}, v1::CONFIRMED},
      {{A::kReject, v1::VERIFYING}, v1::REJECTED},
      {{A::kTransfer, v1::REPORTED}, v1::TRANSFERRED},
      {{A::kTransfer, v1::VERIFYING}, v1::TRANSFERRED},
      {{A::kFirstHandling, v1::REPORTED}, v1::REPORTED},
      {{A::kFirstHandling, v1::VERIFYING}, v1::VERIFYING},
      {{A::kFirstHandling, v1::REJECTED}, v1::VERIFYING},
      {{A::kFirstHandling, v1::TRANSFERRED}, v1::TRANSFERRED},
      {{A::kFirstHandling, v1::CONFIRMED}, v1::HANDLING},
      {{A::kFirstHandling, v1::HANDLING}, v1::HANDLING},
      {{A::kFirstHandling, v1::CONTROLLED}, v1::CONTROLLED},
      {{A::kFirstHandling, v1::ENDED}, v1::ENDED},
      {{A::kControl, v1::HANDLING}, v1::CONTROLLED},
      {{A::kRelapse, v1::CONTROLLED}, v1::HANDLING},
      {{A::kEnd, v1::CONTROLLED}, v1::ENDED},
      {{A::kRespond, v1::REPORTED}, v1::REPORTED},
      {{A::kRespond, v1::VERIFYING}, v1::VERIFYING},
      {{A::kRespond, v1::CONFIRMED}, v1::HANDLING},
      {{A::kRespond, v1::HANDLING}, v1::HANDLING},
      {{A::kRespond, v1::CONTROLLED}, v1::HANDLING},
  };
  for (const auto state :
       {v1::REPORTED, v1::VERIFYING, v1::CONFIRMED, v1::HANDLING, v1::CONTROLLED}) {
    for (const A act : {A::kSetLead, A::kFigures, A::kSetLevel, A::kReport, A::kPropose}) {
      allowed[{act, state}] = state;
    }
  }
  for (const A act : {A::kSetLead, A::kFigures, A::kSetLevel, A::kReport}) {
    allowed[{act, v1::ENDED}] = v1::ENDED;
  }
  allowed[{A::kReport, v1::REJECTED}] = v1::REJECTED;
  allowed[{A::kReport, v1::TRANSFERRED}] = v1::TRANSFERRED;
  WalkEveryCell(allowed, kIncidentActs, kIncidentStates,
                [](v1::IncidentState s, A a) { return Next(s, a); });
}

// R41: from the first minute on nothing stands before a first handling.
TEST(States, R41FirstHandlingIsAllowedInEveryStateFromReportedOn) {
  for (int state = v1::REPORTED; state < kIncidentStates; ++state) {
    EXPECT_TRUE(Transition(static_cast<v1::IncidentState>(state), IncidentAct::kFirstHandling).ok())
        << state;
  }
}

TEST(States, EveryCellOfTheReportTable) {
  using A = ReportAct;
  constexpr auto kNone = v1::REPORT_STATE_UNSPECIFIED;
  WalkEveryCell<v1::ReportState, A>(
      {
          {{A::kDraft, kNone}, v1::REPORT_DRAFT},
          {{A::kDraft, v1::REPORT_DRAFT}, v1::REPORT_DRAFT},
          {{A::kDraft, v1::SENT_ORALLY}, v1::SENT_ORALLY},
          {{A::kDraft, v1::REPORT_SIGNED}, v1::REPORT_DRAFT},
          {{A::kOral, v1::REPORT_DRAFT}, v1::SENT_ORALLY},
          {{A::kOral, v1::SENT_ORALLY}, v1::SENT_ORALLY},
          {{A::kOral, v1::REPORT_SIGNED}, v1::REPORT_SIGNED},
          {{A::kOral, v1::SENT}, v1::SENT},
          {{A::kOral, v1::REPORT_RECEIVED}, v1::REPORT_RECEIVED},
          {{A::kSign, v1::REPORT_DRAFT}, v1::REPORT_SIGNED},
          {{A::kSign, v1::SENT_ORALLY}, v1::REPORT_SIGNED},
          {{A::kSign, v1::SENT}, v1::SENT},
          {{A::kSign, v1::REPORT_RECEIVED}, v1::REPORT_RECEIVED},
          {{A::kSign, v1::RETURNED}, v1::RETURNED},
          {{A::kSend, v1::REPORT_DRAFT}, v1::SENT},
          {{A::kSend, v1::SENT_ORALLY}, v1::SENT},
          {{A::kSend, v1::REPORT_SIGNED}, v1::SENT},
          {{A::kReceipt, v1::SENT}, v1::SENT},
          {{A::kReceipt, v1::REPORT_RECEIVED}, v1::REPORT_RECEIVED},
          {{A::kReceipt, v1::RETURNED}, v1::RETURNED},
          {{A::kReturn, v1::SENT}, v1::RETURNED},
          {{A::kReturn, v1::REPORT_RECEIVED}, v1::RETURNED},
      },
      kReportActs, kReportStates, [](v1::ReportState s, A a) { return Next(s, a); });
}

TEST(States, EveryCellOfTheResponseTable) {
  using A = ResponseAct;
  constexpr auto kNone = v1::RESPONSE_STATE_UNSPECIFIED;
  WalkEveryCell<v1::ResponseState, A>(
      {
          {{A::kPropose, kNone}, v1::PROPOSED},
          {{A::kDecline, v1::PROPOSED}, v1::DECLINED},
          {{A::kActivate, kNone}, v1::ACTIVE},
          {{A::kActivate, v1::PROPOSED}, v1::ACTIVE},
          {{A::kAdjust, v1::ACTIVE}, v1::ACTIVE},
          {{A::kHandOver, v1::ACTIVE}, v1::HANDED_OVER},
          {{A::kEnd, v1::ACTIVE}, v1::RESPONSE_ENDED},
          {{A::kEnd, v1::HANDED_OVER}, v1::RESPONSE_ENDED},
          {{A::kAssign, v1::ACTIVE}, v1::ACTIVE},
          {{A::kAssign, v1::HANDED_OVER}, v1::HANDED_OVER},
          {{A::kMakeUp, v1::ACTIVE}, v1::ACTIVE},
          {{A::kMakeUp, v1::HANDED_OVER}, v1::HANDED_OVER},
          {{A::kMakeUp, v1::RESPONSE_ENDED}, v1::RESPONSE_ENDED},
      },
      kResponseActs, kResponseStates, [](v1::ResponseState s, A a) { return Next(s, a); });
}

TEST(States, EveryCellOfTheTaskTable) {
  using A = TaskAct;
  Allowed<v1::TaskState, A> allowed = {
      {{A::kAssign, v1::TASK_STATE_UNSPECIFIED}, v1::ASSIGNED},
      {{A::kAccept, v1::ASSIGNED}, v1::ACCEPTED},
      {{A::kVerify, v1::DONE}, v1::VERIFIED},
  };
  for (const auto open : {v1::ASSIGNED, v1::ACCEPTED, v1::IN_PROGRESS}) {
    allowed[{A::kProgress, open}] = v1::IN_PROGRESS;
    allowed[{A::kComplete, open}] = v1::DONE;
    allowed[{A::kDecline, open}] = v1::TASK_DECLINED;
    allowed[{A::kCancel, open}] = v1::TASK_CANCELLED;
  }
  WalkEveryCell(allowed, kTaskActs, kTaskStates, [](v1::TaskState s, A a) { return Next(s, a); });
}

TEST(States, ARefusalSaysWhichStateStandsInTheWay) {
  const base::Problem problem =
      base::ProblemOf(Transition(v1::ENDED, IncidentAct::kConfirm).status());
  EXPECT_EQ(problem.reason(), base::Reason::ILLEGAL_TRANSITION);
  EXPECT_EQ(problem.rule_id(), "incident.states");
  EXPECT_EQ(problem.message(), "事件目前是“应急结束”，不能确认属实");
  EXPECT_FALSE(Transition(v1::SENT, ReportAct::kDraft).ok());
  EXPECT_FALSE(Transition(v1::HANDED_OVER, ResponseAct::kAdjust).ok());
  EXPECT_FALSE(Transition(v1::VERIFIED, TaskAct::kDecline).ok());
}

}  // namespace
}  // namespace huying::incident::rules
