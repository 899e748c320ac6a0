// SPDX-License-Identifier: Apache-2.0
//
// Tells ThreadSanitizer of absl::Mutex, absl::CondVar and absl::Notification. The packaged Abseil is
// not instrumented, so its locks order nothing in the sanitizer's eyes and every guarded field looks
// like a race. This library stands before Abseil's in the order of symbols: each call is announced
// and then handed on.
//
// Only in the tsan preset. Source of the calls: <sanitizer/tsan_interface.h>.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace {

// The next definition of `name` (mangled, in the packaged Abseil's namespace): Abseil's own.
template <typename Function>
Function* Next(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) {
    std::fprintf(stderr, "tsan_absl_mutex: no %s: another Abseil?\n", name);
    std::abort();
  }
  return reinterpret_cast<Function*>(found);
}

constexpr unsigned kTry = __tsan_mutex_try_lock;
constexpr unsigned kFailed = __tsan_mutex_try_lock_failed;

// Abseil's functions call one another through the same symbols: only the outermost call is announced.
thread_local bool inside = false;

template <typename Before, typename Real, typename After>
auto Announced(Before before, Real real, After after) {
  if (inside) return real();
  before();
  inside = true;
  struct Leave {
    After& after;
    ~Leave() {
      inside = false;
      after();
    }
  } leave{after};
  return real();
}

template <typename Real>
void Locks(void* mutex, unsigned flags, Real real) {
  Announced([&] { __tsan_mutex_pre_lock(mutex, flags); }, real,
            [&] { __tsan_mutex_post_lock(mutex, flags, 0); });
}

template <typename Real>
void Unlocks(void* mutex, unsigned flags, Real real) {
  Announced([&] { __tsan_mutex_pre_unlock(mutex, flags); }, real,
            [&] { __tsan_mutex_post_unlock(mutex, flags); });
}

// The lock is given up and taken again inside; conditions are evaluated there, unwatched.
template <typename Real>
auto Waits(void* mutex, Real real) {
  return Announced(
      [&] {
        __tsan_mutex_pre_unlock(mutex, 0);
        __tsan_mutex_post_unlock(mutex, 0);
        __tsan_mutex_pre_lock(mutex, 0);
      },
      real, [&] { __tsan_mutex_post_lock(mutex, 0, 0); });
}

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

Mutex::~Mutex() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35MutexD1Ev");
  next(this);
  __tsan_mutex_destroy(this, 0);
}

void Mutex::Lock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex4LockEv");
  Locks(this, 0, [&] { next(this); });
}

void Mutex::Unlock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex6UnlockEv");
  Unlocks(this, 0, [&] { next(this); });
}

void Mutex::ReaderLock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex10ReaderLockEv");
  Locks(this, __tsan_mutex_read_lock, [&] { next(this); });
}

void Mutex::ReaderUnlock() {
  static auto* const next = Next<void(Mutex*)>("_ZN4absl7debian35Mutex12ReaderUnlockEv");
  Unlocks(this, __tsan_mutex_read_lock, [&] { next(this); });
}

bool Mutex::TryLock() {
  static auto* const next = Next<bool(Mutex*)>("_ZN4absl7debian35Mutex7TryLockEv");
  bool locked = false;
  Announced([&] { __tsan_mutex_pre_lock(this, kTry); }, [&] { locked = next(this); },
            [&] { __tsan_mutex_post_lock(this, locked ? kTry : kTry | kFailed, 0); });
  return locked;
}

void Mutex::LockWhen(const Condition& condition) {
  static auto* const next =
      Next<void(Mutex*, const Condition&)>("_ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE");
  Locks(this, 0, [&] { next(this, condition); });
}

bool Mutex::LockWhenWithTimeout(const Condition& condition, Duration timeout) {
  static auto* const next = Next<bool(Mutex*, const Condition&, Duration)>(
      "_ZN4absl7debian35Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE");
  bool holds = false;
  Locks(this, 0, [&] { holds = next(this, condition, timeout); });
  return holds;
}

bool Mutex::LockWhenWithDeadline(const Condition& condition, Time deadline) {
  static auto* const next = Next<bool(Mutex*, const Condition&, Time)>(
      "_ZN4absl7debian35Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  bool holds = false;
  Locks(this, 0, [&] { holds = next(this, condition, deadline); });
  return holds;
}

void Mutex::Await(const Condition& condition) {
  static auto* const next =
      Next<void(Mutex*, const Condition&)>("_ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE");
  Waits(this, [&] { next(this, condition); });
}

bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  static auto* const next = Next<bool(Mutex*, const Condition&, Duration)>(
      "_ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
  return Waits(this, [&] { return next(this, condition, timeout); });
}

bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  static auto* const next = Next<bool(Mutex*, const Condition&, Time)>(
      "_ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  return Waits(this, [&] { return next(this, condition, deadline); });
}

void CondVar::Wait(Mutex* mutex) {
  static auto* const next =
      Next<void(CondVar*, Mutex*)>("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
  Waits(mutex, [&] { next(this, mutex); });
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static auto* const next = Next<bool(CondVar*, Mutex*, Duration)>(
      "_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
  return Waits(mutex, [&] { return next(this, mutex, timeout); });
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static auto* const next = Next<bool(CondVar*, Mutex*, Time)>(
      "_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  return Waits(mutex, [&] { return next(this, mutex, deadline); });
}

// A notification is seen without the lock where it was given before: by the flag behind its mutex.
static void* FlagOf(const Notification* notification) {
  return const_cast<char*>(reinterpret_cast<const char*>(notification)) + sizeof(Mutex);
}

void Notification::Notify() {
  static auto* const next = Next<void(Notification*)>("_ZN4absl7debian312Notification6NotifyEv");
  __tsan_release(FlagOf(this));
  next(this);
}

void Notification::WaitForNotification() const {
  static auto* const next =
      Next<void(const Notification*)>("_ZNK4absl7debian312Notification19WaitForNotificationEv");
  next(this);
  __tsan_acquire(FlagOf(this));
}

bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  static auto* const next = Next<bool(const Notification*, Duration)>(
      "_ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
  const bool notified = next(this, timeout);
  if (notified) __tsan_acquire(FlagOf(this));
  return notified;
}

bool Notification::WaitForNotificationWithDeadline(Time deadline) const {
  static auto* const next = Next<bool(const Notification*, Time)>(
      "_ZNK4absl7debian312Notification31WaitForNotificationWithDeadlineENS0_4TimeE");
  const bool notified = next(this, deadline);
  if (notified) __tsan_acquire(FlagOf(this));
  return notified;
}

ABSL_NAMESPACE_END
}  // namespace absl
