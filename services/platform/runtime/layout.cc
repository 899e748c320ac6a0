// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/layout.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/platform/auth/secret.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/files.h"

namespace huying::runtime {
namespace {
constexpr size_t kInstallationBytes = 16;
}

absl::StatusOr<std::string> LoadInstallation(const Layout& layout, bool make) {
  absl::StatusOr<std::string> text = ReadWholeFile(layout.installation_file());
  if (text.ok()) return std::string(absl::StripSuffix(*text, "\n"));
  if (!make) {
    return base::Refused(base::Reason::CONDITION_NOT_MET,
                         absl::StrCat("数据目录 ", layout.data_dir(), " 尚未初始化"),
                         absl::StrCat("the data folder ", layout.data_dir(), " is not initialised"))
        .Next("运行 huying admin init", "run `huying admin init`");
  }
  const std::string id = auth::RandomHex(kInstallationBytes);
  RETURN_IF_ERROR(WriteFileAtomically(layout.installation_file(), id + "\n"));
  return id;
}

}  // namespace huying::runtime
