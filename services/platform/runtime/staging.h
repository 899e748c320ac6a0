// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace huying::runtime {

// A folder that appears under its name when it is whole, or not at all.
//
//   ASSIGN_OR_RETURN(Staging staging, Staging::Begin("/backup/2026-03-01"));
//   ... write into staging.path() ...
//   RETURN_IF_ERROR(staging.Finish());      // without it everything is removed
class Staging {
 public:
  // ALREADY_EXISTS when `target` is there and not empty.
  static absl::StatusOr<Staging> Begin(const std::string& target);
  Staging(Staging&& other) noexcept;
  Staging& operator=(Staging&&) = delete;
  ~Staging();

  const std::string& path() const { return path_; }
  absl::Status Finish();

 private:
  Staging(std::string target, std::string path)
      : target_(std::move(target)), path_(std::move(path)) {}
  std::string target_;
  std::string path_;  // empty: finished or moved from
};

}  // namespace huying::runtime
