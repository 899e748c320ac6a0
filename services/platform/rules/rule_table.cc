// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rules/rule_table.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/strings.h"

namespace huying::rules {
namespace {

using base::Abs;
using platform::v1::RuleRow;

absl::Time From(const RuleRow& row) { return base::FromProto(row.effective_from()); }
absl::Time To(const RuleRow& row) {
  return row.has_effective_to() ? base::FromProto(row.effective_to()) : absl::InfiniteFuture();
}

base::ProblemStatus BadRow(const RuleRow& row, std::string_view zh, std::string_view en) {
  return base::Invalid(base::Reason::FIELD_INVALID, absl::StrCat("规则 ", row.id(), ": ", Abs(zh)),
                       absl::StrCat("rule ", row.id(), ": ", Abs(en)))
      .Field("rows");
}

class LineErrors final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (first_.empty()) {
      first_ = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
    }
  }
  const std::string& first() const { return first_; }

 private:
  std::string first_;
};

}  // namespace

absl::StatusOr<RuleTable> RuleTable::FromProto(const platform::v1::RuleTable& proto) {
  RuleTable table;
  table.revision_ = proto.revision();
  for (const RuleRow& row : proto.rows()) {
    if (row.id().empty()) return BadRow(row, "缺少编号", "id is missing");
    if (row.value_case() == RuleRow::VALUE_NOT_SET) return BadRow(row, "没有值", "has no value");
    if (!row.has_basis() && !row.project_default()) {
      return BadRow(row, "既无依据, 也未标明是本项目默认值",
                    "has neither a legal basis nor project_default");
    }
    table.by_id_[row.id()].push_back(static_cast<int>(table.rows_.size()));
    table.rows_.push_back(row);
  }
  for (auto& [id, indexes] : table.by_id_) {
    std::sort(indexes.begin(), indexes.end(),
              [&](int a, int b) { return From(table.rows_[a]) < From(table.rows_[b]); });
    for (size_t i = 1; i < indexes.size(); ++i) {
      if (To(table.rows_[indexes[i - 1]]) > From(table.rows_[indexes[i]])) {
        return BadRow(table.rows_[indexes[i]], "与另一行同时有效", "overlaps another row");
      }
    }
  }
  return table;
}

absl::StatusOr<RuleTable> RuleTable::FromText(std::string_view textproto) {
  platform::v1::RuleTable proto;
  google::protobuf::TextFormat::Parser parser;
  LineErrors errors;
  parser.RecordErrorsTo(&errors);
  if (!parser.ParseFromString(std::string(textproto), &proto)) {
    return base::Invalid(base::Reason::MALFORMED_REQUEST,
                         absl::StrCat("规则表读不懂: ", errors.first()),
                         absl::StrCat("cannot read the rule table: ", errors.first()));
  }
  return FromProto(proto);
}

absl::StatusOr<RuleTable> RuleTable::FromTextFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return base::NotFound(path);
  std::stringstream text;
  text << file.rdbuf();
  auto table = FromText(text.str());
  if (!table.ok()) return base::InField(table.status(), path);
  return table;
}

const RuleRow* RuleTable::Find(std::string_view id, absl::Time at) const {
  auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  for (int index : found->second) {
    const RuleRow& row = rows_[index];
    if (From(row) <= at && at < To(row)) return &row;
  }
  return nullptr;
}

absl::Duration RuleTable::DurationOf(std::string_view id, absl::Time at,
                                     absl::Duration otherwise) const {
  const RuleRow* row = Find(id, at);
  if (row == nullptr || !row->has_duration()) return otherwise;
  return absl::Seconds(row->duration().seconds()) + absl::Nanoseconds(row->duration().nanos());
}

double RuleTable::NumberOf(std::string_view id, absl::Time at, double otherwise) const {
  const RuleRow* row = Find(id, at);
  return row != nullptr && row->has_number() ? row->number() : otherwise;
}

std::string RuleTable::TextOf(std::string_view id, absl::Time at,
                              std::string_view otherwise) const {
  const RuleRow* row = Find(id, at);
  return row != nullptr && row->has_text() ? row->text() : std::string(otherwise);
}

std::vector<std::string> RuleTable::Missing(const std::vector<std::string>& expected,
                                            absl::Time at) const {
  std::vector<std::string> missing;
  for (const std::string& id : expected) {
    if (Find(id, at) == nullptr) missing.push_back(id);
  }
  return missing;
}

}  // namespace huying::rules
