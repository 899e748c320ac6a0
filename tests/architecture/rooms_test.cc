// SPDX-License-Identifier: Apache-2.0
//
// Every service has the same rooms, and every file says one thing.
#include <gtest/gtest.h>

#include "tests/architecture/sources.h"

namespace huying::architecture {
namespace {

const std::vector<std::string> kServices = {"directory", "plan", "alert", "incident", "drill"};

TEST(Rooms, EveryServiceHasTheSameOnes) {
  for (const std::string& service : kServices) {
    const std::string home = std::string(HUYING_SOURCE_DIR) + "/services/" + service + "/";
    for (const std::string& room :
         {std::string("README.md"), std::string("CMakeLists.txt"), std::string("rules"),
          std::string("store.h"), std::string("module.h"), std::string("module.cc"),
          service + "_service.h", service + "_service.cc", service + "_rpc.h",
          service + "_rpc.cc"}) {
      EXPECT_TRUE(std::filesystem::exists(home + room)) << home << room;
    }
  }
}

TEST(Rooms, AServiceThatOthersCallHasAnApi) {
  for (const std::string service : {"directory", "plan", "alert"}) {
    EXPECT_TRUE(
        std::filesystem::exists(std::string(HUYING_SOURCE_DIR) + "/services/" + service + "/api.h"))
        << service;
  }
}

TEST(Rooms, EveryRuleFileHasATestBesideIt) {
  for (const std::string& service : kServices) {
    for (const Source& source : Cpp("services/" + service + "/rules")) {
      if (source.is_test || !Contains(source.path, ".cc")) continue;
      const std::string test = source.path.substr(0, source.path.size() - 3) + "_test.cc";
      EXPECT_TRUE(std::filesystem::exists(std::string(HUYING_SOURCE_DIR) + "/" + test)) << test;
    }
  }
}

TEST(Rooms, AReadmeAnswersTheSameQuestions) {
  for (const std::string& service : kServices) {
    const std::string text =
        ReadText(std::string(HUYING_SOURCE_DIR) + "/services/" + service + "/README.md");
    for (const std::string heading : {"Owns", "States", "Events", "Invariants", "Callers"}) {
      EXPECT_TRUE(Contains(text, "## " + heading)) << service << "/README.md lacks ## " << heading;
    }
  }
}

TEST(Rooms, NoFileIsLongerThan400Lines) {
  for (const std::string folder : {"services", "clients", "tests"}) {
    for (const Source& source : Cpp(folder)) {
      const auto lines = std::count(source.text.begin(), source.text.end(), '\n');
      const int limit = source.is_test ? 800 : 400;
      EXPECT_LE(lines, limit) << source.path;
    }
  }
}

// What cannot carry a comment, or is data that a program reads to its last byte.
bool IsExemptFromLicence(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension();
  return ending == ".csv" || ending == ".png" || ending == ".jpg" ||
         StartsWith(path, "tests/fuzz/seeds/") || Contains(path, "/testdata/");
}

// Files of the repository's folders and those of its root: what else lies there is the reader's own.
std::vector<std::string> KeptFiles() {
  const std::filesystem::path root(HUYING_SOURCE_DIR);
  std::vector<std::string> files = {"CMakeLists.txt", "dev",        "README.md",
                                    "CHANGELOG.md",   ".gitignore", "CONTRIBUTING.md",
                                    ".clang-format",  ".clang-tidy"};
  for (const char* folder : {".ci", "clients", "deploy", "docs", "proto", "services", "tests"}) {
    for (const auto& item : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string path = std::filesystem::relative(item.path(), root).string();
      if (item.is_regular_file() && !Contains(path, "__pycache__")) files.push_back(path);
    }
  }
  return files;
}

TEST(Rooms, EveryFileNamesItsLicence) {
  const std::vector<std::string> files = KeptFiles();
  EXPECT_GT(files.size(), 500u);
  for (const std::string& path : files) {
    if (IsExemptFromLicence(path)) continue;
    const std::string text = ReadText(std::filesystem::path(HUYING_SOURCE_DIR) / path);
    EXPECT_TRUE(Contains(text.substr(0, 200), "SPDX-License-Identifier: Apache-2.0")) << path;
  }
}

TEST(Rooms, TestsDoNotSleep) {
  for (const std::string folder : {"services", "clients", "tests"}) {
    for (const Source& source : Cpp(folder)) {
      // Helpers that poll with a bound are in testing/ and tests/support; a test itself never sleeps.
      if (!Contains(source.path, "_test.cc") || StartsWith(source.path, "tests/architecture/"))
        continue;
      for (const std::string call : {"SleepFor(", "sleep_for(", "usleep("}) {
        EXPECT_FALSE(Contains(source.text, call))
            << source.path << " sleeps; wait for a condition with a bound";
      }
    }
  }
}

}  // namespace
}  // namespace huying::architecture
