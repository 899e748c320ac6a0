// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

// Time comes in through a `Clock&`; nothing but clock.cc asks the machine (tests/architecture checks).
// Realm time (domain rules) and machine time (tokens, heartbeats, back-off) are two clocks: a drill's
// realm clock is stepped while the machine's runs on.
namespace huying::base {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock, microsecond resolution.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
};

// Moves only when told, never back. For tests and for the stepped clock of a drill.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start) : now_(start) {}
  absl::Time Now() const override;
  // An earlier time is ignored.
  void Set(absl::Time now);
  void Advance(absl::Duration by);

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

google::protobuf::Timestamp ToProto(absl::Time time);
// Unset (0) becomes absl::InfinitePast() so that "no time" never passes for 1970.
absl::Time FromProto(const google::protobuf::Timestamp& time);
google::protobuf::Duration ToProto(absl::Duration duration);
absl::Duration FromProto(const google::protobuf::Duration& duration);

// "2009-11-21 02:30:00" in Beijing time, which all of China uses; for screens and documents.
std::string BeijingTime(absl::Time time);

}  // namespace huying::base
