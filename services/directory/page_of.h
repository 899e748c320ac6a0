// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/reader.h"

namespace huying::directory {

// A page of a list in memory, from after the item named by the token. `key` names an item.
template <typename Item, typename Key, typename Add>
absl::StatusOr<std::string> PageOf(const std::vector<Item>& items, Key key, int size,
                                   const std::string& token, Add add) {
  if (size <= 0) size = ledger::kPageSizeDefault;
  size = std::min(size, ledger::kPageSizeMax);
  auto from = items.begin();
  if (!token.empty()) {
    from = std::find_if(items.begin(), items.end(),
                        [&](const Item& item) { return key(item) == token; });
    if (from == items.end()) {
      return base::Invalid(base::Reason::FIELD_INVALID, "分页标记无效，请从头读取",
                           "the page token is not valid: read from the start")
          .Field("page_token");
    }
    ++from;
  }
  std::string last;
  for (; from != items.end() && size > 0; ++from, --size) {
    add(*from);
    last = key(*from);
  }
  return from == items.end() ? std::string() : last;
}

}  // namespace huying::directory
