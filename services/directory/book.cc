// SPDX-License-Identifier: Apache-2.0
#include "services/directory/book.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

// Looking through a few entries is cheaper than building; through many it is not.
constexpr int kEntriesLookedThroughMax = 64;

// Whether an entry after the view changed a record of it.
absl::StatusOr<bool> IsStale(const rules::View& view, int64_t head, ledger::Reader& reader) {
  // A snapshot older than the view cannot be had from it.
  if (head < view.as_of_seq || head - view.as_of_seq > kEntriesLookedThroughMax) return true;
  ASSIGN_OR_RETURN(const auto entries, reader.Entries(view.as_of_seq, kEntriesLookedThroughMax));
  return std::any_of(entries.begin(), entries.end(), [](const ledger::StoredEntry& stored) {
    const auto& changes = stored.entry.changes();
    return std::any_of(changes.begin(), changes.end(),
                       [](const auto& change) { return IsOfView(change.kind()); });
  });
}

}  // namespace

absl::StatusOr<bool> Book::HasArea(std::string_view code) {
  ASSIGN_OR_RETURN(const auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto area, reader->Find(Areas(), code));
  return area.has_value();
}

absl::StatusOr<Book::Page> Book::Open() {
  Page page;
  ASSIGN_OR_RETURN(page.reader_, ledger_.Read());
  ASSIGN_OR_RETURN(const int64_t seq, page.reader_->HeadSeq());
  std::optional<rules::View> newest;
  {
    absl::MutexLock lock(&mutex_);
    newest = newest_;
  }
  if (newest && newest->as_of_seq == seq) {
    page.view_ = *std::move(newest);
    return page;
  }
  // Without the lock: two readers may build the same view once, which costs less than waiting.
  bool stale = true;
  if (newest) {
    ASSIGN_OR_RETURN(stale, IsStale(*newest, seq, *page.reader_));
  }
  if (stale) {
    ASSIGN_OR_RETURN(page.view_, LoadView(*page.reader_));
  } else {
    page.view_ = *std::move(newest);
    page.view_.as_of_seq = seq;
  }
  absl::MutexLock lock(&mutex_);
  if (!newest_ || newest_->as_of_seq < seq) newest_ = page.view_;
  return page;
}

}  // namespace huying::directory
