// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/common/v1/feed.pb.h"
#include "services/platform/ledger/reader.h"

// Cursors of a feed: a seq of one ledger, with its epoch and the start of that entry's hash, so that a
// cursor of a ledger that was restored is recognised.
//
//   ASSIGN_OR_RETURN(common::v1::Cursor cursor, CursorAt(*reader, epoch, head));
//   ASSIGN_OR_RETURN(std::optional<std::string> why, WhyResync(*reader, epoch, head, request.resume_from()));
namespace huying::push {

// Of an entry, as a projection writes it into its event: without the epoch, which the feed adds.
common::v1::Cursor CursorOf(const ledger::StoredEntry& stored);
// The cursor of `seq`; epoch 0 when the journal does not say.
absl::StatusOr<common::v1::Cursor> CursorAt(ledger::Reader& reader, int64_t epoch, int64_t seq);
// Nothing: the cursor is one of this ledger. Otherwise the reason for `Resync`: epoch, seq or hash.
absl::StatusOr<std::optional<std::string>> WhyResync(ledger::Reader& reader, int64_t epoch,
                                                     int64_t head,
                                                     const common::v1::Cursor& cursor);
// "1/123/0a0b…", as `resume_from` is written in a problem's next step.
std::string CursorText(const common::v1::Cursor& cursor);

// How a stream ends.
absl::Status TooSlow(const common::v1::Cursor& told);  // its queue is full
absl::Status MustResync();  // the ledger was restored while the stream was open
absl::Status StreamsStopping();

}  // namespace huying::push
