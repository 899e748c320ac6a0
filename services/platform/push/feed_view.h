// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "services/platform/ledger/reader.h"

namespace huying::push {

// What stands at one seq, as events; each is made when there is room for it.
template <typename Told>
struct FeedSnapshot {
  int size = 0;
  std::function<Told(int index)> at;  // called once for each index, in order
};

// What one listener is shown: written by the service, one object per stream. The feed calls it on one
// thread at a time, under the stream's lock: it neither blocks nor calls the feed. The snapshot and
// the events must agree: what Take shows at seq S is what a listener would hold that was shown every
// event up to S.
template <typename Told>
class FeedView {
 public:
  virtual ~FeedView() = default;
  // What stands at `seq`, the reader's head. The snapshot may refer to this object, not to the reader.
  virtual absl::StatusOr<FeedSnapshot<Told>> Take(ledger::Reader& reader, int64_t seq) = 0;
  // The event as this listener may see it: `whole`, or `own` after writing it there; null: nothing.
  virtual const Told* Show(const Told& whole, Told& own) = 0;
};

}  // namespace huying::push
