// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace huying::drill_client {

// One thing that is wrong with a scenario file, where it stands.
struct Finding {
  int line = 0;       // from 1; 0 = the file as a whole
  int column = 0;     // from 1
  bool error = true;  // else a warning: the scenario may run
  std::string zh;
  std::string en;
};
using Findings = std::vector<Finding>;

inline bool HasErrors(const Findings& findings) {
  for (const Finding& finding : findings) {
    if (finding.error) return true;
  }
  return false;
}

}  // namespace huying::drill_client
