// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace huying::push {

// Wakes the one thread that works for many streams. Shared by that thread and the streams, which may
// outlive it. Thread-safe.
//
//   while (bell->Await(absl::Seconds(5))) Work();   // the thread
//   bell->Ring();                                   // a stream that has something for it
//   bell->Stop();                                   // the owner, before it joins the thread
class Bell {
 public:
  void Ring();
  void Stop();
  // Until rung, stopped or `wait` has passed; false: stopped.
  bool Await(absl::Duration wait);
  // Lets `wait` pass, whoever rings; ends early when stopped.
  void Pause(absl::Duration wait);

 private:
  absl::Mutex mutex_;
  bool rung_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace huying::push
