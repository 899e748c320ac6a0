// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <vector>

#include "absl/time/time.h"
#include "services/platform/ledger/ledger.h"

// Commands waiting for the writer, by lane. Control goes first, but each lane has a share of every
// batch, so an import ends and answers are heard while orders pour in.
namespace huying::ledger {

struct Waiting {
  Command command;
  Done done;
};

// Not thread-safe: the ledger's mutex guards it.
class Lanes {
 public:
  static constexpr int kControlShare = 160;
  static constexpr int kAnswerShare = 80;
  static constexpr int kBulkShare = 16;
  static_assert(kControlShare + kAnswerShare + kBulkShare == kBatchMax);

  // False, and `waiting` untouched, when its lane is full.
  bool Push(Waiting& waiting);
  // Up to kBatchMax commands: control, then answers, then bulk, each in order of arrival.
  std::vector<Waiting> TakeBatch();
  bool empty() const { return size() == 0; }
  int64_t size() const;
  absl::Time OldestReceived() const;  // InfiniteFuture when empty

 private:
  std::array<std::deque<Waiting>, 3> lanes_;
};

absl::Time OldestReceived(const std::vector<Waiting>& batch);

}  // namespace huying::ledger
