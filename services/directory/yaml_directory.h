// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "huying/directory/v1/directory.pb.h"

// A directory as people write it: one YAML file, its areas in a CSV beside it, rosters as a rota that is
// spread over days. See deploy/config/xingshan/directory.yaml.
//
//   ASSIGN_OR_RETURN(v1::Directory directory,
//                    LoadDirectoryYaml("deploy/config/xingshan/directory.yaml",
//                                      {.from = absl::CivilDay(2026, 3, 1), .days = 60}));
//   *request.mutable_directory() = directory;    // ImportDirectory
//
// Errors are INVALID_ARGUMENT and name file and line ("directory.yaml:12: …") and the path of the field.
namespace huying::directory {

struct RotaWindow {
  absl::CivilDay from;  // in Beijing; a rota gives the same people the same day whatever the window
  int days = 60;
};

absl::StatusOr<v1::Directory> LoadDirectoryYaml(const std::string& path, const RotaWindow& window);

// `file` is the name in errors. `areas_csv`: text of the table of areas.
absl::StatusOr<v1::Directory> ParseDirectoryYaml(std::string_view yaml, std::string_view areas_csv,
                                                 const RotaWindow& window, std::string_view file);

}  // namespace huying::directory
