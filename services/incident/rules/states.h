// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "absl/status/statusor.h"
#include "huying/incident/v1/incident.pb.h"

// Every state machine of incident: which act is allowed in which state. The whole tables are here;
// nothing else decides a state.
//
//   ASSIGN_OR_RETURN(v1::IncidentState next, Transition(incident.state(), IncidentAct::kConfirm));
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// --- Incident. 0 = not allowed.
enum class IncidentAct {
  kIntake,
  kTakeOver,  // also takes back what was transferred and refused there
  kConfirm,
  kReject,
  kTransfer,
  kSetLead,
  kFirstHandling,  // never blocked (R41); on a rejected one it re-opens the question
  kFigures,
  kSetLevel,
  kControl,
  kRelapse,
  kEnd,
  kReport,  // a new report
  kPropose,
  kRespond,  // a response starts
};
inline constexpr int kIncidentActs = 15;
inline constexpr int kIncidentStates = 9;

// clang-format off
inline constexpr std::array<std::array<int, kIncidentStates>, kIncidentActs> kIncidentTable = {{
    // –  RE VE RJ TR CO HA CT EN
    {{1, 0, 0, 0, 0, 0, 0, 0, 0}},  // kIntake
    {{0, 2, 0, 0, 2, 0, 0, 0, 0}},  // kTakeOver
    {{0, 0, 5, 0, 0, 0, 0, 0, 0}},  // kConfirm
    {{0, 0, 3, 0, 0, 0, 0, 0, 0}},  // kReject
    {{0, 4, 4, 0, 0, 0, 0, 0, 0}},  // kTransfer
    {{0, 1, 2, 0, 0, 5, 6, 7, 8}},  // kSetLead
    {{0, 1, 2, 2, 4, 6, 6, 7, 8}},  // kFirstHandling
    {{0, 1, 2, 0, 0, 5, 6, 7, 8}},  // kFigures
    {{0, 1, 2, 0, 0, 5, 6, 7, 8}},  // kSetLevel
    {{0, 0, 0, 0, 0, 0, 7, 0, 0}},  // kControl
    {{0, 0, 0, 0, 0, 0, 0, 6, 0}},  // kRelapse
    {{0, 0, 0, 0, 0, 0, 0, 8, 0}},  // kEnd
    {{0, 1, 2, 3, 4, 5, 6, 7, 8}},  // kReport
    {{0, 1, 2, 0, 0, 5, 6, 7, 0}},  // kPropose
    {{0, 1, 2, 0, 0, 6, 6, 6, 0}},  // kRespond
}};

// --- Report.
enum class ReportAct { kDraft, kOral, kSign, kSend, kReceipt, kReturn };
inline constexpr int kReportActs = 6;
inline constexpr int kReportStates = 7;
inline constexpr std::array<std::array<int, kReportStates>, kReportActs> kReportTable = {{
    // –  DR OR SI SE RC RT
    {{1, 1, 2, 1, 0, 0, 0}},  // kDraft: anew until it is sent; a signature does not outlive it
    {{0, 2, 2, 3, 4, 5, 0}},  // kOral
    {{0, 3, 3, 0, 4, 5, 6}},  // kSign: after sending = made up
    {{0, 4, 4, 4, 0, 0, 0}},  // kSend: unsigned only in urgency
    {{0, 0, 0, 0, 4, 5, 6}},  // kReceipt: RECEIVED when every receiver has it
    {{0, 0, 0, 0, 6, 6, 0}},  // kReturn
}};

// --- Response.
enum class ResponseAct {
  kPropose,
  kDecline,
  kActivate,
  kAdjust,
  kHandOver,
  kEnd,
  kAssign,
  kMakeUp,  // what was passed in urgency is brought
};
inline constexpr int kResponseActs = 8;
inline constexpr int kResponseStates = 6;
inline constexpr std::array<std::array<int, kResponseStates>, kResponseActs> kResponseTable = {{
    // –  PR DE AC HO EN
    {{1, 0, 0, 0, 0, 0}},  // kPropose
    {{0, 2, 0, 0, 0, 0}},  // kDecline
    {{3, 3, 0, 0, 0, 0}},  // kActivate
    {{0, 0, 0, 3, 0, 0}},  // kAdjust
    {{0, 0, 0, 4, 0, 0}},  // kHandOver
    {{0, 0, 0, 5, 5, 0}},  // kEnd
    {{0, 0, 0, 3, 4, 0}},  // kAssign: local tasks go on after the hand-over
    {{0, 0, 0, 3, 4, 5}},  // kMakeUp: in every state after the start
}};

// --- Task.
enum class TaskAct { kAssign, kAccept, kProgress, kComplete, kDecline, kVerify, kCancel };
inline constexpr int kTaskActs = 7;
inline constexpr int kTaskStates = 8;
inline constexpr std::array<std::array<int, kTaskStates>, kTaskActs> kTaskTable = {{
    // –  AS AC IP DO VE DE CA
    {{1, 0, 0, 0, 0, 0, 0, 0}},  // kAssign
    {{0, 2, 0, 0, 0, 0, 0, 0}},  // kAccept
    {{0, 3, 3, 3, 0, 0, 0, 0}},  // kProgress: who works has accepted
    {{0, 4, 4, 4, 0, 0, 0, 0}},  // kComplete
    {{0, 6, 6, 6, 0, 0, 0, 0}},  // kDecline
    {{0, 0, 0, 0, 5, 0, 0, 0}},  // kVerify
    {{0, 7, 7, 7, 0, 0, 0, 0}},  // kCancel
}};
// clang-format on

constexpr v1::IncidentState Next(v1::IncidentState state, IncidentAct act) {
  return static_cast<v1::IncidentState>(kIncidentTable[static_cast<int>(act)][state]);
}
constexpr v1::ReportState Next(v1::ReportState state, ReportAct act) {
  return static_cast<v1::ReportState>(kReportTable[static_cast<int>(act)][state]);
}
constexpr v1::ResponseState Next(v1::ResponseState state, ResponseAct act) {
  return static_cast<v1::ResponseState>(kResponseTable[static_cast<int>(act)][state]);
}
constexpr v1::TaskState Next(v1::TaskState state, TaskAct act) {
  return static_cast<v1::TaskState>(kTaskTable[static_cast<int>(act)][state]);
}

// The state after the act, or FAILED_PRECONDITION / ILLEGAL_TRANSITION that says what is in the way.
absl::StatusOr<v1::IncidentState> Transition(v1::IncidentState state, IncidentAct act);
absl::StatusOr<v1::ReportState> Transition(v1::ReportState state, ReportAct act);
absl::StatusOr<v1::ResponseState> Transition(v1::ResponseState state, ResponseAct act);
absl::StatusOr<v1::TaskState> Transition(v1::TaskState state, TaskAct act);

constexpr bool IsOpen(v1::IncidentState state) {
  return state != v1::INCIDENT_STATE_UNSPECIFIED && state != v1::REJECTED &&
         state != v1::TRANSFERRED && state != v1::ENDED;
}
constexpr bool IsVerified(v1::IncidentState state) { return state >= v1::CONFIRMED; }
constexpr bool IsOpen(v1::TaskState state) {
  return state == v1::ASSIGNED || state == v1::ACCEPTED || state == v1::IN_PROGRESS;
}
// In writing: its content never changes again.
constexpr bool IsSent(v1::ReportState state) {
  return state == v1::SENT || state == v1::REPORT_RECEIVED || state == v1::RETURNED;
}
constexpr bool IsUnderWay(v1::ResponseState state) {
  return state == v1::ACTIVE || state == v1::HANDED_OVER;
}

std::string_view NameZh(v1::IncidentState state);
std::string_view NameZh(v1::ReportState state);
std::string_view NameZh(v1::ResponseState state);
std::string_view NameZh(v1::TaskState state);

}  // namespace huying::incident::rules
