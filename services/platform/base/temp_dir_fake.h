// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace huying::base {

// A fresh folder for one test, removed with everything in it at the end.
//
//   base::TempDir dir;
//   auto keys = auth::KeyRing::CreateAll(dir / "keys");
class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "huying-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) != nullptr ? name : "";
  }
  ~TempDir() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace huying::base
