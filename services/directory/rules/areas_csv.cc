// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/areas_csv.h"

#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::directory::rules {
namespace {

using base::Abs;
using base::Reason;

constexpr char kHeader[] = "tier,code,code12,name,parent";
constexpr size_t kFields = 5;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

base::ProblemStatus AtLine(int line, Reason reason, std::string_view zh, std::string_view en) {
  return base::Invalid(reason, absl::StrCat("第", line, "行: ", Abs(zh)),
                       absl::StrCat("line ", line, ": ", Abs(en)))
      .Field("csv");
}

absl::Status AtLine(int line, const absl::Status& status) {
  if (status.ok()) return status;
  const base::Problem problem = base::ProblemOf(status);
  return AtLine(line, problem.reason(), absl::StrCat(problem.field(), " ", problem.message()),
                absl::StrCat(problem.field(), ": ", problem.message_en()))
      .Rule(problem.rule_id());
}

struct Row {
  int line = 0;
  v1::Area area;
};

absl::StatusOr<Row> ParseRow(int line, absl::string_view text) {
  std::vector<std::string> fields = absl::StrSplit(text, ',');
  if (fields.size() != kFields) {
    return AtLine(line, Reason::FIELD_INVALID, absl::StrCat("应有5列，实有", fields.size(), "列"),
                  absl::StrCat("5 columns expected, found ", fields.size()));
  }
  for (std::string& field : fields) absl::StripAsciiWhitespace(&field);
  Row row{line, {}};
  common::v1::Tier tier;
  if (!common::v1::Tier_Parse(fields[0], &tier)) {
    return AtLine(line, Reason::UNKNOWN_ENUM_VALUE, absl::StrCat("层级不认识: ", fields[0]),
                  absl::StrCat("unknown tier: ", fields[0]));
  }
  row.area.set_tier(tier);
  row.area.set_code(fields[2]);
  if (fields[1] != fields[2]) row.area.set_short_code(fields[1]);
  row.area.set_name(fields[3]);
  row.area.set_parent(fields[4]);
  RETURN_IF_ERROR(AtLine(line, CheckArea(row.area)));
  return row;
}

absl::StatusOr<std::vector<Row>> ParseRows(std::string_view csv) {
  if (csv.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    csv.remove_prefix(kByteOrderMark.size());
  }
  std::vector<Row> rows;
  int line = 0;
  for (absl::string_view text : absl::StrSplit(Abs(csv), '\n')) {
    ++line;
    text = absl::StripAsciiWhitespace(text);
    if (line == 1 && text != kHeader) {
      return AtLine(1, Reason::FIELD_INVALID, absl::StrCat("表头须为 ", kHeader),
                    absl::StrCat("the header is ", kHeader));
    }
    if (line == 1 || text.empty()) continue;
    if (rows.size() >= kAreasMax) {
      return AtLine(line, Reason::FIELD_TOO_LONG, absl::StrCat("最多", kAreasMax, "行"),
                    absl::StrCat("at most ", kAreasMax, " areas"));
    }
    ASSIGN_OR_RETURN(Row row, ParseRow(line, text));
    rows.push_back(std::move(row));
  }
  if (rows.empty()) {
    return AtLine(line, Reason::FIELD_MISSING, "没有区划", "there is no area");
  }
  return rows;
}

absl::Status CheckUnique(const std::vector<Row>& rows) {
  std::map<std::string, int> lines;
  for (const Row& row : rows) {
    for (const std::string& code : {row.area.code(), row.area.short_code()}) {
      if (code.empty()) continue;
      const auto [at, fresh] = lines.emplace(code, row.line);
      if (fresh) continue;
      return AtLine(row.line, Reason::ALREADY_EXISTS,
                    absl::StrCat("代码 ", code, " 与第", at->second, "行重复"),
                    absl::StrCat("code ", code, " is also on line ", at->second));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<v1::Area>> ParseAreasCsv(std::string_view csv, const AreaTree& known) {
  if (const std::optional<int> line = base::LineNotUtf8(csv)) {
    return AtLine(*line, Reason::INVALID_UTF8, base::kNotUtf8Zh, base::kNotUtf8En);
  }
  ASSIGN_OR_RETURN(std::vector<Row> rows, ParseRows(csv));
  RETURN_IF_ERROR(CheckUnique(rows));
  std::vector<v1::Area> all;
  for (const v1::Area* area : known.All()) all.push_back(*area);
  for (const Row& row : rows) all.push_back(row.area);
  const AreaTree tree(all);
  std::vector<v1::Area> areas;
  for (Row& row : rows) {
    const v1::Area* parent = tree.Find(row.area.parent());
    RETURN_IF_ERROR(AtLine(row.line, CheckParent(row.area, parent)));
    if (parent != nullptr) row.area.set_parent(parent->code());
    areas.push_back(std::move(row.area));
  }
  return areas;
}

}  // namespace huying::directory::rules
