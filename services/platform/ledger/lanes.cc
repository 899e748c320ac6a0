// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/lanes.h"

#include <algorithm>
#include <utility>

namespace huying::ledger {

bool Lanes::Push(Waiting& waiting) {
  auto& lane = lanes_[static_cast<size_t>(waiting.command.lane)];
  if (static_cast<int>(lane.size()) >= kQueueMaxPerLane) return false;
  lane.push_back(std::move(waiting));
  return true;
}

std::vector<Waiting> Lanes::TakeBatch() {
  constexpr std::array<size_t, 3> kShares = {kControlShare, kAnswerShare, kBulkShare};
  std::array<size_t, 3> take{};
  size_t free = kBatchMax;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    take[i] = std::min(lanes_[i].size(), kShares[i]);
    free -= take[i];
  }
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const size_t more = std::min(free, lanes_[i].size() - take[i]);
    take[i] += more;
    free -= more;
  }
  std::vector<Waiting> batch;
  batch.reserve(kBatchMax - free);
  for (size_t i = 0; i < lanes_.size(); ++i) {
    for (size_t n = 0; n < take[i]; ++n) {
      batch.push_back(std::move(lanes_[i].front()));
      lanes_[i].pop_front();
    }
  }
  return batch;
}

int64_t Lanes::size() const {
  size_t size = 0;
  for (const auto& lane : lanes_) size += lane.size();
  return static_cast<int64_t>(size);
}

absl::Time Lanes::OldestReceived() const {
  absl::Time oldest = absl::InfiniteFuture();
  for (const auto& lane : lanes_) {
    for (const Waiting& waiting : lane) {
      oldest = std::min(oldest, waiting.command.context.received_at);
    }
  }
  return oldest;
}

absl::Time OldestReceived(const std::vector<Waiting>& batch) {
  absl::Time oldest = absl::InfiniteFuture();
  for (const Waiting& waiting : batch) {
    oldest = std::min(oldest, waiting.command.context.received_at);
  }
  return oldest;
}

}  // namespace huying::ledger
