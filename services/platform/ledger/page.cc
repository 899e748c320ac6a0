// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/page.h"

#include <algorithm>
#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/ledger/ledger.h"

namespace huying::ledger {
namespace {

constexpr size_t kFingerprintBytes = 6;
constexpr std::array<std::string_view, 6> kOperators = {"=", "!=", "<", "<=", ">", ">="};

bool IsColumn(const KindSchema& kind, const std::string& name) {
  if (name == "key" || name == "version") return true;
  return std::any_of(kind.columns.begin(), kind.columns.end(),
                     [&](const KindSchema::Column& column) { return column.name == name; });
}

std::string Printed(const sql::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return absl::StrCat("i", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return absl::StrCat("t", *text);
  if (const auto* blob = std::get_if<sql::Blob>(&value)) return absl::StrCat("b", blob->bytes);
  return "n";
}

absl::StatusOr<std::string> KeyOf(std::string_view token, const std::string& fingerprint) {
  std::string decoded;
  if (absl::WebSafeBase64Unescape(base::Abs(token), &decoded) &&
      decoded.size() > kFingerprintBytes &&
      decoded.compare(0, kFingerprintBytes, fingerprint) == 0) {
    return decoded.substr(kFingerprintBytes);
  }
  return base::Invalid(base::Reason::FIELD_INVALID, "翻页标记无效，请从第一页重新查询",
                       "the page token is not valid; start again with the first page")
      .Field("page_token");
}

}  // namespace

absl::StatusOr<PageQuery> MakePageQuery(const KindSchema& kind, const Filter& filter, int page_size,
                                        std::string_view page_token) {
  if (page_size < 0) {
    return base::Invalid(base::Reason::FIELD_INVALID, "每页条数不能为负",
                         "page_size must not be negative")
        .Field("page_size");
  }
  PageQuery query;
  query.size = page_size == 0 ? kPageSizeDefault : std::min(page_size, kPageSizeMax);
  std::string where;
  std::string identity = absl::StrCat(kind.name, filter.newest_first ? "<" : ">");
  for (const Condition& condition : filter.where) {
    const bool known =
        std::find(kOperators.begin(), kOperators.end(), condition.op) != kOperators.end();
    if (!known || !IsColumn(kind, condition.column)) {
      return absl::InternalError(absl::StrCat("not a declared column or operator: ", kind.name, ".",
                                              condition.column, " ", condition.op));
    }
    query.statement.parameters.push_back(condition.value);
    absl::StrAppend(&where, where.empty() ? " WHERE " : " AND ", condition.column, " ",
                    condition.op, " $", query.statement.parameters.size());
    absl::StrAppend(&identity, "\n", condition.column, condition.op, Printed(condition.value));
  }
  // Of the row a page ended with, its place in the order: a page token is a key.
  const bool by_column = !filter.order_by.empty();
  if (by_column) {
    if (!IsColumn(kind, filter.order_by)) {
      return absl::InternalError(
          absl::StrCat("not a declared column: ", kind.name, ".", filter.order_by));
    }
    absl::StrAppend(&identity, "\nby ", filter.order_by);
  }
  query.fingerprint = EntryHash(identity).substr(0, kFingerprintBytes);
  if (!page_token.empty()) {
    ASSIGN_OR_RETURN(std::string after, KeyOf(page_token, query.fingerprint));
    query.statement.parameters.emplace_back(std::move(after));
    const std::string place = by_column ? absl::StrCat("(", filter.order_by, ", key)") : "key";
    const std::string after_place =
        by_column ? absl::StrCat("(SELECT ", filter.order_by, ", key FROM r_", kind.name,
                                 " WHERE key = $", query.statement.parameters.size(), ")")
                  : absl::StrCat("$", query.statement.parameters.size());
    absl::StrAppend(&where, where.empty() ? " WHERE " : " AND ", place,
                    filter.newest_first ? " < " : " > ", after_place);
  }
  const std::string_view direction = filter.newest_first ? " DESC" : "";
  query.statement.text =
      absl::StrCat("SELECT key, version, data FROM r_", kind.name, where, " ORDER BY ",
                   by_column ? absl::StrCat(filter.order_by, base::Abs(direction), ", ") : "",
                   "key", base::Abs(direction), " LIMIT ", query.size + 1);
  return query;
}

std::string PageToken(const PageQuery& query, std::string_view last_key) {
  return absl::WebSafeBase64Escape(absl::StrCat(query.fingerprint, base::Abs(last_key)));
}

}  // namespace huying::ledger
