// SPDX-License-Identifier: Apache-2.0
#include "services/platform/duty/list.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/filled_page.h"

namespace huying::duty {
namespace {

bool Asked(const common::v1::ListObligationsRequest& request, const Obligation& obligation) {
  if (!request.kinds().empty() && std::find(request.kinds().begin(), request.kinds().end(),
                                            obligation.kind()) == request.kinds().end()) {
    return false;
  }
  if (request.post().empty()) return true;
  const std::vector<std::string> posts = PostsOf(obligation);
  return std::find(posts.begin(), posts.end(), request.post()) != posts.end();
}

}  // namespace

void SetRemaining(Obligation& obligation, absl::Time now) {
  obligation.clear_remaining();
  if (!obligation.has_due_at() || !IsOpen(obligation.state())) return;
  *obligation.mutable_remaining() = base::ToProto(base::FromProto(obligation.due_at()) - now);
}

absl::StatusOr<common::v1::ListObligationsResponse> List(
    ledger::Reader& reader, const common::v1::ListObligationsRequest& request, absl::Time now,
    const std::function<absl::StatusOr<bool>(const Obligation&)>& sees) {
  ledger::Filter filter;
  const auto where = [&filter](const char* column, const std::string& value) {
    if (!value.empty()) filter.where.push_back({column, "=", ledger::Text(value)});
  };
  where("case_id", request.case_id());
  where("subject", request.subject());
  if (request.open_only()) filter.where.push_back({"open", "=", ledger::Int(1)});
  if (request.overdue_only()) {
    filter.where.push_back({"state", "=", ledger::Int(Obligation::OVERDUE)});
  }
  const auto keep = [&](const Obligation& obligation) -> absl::StatusOr<bool> {
    if (!Asked(request, obligation)) return false;
    return sees(obligation);
  };
  ASSIGN_OR_RETURN(auto page, ledger::FilledPage(reader, kObligations, filter, request.page_size(),
                                                 request.page_token(), keep));
  common::v1::ListObligationsResponse response;
  for (auto& item : page.items) {
    SetRemaining(item.value, now);
    *response.add_obligations() = std::move(item.value);
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

}  // namespace huying::duty
