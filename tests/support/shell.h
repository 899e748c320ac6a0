// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

// Our programs as a person runs them, and the commands that our pages print.
//
//   Ran result = RunShell("huying whoami", {"HUYING_SERVER=unix:/tmp/x.sock"});
//   EXPECT_EQ(result.exit_code, 0) << result.output;
namespace huying::testing {

struct Ran {
  int exit_code = -1;
  std::string output;  // standard output and error
};

// By bash -e, with our programs first in PATH; ended after two minutes.
inline Ran RunShell(const std::string& script, const std::vector<std::string>& environment = {}) {
  std::string command = absl::StrCat("PATH=", HUYING_BIN_DIR, ":$PATH");
  const auto quoted = [](const std::string& text) {
    return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
  };
  for (const std::string& variable : environment) absl::StrAppend(&command, " ", quoted(variable));
  command = absl::StrCat("exec env ", command, " timeout 120 bash -e -c ", quoted(script),
                         " 2>&1 </dev/null");
  Ran run;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return run;
  std::array<char, 4096> buffer;
  for (size_t size = 0; (size = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    run.output.append(buffer.data(), size);
  }
  const int status = pclose(pipe);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

// The fenced blocks ```sh <name> of a page, by name. The file is named from the repository's root.
inline std::map<std::string, std::string> ShellBlocks(const std::string& page) {
  std::ifstream in(absl::StrCat(HUYING_SOURCE_DIR, "/", page));
  std::map<std::string, std::string> blocks;
  std::string line, name;
  bool inside = false;
  while (std::getline(in, line)) {
    if (!inside && line.rfind("```sh ", 0) == 0) {
      inside = true;
      name = line.substr(6);
    } else if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      blocks[name] += line + "\n";
    }
  }
  return blocks;
}

}  // namespace huying::testing
