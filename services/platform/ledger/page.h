// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/ledger/reader.h"

// The SQL of one page of a list, and its opaque tokens.
namespace huying::ledger {

struct PageQuery {
  sql::Statement statement;  // key, version, data; one row more than the page holds
  int size = 0;
  std::string fingerprint;  // of kind and filter: a token of another list is refused
};

// INVALID_ARGUMENT for a bad token or size, INTERNAL for a column that was never declared.
absl::StatusOr<PageQuery> MakePageQuery(const KindSchema& kind, const Filter& filter, int page_size,
                                        std::string_view page_token);
std::string PageToken(const PageQuery& query, std::string_view last_key);

}  // namespace huying::ledger
