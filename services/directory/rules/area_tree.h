// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "huying/directory/v1/directory.pb.h"

// 行政区划 in memory. Codes are looked up in the table, never computed: they are not consecutive,
// and a parent is what the table says.
//
//   rules::AreaTree tree(areas);
//   const v1::Area* area = tree.Find("230407001");        // 6, 9 or 12 digits; null when unknown
//   for (const v1::Area* above : tree.Ancestors(area->code())) ...
//
// Immutable after construction; const use from any thread. Pointers live as long as the tree.
namespace huying::directory::rules {

namespace v1 = ::huying::directory::v1;

class AreaTree {
 public:
  AreaTree() = default;
  // Takes what it is given; CheckArea judges rows before they are stored.
  explicit AreaTree(const std::vector<v1::Area>& areas);

  const v1::Area* Find(std::string_view code) const;
  // Null at the top: the district's parent is outside.
  const v1::Area* Parent(std::string_view code) const;
  // Nearest first, without the area itself.
  std::vector<const v1::Area*> Ancestors(std::string_view code) const;
  // By code.
  std::vector<const v1::Area*> Children(std::string_view code) const;
  // The area and all beneath it, an area always before what lies in it.
  std::vector<const v1::Area*> Within(std::string_view code) const;
  // `inner` is `outer` or lies beneath it.
  bool Contains(std::string_view outer, std::string_view inner) const;

  // Every area, tops first.
  std::vector<const v1::Area*> All() const;
  size_t size() const { return by_code_.size(); }

 private:
  void AddWithin(const std::string& code, std::vector<const v1::Area*>& found) const;

  std::map<std::string, v1::Area, std::less<>> by_code_;       // 12 digits
  std::map<std::string, std::string, std::less<>> long_code_;  // short → 12; "" = ambiguous
  std::map<std::string, std::vector<std::string>, std::less<>> children_;
};

// Form of one row: 12 digits, a name, a tier inside, a parent. Field paths relative to the row.
absl::Status CheckArea(const v1::Area& area);
// The parent in the table is of the tier above. `parent` null = not in the table: only a district's
// is.
absl::Status CheckParent(const v1::Area& area, const v1::Area* parent);

}  // namespace huying::directory::rules
