// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/staging.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/files.h"

namespace huying::runtime {
namespace {
namespace fs = std::filesystem;

fs::path WithoutSlash(const std::string& target) {
  fs::path path = fs::path(target).lexically_normal();
  return path.filename().empty() ? path.parent_path() : path;
}
}  // namespace

absl::StatusOr<Staging> Staging::Begin(const std::string& target) {
  std::error_code error;
  const fs::path path = WithoutSlash(target);
  if (fs::exists(path, error) && !fs::is_empty(path, error)) {
    return base::AlreadyExists(absl::StrCat("目录 ", target, " 已有内容，不会覆盖"),
                               absl::StrCat("the folder ", target, " has content and is kept"))
        .Next("另选一个空目录", "choose an empty folder");
  }
  const std::string staging = path.string() + ".part";
  fs::remove_all(staging, error);  // of an attempt that was cut off
  RETURN_IF_ERROR(MakeFolder(staging));
  return Staging(path.string(), staging);
}

Staging::Staging(Staging&& other) noexcept
    : target_(std::move(other.target_)), path_(std::exchange(other.path_, "")) {}

Staging::~Staging() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

absl::Status Staging::Finish() {
  RETURN_IF_ERROR(SyncFolder(path_));
  std::error_code error;
  fs::remove(target_, error);  // an empty folder
  fs::rename(path_, target_, error);
  if (error) {
    return base::Unavailable(base::Reason::STORAGE_UNAVAILABLE,
                             absl::StrCat("无法完成目录 ", target_),
                             absl::StrCat(target_, " cannot be completed: ", error.message()));
  }
  path_.clear();
  const fs::path parent = fs::path(target_).parent_path();
  return SyncFolder(parent.empty() ? "." : parent.string());
}

}  // namespace huying::runtime
