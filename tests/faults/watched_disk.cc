// SPDX-License-Identifier: Apache-2.0
//
// Loaded into a server before its libraries (LD_PRELOAD): while the file named by HUYING_FULL_DISK is there, the
// disk is full.
#include <dlfcn.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace {

bool IsFull() {
  static const char* const flag = std::getenv("HUYING_FULL_DISK");
  return flag != nullptr && access(flag, F_OK) == 0;
}

}  // namespace

extern "C" ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  using Function = ssize_t (*)(int, const void*, size_t, off64_t);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "pwrite64"));
  if (!IsFull()) return next(file, bytes, count, offset);
  errno = ENOSPC;
  return -1;
}
