// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/platform/ledger/reader.h"

// A page of the records that pass a test no column can make (who may see a record, say), filled by
// reading on, so that a page does not come out short for ever. It ends at `page_size` records, or at
// kPageBytesMax.
//
//   ASSIGN_OR_RETURN(auto page, ledger::FilledPage(*reader, kAlerts, filter, request.page_size(),
//                                                  request.page_token(),
//                                                  [&](Alert& a) -> absl::StatusOr<bool> { ... }));
namespace huying::ledger {

inline constexpr int kFilledRowsPerRead = 200;
// One call reads no more than this; then it ends short, with the token to go on.
inline constexpr int kFilledRowsMax = 5'000;

// `keep(T&)` is a StatusOr<bool>; it may change the record for showing, and may see one twice.
template <typename T, typename Keep>
absl::StatusOr<Page<T>> FilledPage(Reader& reader, const RecordKind<T>& kind, const Filter& filter,
                                   int page_size, std::string_view page_token, const Keep& keep) {
  const int size = page_size == 0 ? kPageSizeDefault : std::min(page_size, kPageSizeMax);
  Page<T> page;
  size_t bytes = 0;
  bool full = false;
  page.next_page_token = std::string(page_token);
  int rows = size;  // mostly all of them pass
  for (int read = 0; read < kFilledRowsMax; read += rows, rows = kFilledRowsPerRead) {
    const std::string from = page.next_page_token;
    ASSIGN_OR_RETURN(Page<T> part, reader.List(kind, filter, rows, from));
    page.next_page_token = part.next_page_token;
    int looked_at = 0;
    for (auto& item : part.items) {
      const size_t item_bytes = item.value.ByteSizeLong();
      full = static_cast<int>(page.items.size()) == size ||
             (!page.items.empty() && bytes + item_bytes > kPageBytesMax);
      if (full) break;
      ++looked_at;
      ASSIGN_OR_RETURN(const bool kept, keep(item.value));
      if (!kept) continue;
      bytes += item_bytes;
      page.items.push_back(std::move(item));
    }
    if (looked_at == 0 && full) {
      page.next_page_token = from;
    } else if (looked_at < static_cast<int>(part.items.size())) {
      // Full before the part was over: the next page begins where this one stopped.
      ASSIGN_OR_RETURN(const Page<T> shown, reader.List(kind, filter, looked_at, from));
      page.next_page_token = shown.next_page_token;
    }
    full = full || static_cast<int>(page.items.size()) == size;
    if (page.next_page_token.empty() || full) break;
  }
  return page;
}

}  // namespace huying::ledger
