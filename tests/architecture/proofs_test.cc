// SPDX-License-Identifier: Apache-2.0
//
// What is promised is proven by a test that names it, and docs/testing.md says by which.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <string>

#include "tests/architecture/sources.h"

namespace huying::architecture {
namespace {

// Requirements and invariants of what is built so far; the others get their rows with their services.
const std::set<std::string> kPromised = {
    "R4",          "R5",           "R6",           "R13",          "R25",         "R40",
    "R41",         "R49",          "R54",          "R58",          "R60",         "invariant 1",
    "invariant 3", "invariant 4",  "invariant 5",  "invariant 6",  "invariant 7", "invariant 8",
    "invariant 9", "invariant 11", "invariant 15", "invariant 16", "invariant 17"};

std::vector<Source> Tests() {
  std::vector<Source> tests;
  for (const std::string folder : {"services", "clients", "tests"}) {
    for (Source& source : Cpp(folder)) {
      if (!Contains(source.path, "_test.cc") || StartsWith(source.path, "tests/architecture/")) {
        continue;
      }
      tests.push_back(std::move(source));
    }
  }
  return tests;
}

// promise -> files whose tests name it, in a test's name or the comment above it.
std::map<std::string, std::set<std::string>> NamedByTests() {
  static const std::regex requirement("(?:[^A-Za-z0-9]|_)(R[0-9]+)(?=[^A-Za-z0-9]|[A-Z][a-z])");
  static const std::regex invariant("[Ii]nvariant[ _]?([0-9]+)");
  std::map<std::string, std::set<std::string>> named;
  for (const Source& test : Tests()) {
    const auto collect = [&](const std::regex& pattern, const std::string& prefix) {
      for (std::sregex_iterator it(test.text.begin(), test.text.end(), pattern), end; it != end;
           ++it) {
        const std::string promise = prefix + (*it)[1].str();
        if (kPromised.count(promise) > 0) named[promise].insert(test.path);
      }
    };
    collect(requirement, "");
    collect(invariant, "invariant ");
  }
  return named;
}

// Rows "| R40 | … | `file` `file` |" of the page.
std::map<std::string, std::set<std::string>> NamedByThePage(const std::string& page) {
  static const std::regex row("\\n\\| (R[0-9]+|invariant [0-9]+) \\|[^\\n]*\\|([^|\\n]*)\\|");
  static const std::regex file("`([^`]+)`");
  std::map<std::string, std::set<std::string>> named;
  for (std::sregex_iterator it(page.begin(), page.end(), row), end; it != end; ++it) {
    const std::string files = (*it)[2];
    for (std::sregex_iterator f(files.begin(), files.end(), file); f != end; ++f) {
      named[(*it)[1]].insert((*f)[1]);
    }
  }
  return named;
}

TEST(Proofs, EveryPromiseIsNamedByATestAndThePageSaysByWhich) {
  const auto by_tests = NamedByTests();
  const auto by_page =
      NamedByThePage(ReadText(std::filesystem::path(HUYING_SOURCE_DIR) / "docs/testing.md"));
  for (const std::string& promise : kPromised) {
    const auto tests = by_tests.find(promise);
    ASSERT_NE(tests, by_tests.end()) << promise << " is named by no test";
    std::string cell;
    for (const std::string& file : tests->second) cell += "`" + file + "` ";
    const auto page = by_page.find(promise);
    EXPECT_TRUE(page != by_page.end() && page->second == tests->second)
        << "docs/testing.md should say of " << promise << ":\n  " << cell;
  }
}

TEST(Proofs, EveryStateMachineHasATestThatWalksItsCells) {
  static const std::regex machine("\\nenum ([A-Za-z]+State) ");
  static const std::regex walk("TEST(?:_[FP])?\\([A-Za-z]+, EveryCell");
  int machines = 0;
  for (const std::string service : {"plan", "alert", "incident", "drill"}) {
    const std::string proto = ReadText(std::filesystem::path(HUYING_SOURCE_DIR) / "proto/huying" /
                                       service / "v1" / (service + ".proto"));
    for (std::sregex_iterator it(proto.begin(), proto.end(), machine), end; it != end; ++it) {
      ++machines;
      bool walked = false;
      for (const Source& test : Cpp("services/" + service + "/rules")) {
        walked =
            walked || (Contains(test.path, "_test.cc") && Contains(test.text, (*it)[1].str()) &&
                       std::regex_search(test.text, walk));
      }
      EXPECT_TRUE(walked) << (*it)[1] << " of " << service
                          << ": no test named EveryCell… in its rules walks it";
    }
  }
  EXPECT_GE(machines, 8);
}

}  // namespace
}  // namespace huying::architecture
