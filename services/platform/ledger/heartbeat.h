// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/platform/base/clock.h"

namespace huying::ledger {

// "This ledger was alive at …", in a small file beside the database: not a record, and not worth an
// fsync. The writer thread beats, so a writer that hangs stops beating. Used by one thread.
class Heartbeat {
 public:
  // `machine_clock` must outlive the heartbeat.
  Heartbeat(std::string path, const base::Clock& machine_clock);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // Of the process before this one; nullopt when there is none or it cannot be read.
  std::optional<absl::Time> Last() const;
  // At most once a second.
  void Beat();
  void BeatNow();

 private:
  const base::Clock& machine_clock_;
  int file_ = -1;
  absl::Time beaten_ = absl::InfinitePast();
};

}  // namespace huying::ledger
