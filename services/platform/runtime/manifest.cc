// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/manifest.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/layout.h"

namespace huying::runtime {
namespace fs = std::filesystem;

absl::StatusOr<platform::v1::BackupManifest> ReadManifest(const std::string& folder) {
  ASSIGN_OR_RETURN(std::string text, ReadWholeFile(Layout(folder).manifest_file()));
  platform::v1::BackupManifest manifest;
  if (!google::protobuf::TextFormat::ParseFromString(text, &manifest)) {
    return base::Refused(base::Reason::CONDITION_NOT_MET, "备份清单已损坏",
                         "the backup's manifest is damaged");
  }
  for (const auto& file : manifest.files()) {
    const fs::path path(file.path());
    if (path.is_absolute() || path.lexically_normal() != path || *path.begin() == "..") {
      return base::Refused(base::Reason::CONDITION_NOT_MET, "备份清单含有非法路径",
                           "the manifest names a path outside the backup");
    }
  }
  return manifest;
}

absl::StatusOr<std::vector<std::string>> CheckManifest(
    const std::string& folder, const platform::v1::BackupManifest& manifest) {
  std::vector<std::string> findings;
  for (const auto& file : manifest.files()) {
    const std::string path = absl::StrCat(folder, "/", file.path());
    if (!fs::exists(path)) {
      findings.push_back(absl::StrCat(file.path(), " is missing"));
      continue;
    }
    ASSIGN_OR_RETURN(std::string sha256, Sha256OfFile(path));
    if (sha256 != file.sha256()) {
      findings.push_back(absl::StrCat(file.path(), " is not what the manifest says"));
    }
  }
  return findings;
}

}  // namespace huying::runtime
