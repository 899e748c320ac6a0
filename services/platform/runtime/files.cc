// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::runtime {
namespace {
using base::Reason;

absl::Status FileFault(const std::string& path, std::string_view what_en, int error) {
  return base::Unavailable(
      Reason::STORAGE_UNAVAILABLE,
      absl::StrCat("文件读写失败：", path, "（", std::strerror(error), "）"),
      absl::StrCat(path, " cannot be ", base::Abs(what_en), ": ", std::strerror(error)));
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status SyncFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return FileFault(folder, "opened", errno);
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  return result == 0 ? absl::OkStatus() : FileFault(folder, "synced", error);
}
}  // namespace

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return FileFault(beside, "made", errno);
  const bool written = WriteAll(fd, bytes) && ::fsync(fd) == 0;
  const int error = errno;
  ::close(fd);
  if (!written) return FileFault(beside, "written", error);
  if (::rename(beside.c_str(), path.c_str()) != 0) return FileFault(path, "replaced", errno);
  return SyncFolder(std::filesystem::path(path).parent_path().string());
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::NotFound(path);
  std::stringstream bytes;
  bytes << in.rdbuf();
  if (in.bad()) return FileFault(path, "read", EIO);
  return bytes.str();
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return FileFault(path, "made", error.value());
  if (::chmod(path.c_str(), 0700) != 0) return FileFault(path, "made private", errno);
  return absl::OkStatus();
}

}  // namespace huying::runtime
