// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/journal_reader.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/base/clock.h"

namespace huying::drill_client {
namespace {

constexpr char kListEntries[] = "huying.platform.v1.JournalService/ListEntries";
constexpr int kPageSize = 500;

// At one moment the cause stands before the effect: effects go down the order of services.
int Rank(const std::string& ledger) {
  constexpr std::string_view kOrder[] = {"directory", "plan", "incident", "alert"};
  int rank = 0;
  for (const std::string_view name : kOrder) {
    if (ledger == name) break;
    ++rank;
  }
  return rank;
}

auto OrderOf(const drill::rules::SeenEntry& seen) {
  return std::make_tuple(base::FromProto(seen.entry.received_at()), Rank(seen.ledger), seen.ledger,
                         seen.entry.seq());
}

}  // namespace

absl::Status JournalReader::ReadLedger(const std::string& ledger, int64_t head,
                                       std::vector<drill::rules::SeenEntry>& fresh) {
  int64_t& read_to = read_to_[ledger];
  while (read_to < head) {
    platform::v1::ListEntriesRequest request;
    request.set_ledger(ledger);
    request.set_after_seq(read_to);
    request.set_page_size(kPageSize);
    ASSIGN_OR_RETURN(platform::v1::ListEntriesResponse page,
                     realm_.Call<platform::v1::ListEntriesResponse>(kListEntries, request));
    for (auto& item : *page.mutable_items()) {
      if (item.entry().seq() > head) break;
      read_to = item.entry().seq();
      fresh.push_back({ledger, std::move(*item.mutable_entry())});
    }
    if (page.items().empty()) {
      return base::Unavailable(base::Reason::FACTS_CHANGED,
                               absl::StrCat(ledger, " 的日志比报告的短"),
                               absl::StrCat("the journal of ", ledger, " is shorter than told"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<drill::rules::SeenEntry>> JournalReader::ReadTo(
    const std::map<std::string, int64_t>& heads) {
  std::vector<drill::rules::SeenEntry> fresh;
  for (const auto& [ledger, head] : heads) RETURN_IF_ERROR(ReadLedger(ledger, head, fresh));
  std::sort(fresh.begin(), fresh.end(),
            [](const drill::rules::SeenEntry& a, const drill::rules::SeenEntry& b) {
              return OrderOf(a) < OrderOf(b);
            });
  return fresh;
}

}  // namespace huying::drill_client
