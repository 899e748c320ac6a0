// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/files.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/auth/secret.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::runtime {
namespace {
using base::Reason;

constexpr std::streamsize kCopyBytes = 1 << 20;

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

absl::Status SyncAndClose(int fd, const std::string& path) {
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  return result == 0 ? absl::OkStatus() : FileFault(path, "synced", error);
}
}  // namespace

absl::Status SyncFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return FileFault(folder, "opened", errno);
  return SyncAndClose(fd, folder);
}

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

absl::Status CopyFileDurably(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(MakeFolder(std::filesystem::path(to).parent_path().string()));
  std::error_code error;
  std::filesystem::copy_file(from, to, error);
  if (error) return FileFault(to, "copied", error.value());
  const int fd = ::open(to.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileFault(to, "opened", errno);
  return SyncAndClose(fd, to);
}

absl::StatusOr<std::string> Sha256OfFile(const std::string& path) {
  auth::EnsureSodium();
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::NotFound(path);
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::vector<char> buffer(kCopyBytes);
  while (in.read(buffer.data(), kCopyBytes) || in.gcount() > 0) {
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(buffer.data()),
                              static_cast<unsigned long long>(in.gcount()));
  }
  if (in.bad()) return FileFault(path, "read", EIO);
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return FileFault(path, "made", error.value());
  if (::chmod(path.c_str(), 0700) != 0) return FileFault(path, "made private", errno);
  return absl::OkStatus();
}

}  // namespace huying::runtime
