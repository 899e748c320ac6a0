// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/pem_file.h"

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::rpc {

absl::StatusOr<std::string> ReadPemFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in || content.find("-----BEGIN") == std::string::npos) {
    return base::Refused(base::Reason::CONDITION_NOT_MET,
                         absl::StrCat("证书或密钥文件读不出:", path),
                         absl::StrCat("cannot read a certificate or key from ", path))
        .Next("检查路径和文件权限,文件应为 PEM 格式",
              "check the path and the file's permissions; it must be PEM");
  }
  return content;
}

}  // namespace huying::rpc
