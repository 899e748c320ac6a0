// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/area_tree.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory::rules {
namespace {

using base::Reason;
using common::v1::Tier;

// A table with a loop cannot be stored; a bound keeps a damaged one from hanging a reader.
constexpr int kDepthMax = 16;

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

AreaTree::AreaTree(const std::vector<v1::Area>& areas) {
  for (const v1::Area& area : areas) by_code_[area.code()] = area;
  for (const auto& [code, area] : by_code_) {
    if (!area.short_code().empty() && area.short_code() != code) {
      auto [at, fresh] = long_code_.emplace(area.short_code(), code);
      if (!fresh) at->second.clear();
    }
    if (by_code_.contains(area.parent())) children_[area.parent()].push_back(code);
  }
}

const v1::Area* AreaTree::Find(std::string_view code) const {
  if (auto at = by_code_.find(code); at != by_code_.end()) return &at->second;
  auto alias = long_code_.find(code);
  if (alias == long_code_.end()) return nullptr;
  auto at = by_code_.find(alias->second);
  return at == by_code_.end() ? nullptr : &at->second;
}

const v1::Area* AreaTree::Parent(std::string_view code) const {
  const v1::Area* area = Find(code);
  if (area == nullptr) return nullptr;
  auto at = by_code_.find(area->parent());
  return at == by_code_.end() ? nullptr : &at->second;
}

std::vector<const v1::Area*> AreaTree::Ancestors(std::string_view code) const {
  std::vector<const v1::Area*> above;
  for (const v1::Area* area = Parent(code);
       area != nullptr && static_cast<int>(above.size()) < kDepthMax; area = Parent(area->code())) {
    above.push_back(area);
  }
  return above;
}

std::vector<const v1::Area*> AreaTree::Children(std::string_view code) const {
  std::vector<const v1::Area*> found;
  const v1::Area* area = Find(code);
  if (area == nullptr) return found;
  if (auto at = children_.find(area->code()); at != children_.end()) {
    for (const std::string& child : at->second) found.push_back(&by_code_.find(child)->second);
  }
  return found;
}

void AreaTree::AddWithin(const std::string& code, std::vector<const v1::Area*>& found) const {
  if (found.size() >= by_code_.size()) return;
  found.push_back(&by_code_.find(code)->second);
  auto at = children_.find(code);
  if (at == children_.end()) return;
  for (const std::string& child : at->second) AddWithin(child, found);
}

std::vector<const v1::Area*> AreaTree::Within(std::string_view code) const {
  std::vector<const v1::Area*> found;
  if (const v1::Area* area = Find(code)) AddWithin(area->code(), found);
  return found;
}

bool AreaTree::Contains(std::string_view outer, std::string_view inner) const {
  const v1::Area* top = Find(outer);
  const v1::Area* area = Find(inner);
  for (int depth = 0; top != nullptr && area != nullptr && depth < kDepthMax; ++depth) {
    if (area == top) return true;
    area = Parent(area->code());
  }
  return false;
}

std::vector<const v1::Area*> AreaTree::All() const {
  std::vector<const v1::Area*> found;
  for (const auto& [code, area] : by_code_) {
    if (!by_code_.contains(area.parent())) AddWithin(code, found);
  }
  return found;
}

absl::Status CheckArea(const v1::Area& area) {
  if (area.code().size() != 12 || !IsDigits(area.code())) {
    return base::Invalid(Reason::FIELD_INVALID, "区划代码须为12位数字",
                         "an area code has 12 digits")
        .Field("code")
        .Rule("directory.area-code");
  }
  const std::string& alias = area.short_code();
  if (!alias.empty() &&
      (!IsDigits(alias) || (alias.size() != 6 && alias.size() != 9 && alias.size() != 12))) {
    return base::Invalid(Reason::FIELD_INVALID, "简写代码须为6位、9位或12位数字",
                         "a short code has 6, 9 or 12 digits")
        .Field("short_code")
        .Rule("directory.area-code");
  }
  if (area.name().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "缺少区划名称", "the area has no name")
        .Field("name");
  }
  if (area.tier() != Tier::DISTRICT && area.tier() != Tier::SUBDISTRICT &&
      area.tier() != Tier::COMMUNITY) {
    return base::Invalid(Reason::UNKNOWN_ENUM_VALUE, "层级须为区、街道或社区",
                         "the tier is DISTRICT, SUBDISTRICT or COMMUNITY")
        .Field("tier");
  }
  if (area.parent().empty() && area.tier() != Tier::DISTRICT) {
    return base::Invalid(Reason::FIELD_MISSING, "缺少上级区划", "the parent is missing")
        .Field("parent");
  }
  if (area.parent() == area.code()) {
    return base::Invalid(Reason::FIELD_INVALID, "上级区划不能是自身",
                         "an area is not its own parent")
        .Field("parent");
  }
  return absl::OkStatus();
}

absl::Status CheckParent(const v1::Area& area, const v1::Area* parent) {
  if (area.tier() == Tier::DISTRICT) {
    if (parent == nullptr) return absl::OkStatus();
    return base::Invalid(Reason::FIELD_INVALID, "区的上级在本系统之外",
                         "a district's parent is outside this table")
        .Field("parent")
        .Rule("directory.area-parent");
  }
  if (parent == nullptr) {
    return base::Invalid(Reason::UNKNOWN_AREA, absl::StrCat("区划表中没有上级 ", area.parent()),
                         absl::StrCat("parent ", area.parent(), " is not in the table"))
        .Field("parent")
        .Rule("directory.area-parent")
        .Next("请先导入上级区划", "import the parent first, or in the same file");
  }
  const Tier expected = area.tier() == Tier::COMMUNITY ? Tier::SUBDISTRICT : Tier::DISTRICT;
  if (parent->tier() != expected) {
    return base::Invalid(Reason::FIELD_INVALID,
                         absl::StrCat("上级 ", parent->name(), " 不是上一层级"),
                         absl::StrCat("parent ", parent->code(), " is not one tier above"))
        .Field("parent")
        .Rule("directory.area-parent");
  }
  return absl::OkStatus();
}

}  // namespace huying::directory::rules
