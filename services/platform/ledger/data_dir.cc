// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::ledger {
namespace {

absl::Status CannotUse(const std::string& path, const std::string& why) {
  return base::Refused(base::Reason::CONDITION_NOT_MET,
                       absl::StrCat("数据目录 ", path, " 无法使用：", why),
                       absl::StrCat("the data directory ", path, " cannot be used: ", why));
}

std::string HolderOf(int file) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(file, text.data(), text.size() - 1, 0);
  if (size <= 0) return "?";
  return std::string(
      absl::StripAsciiWhitespace(absl::string_view(text.data(), static_cast<size_t>(size))));
}

}  // namespace

DataDirectory::DataDirectory(std::string path, int file) : path_(std::move(path)), file_(file) {}

DataDirectory::~DataDirectory() { ::close(file_); }

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::Lock(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return CannotUse(path, error.message());
  const std::string name = path + "/lock";
  const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (file < 0) return CannotUse(path, std::strerror(errno));
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path, file));
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = HolderOf(file);
    return base::Refused(
               base::Reason::CONDITION_NOT_MET,
               absl::StrCat("数据目录 ", path, " 正被另一进程（", holder, "）使用"),
               absl::StrCat("the data directory ", path, " is in use by process ", holder))
        .Next("请先停止该进程，或指定另一数据目录",
              "stop that process, or name another data directory");
  }
  const std::string pid = absl::StrCat(::getpid(), "\n");
  if (::ftruncate(file, 0) != 0 ||
      ::pwrite(file, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return CannotUse(path, std::strerror(errno));
  }
  return directory;
}

absl::StatusOr<int64_t> DataDirectory::FreeBytes() const {
  struct statvfs info {};
  if (::statvfs(path_.c_str(), &info) != 0) return CannotUse(path_, std::strerror(errno));
  return static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
}

}  // namespace huying::ledger
