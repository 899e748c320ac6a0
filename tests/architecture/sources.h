// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

// The repository's files as text, for rules that a program can check.
namespace huying::architecture {

struct Source {
  std::string path;  // from the repository root
  std::string text;
  bool is_test = false;
  std::vector<std::string> includes;
};

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
inline bool StartsWith(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

// Files under `folder` with one of the endings.
inline std::vector<Source> Sources(const std::string& folder,
                                   const std::vector<std::string>& endings) {
  std::vector<Source> sources;
  const std::filesystem::path root(HUYING_SOURCE_DIR);
  if (!std::filesystem::exists(root / folder)) return sources;
  static const std::regex include_line("(?:^|\n)\\s*#include\\s+[<\"]([^>\"]+)[>\"]");
  for (const auto& item : std::filesystem::recursive_directory_iterator(root / folder)) {
    const std::string ending = item.path().extension();
    if (!item.is_regular_file() ||
        std::find(endings.begin(), endings.end(), ending) == endings.end()) {
      continue;
    }
    Source source;
    source.path = std::filesystem::relative(item.path(), root).string();
    source.text = ReadText(item.path());
    source.is_test = Contains(source.path, "_test.cc") || Contains(source.path, "_fake.") ||
                     Contains(source.path, "/testing/") || StartsWith(source.path, "tests/");
    for (std::sregex_iterator it(source.text.begin(), source.text.end(), include_line), end;
         it != end; ++it) {
      source.includes.push_back((*it)[1]);
    }
    sources.push_back(std::move(source));
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.path < b.path; });
  return sources;
}

inline std::vector<Source> Cpp(const std::string& folder) { return Sources(folder, {".h", ".cc"}); }

}  // namespace huying::architecture
