// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dumps.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/status.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::testing {
namespace {

std::string TextOf(const sql::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return absl::StrCat(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return absl::CEscape(*text);
  if (const auto* blob = std::get_if<sql::Blob>(&value)) return absl::BytesToHexString(blob->bytes);
  return "NULL";
}

std::string RowsOf(const sql::Result& result) {
  std::vector<std::string> lines;
  for (const sql::Row& row : result.rows) {
    std::string line;
    for (const sql::Value& value : row) absl::StrAppend(&line, TextOf(value), "|");
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  return text;
}

}  // namespace

absl::StatusOr<Dump> DumpOf(const std::string& database_file) {
  const auto engine = sql::MakeSqliteEngine();
  ASSIGN_OR_RETURN(auto database, engine->Open(database_file));
  ASSIGN_OR_RETURN(auto reader, database->OpenReader());
  RETURN_IF_ERROR(reader->RunOne({database->BeginSnapshot()}).status());
  ASSIGN_OR_RETURN(const sql::Result tables,
                   reader->RunOne({"SELECT name FROM sqlite_master WHERE type = 'table'"}));
  Dump dump;
  for (const sql::Row& row : tables.rows) {
    const std::string name = std::get<std::string>(row[0]);
    ASSIGN_OR_RETURN(const sql::Result rows,
                     reader->RunOne({absl::StrCat("SELECT * FROM \"", name, "\"")}));
    dump[name] = RowsOf(rows);
  }
  RETURN_IF_ERROR(reader->RunOne({"COMMIT"}).status());
  return dump;
}

std::string DifferenceOf(const Dump& before, const Dump& after) {
  constexpr size_t kLineMax = 300;
  std::string text;
  std::set<std::string> tables;
  for (const auto& [name, rows] : before) tables.insert(name);
  for (const auto& [name, rows] : after) tables.insert(name);
  for (const std::string& name : tables) {
    const auto a = before.find(name);
    const auto b = after.find(name);
    if (a != before.end() && b != after.end() && a->second == b->second) continue;
    absl::StrAppend(&text, "table ", name, "\n");
    const auto lines_of = [](const Dump& dump, Dump::const_iterator at) {
      std::set<std::string> lines;
      if (at != dump.end()) lines = absl::StrSplit(at->second, '\n');
      return lines;
    };
    const auto old_lines = lines_of(before, a);
    const auto new_lines = lines_of(after, b);
    for (const std::string& line : old_lines) {
      if (!new_lines.contains(line)) absl::StrAppend(&text, "  - ", line.substr(0, kLineMax), "\n");
    }
    for (const std::string& line : new_lines) {
      if (!old_lines.contains(line)) absl::StrAppend(&text, "  + ", line.substr(0, kLineMax), "\n");
    }
  }
  return text;
}

}  // namespace huying::testing
