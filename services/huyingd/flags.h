// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/platform/v1/config.pb.h"

namespace huying::huyingd {

// What the command line asks for. Flags override the configuration file.
struct Flags {
  platform::v1::ServerConfig config;  // complete
  bool list_services = false;
  bool check_config = false;
  bool print_config = false;
};

// An exit code instead when the program is to end at once (--help, a wrong flag); what there is to say has been
// printed. Errors: of the configuration file.
struct Parsed {
  std::optional<int> exit_code;
  Flags flags;
};
absl::StatusOr<Parsed> ParseFlags(int argc, const char* const* argv);

}  // namespace huying::huyingd
