// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "services/incident/rules/act.h"
#include "services/incident/rules/limits.h"
#include "services/platform/guard/guard.h"

// Information reports 信息报告 (突发事件应对法 第十七条, 第六十一条). One incident reports on several
// chains at once; on each the numbers are gap-free: 1 is the FIRST, FINAL closes it, what was sent never
// changes, what was wrong is corrected by a later report that names it.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// Which number a draft gets: the unsent one is written anew, otherwise the next. `first` and `last` are
// the chain's reports of those numbers, null when there is none.
absl::StatusOr<int> SeqForDraft(const v1::Incident& incident, const v1::ReportChainState& chain,
                                const v1::Report* first, const v1::Report* last,
                                v1::ReportKind kind);

// `former` is the unsent report of that number, null for a new one: who was phoned stays recorded.
// `corrected` is the report that a correction names, null otherwise or when there is none.
// Denied when the actor's body may not report to one of the receivers (report_tiers.h).
absl::StatusOr<v1::Report> Draft(const v1::Incident& incident, const v1::ReportChainState& chain,
                                 const v1::Report* former, const v1::Report* corrected,
                                 const v1::DraftReportRequest& request, int seq, const Act& act);

// Elements a report should have and this one lacks (漏报 is suspected, the report is not stopped).
std::vector<std::string> MissingElements(const v1::Incident& incident, const v1::Report& report);

// The receiver that was told. One that is not in the report is added, by the same table.
absl::StatusOr<v1::Receiver> SendOrally(v1::Report& report,
                                        const v1::SendReportOrallyRequest& request, const Act& act);
absl::Status Sign(v1::Report& report, const Act& act);
// A report leaves signed; in urgency before (SOFT).
guard::Guard SignatureGuard(const v1::Report& report, const Limits& limits);
absl::Status Send(v1::Report& report, const v1::ReportChainState& chain, const Act& act);
absl::Status RecordReceipt(v1::Report& report, const v1::RecordReportReceiptRequest& request,
                           const Act& act);
absl::Status Return(v1::Report& report, std::string_view reason, const Act& act);

// The chain after a report left by phone or in writing.
void NoteSent(v1::ReportChainState& chain, const v1::Report& report, bool in_writing);

std::string_view NameZh(v1::ReportChain chain);
std::string_view NameZh(v1::ReportKind kind);

}  // namespace huying::incident::rules
