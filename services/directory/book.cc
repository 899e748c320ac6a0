// SPDX-License-Identifier: Apache-2.0
#include "services/directory/book.h"

#include <utility>

#include "services/platform/base/status.h"

namespace huying::directory {

absl::StatusOr<Book::Page> Book::Open() {
  Page page;
  ASSIGN_OR_RETURN(page.reader_, ledger_.Read());
  ASSIGN_OR_RETURN(const int64_t seq, page.reader_->HeadSeq());
  {
    absl::MutexLock lock(&mutex_);
    if (newest_ != nullptr && newest_->as_of_seq == seq) {
      page.view_ = newest_;
      return page;
    }
  }
  // Built without the lock: two readers may build the same view once, which costs less than
  // waiting.
  ASSIGN_OR_RETURN(rules::View view, LoadView(*page.reader_));
  page.view_ = std::make_shared<const rules::View>(std::move(view));
  absl::MutexLock lock(&mutex_);
  if (newest_ == nullptr || newest_->as_of_seq < seq) newest_ = page.view_;
  return page;
}

}  // namespace huying::directory
