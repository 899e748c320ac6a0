// SPDX-License-Identifier: Apache-2.0
//
// Loaded into a server before its libraries (LD_PRELOAD): while the file named by HUYING_FULL_DISK is there, the
// disk is full; and each fsync that came back is counted in the file named by HUYING_SYNC_COUNT, eight bytes.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

namespace {

bool IsFull() {
  static const char* const flag = std::getenv("HUYING_FULL_DISK");
  return flag != nullptr && access(flag, F_OK) == 0;
}

// Shared with whoever reads the file; null when nobody counts.
std::atomic<int64_t>* Count() {
  static std::atomic<int64_t>* const count = []() -> std::atomic<int64_t>* {
    const char* const path = std::getenv("HUYING_SYNC_COUNT");
    if (path == nullptr) return nullptr;
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, sizeof(int64_t)) != 0) std::abort();
    void* const bytes = mmap(nullptr, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (bytes == MAP_FAILED) std::abort();
    return static_cast<std::atomic<int64_t>*>(bytes);
  }();
  return count;
}

int Counted(const char* name, int file) {
  using Function = int (*)(int);
  const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
  const int result = next(file);
  if (result == 0 && Count() != nullptr) ++*Count();
  return result;
}

}  // namespace

extern "C" ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  using Function = ssize_t (*)(int, const void*, size_t, off64_t);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "pwrite64"));
  if (!IsFull()) return next(file, bytes, count, offset);
  errno = ENOSPC;
  return -1;
}

extern "C" int fsync(int file) { return Counted("fsync", file); }
extern "C" int fdatasync(int file) { return Counted("fdatasync", file); }
