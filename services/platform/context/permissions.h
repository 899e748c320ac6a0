// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a caller may do, as its token says. A context travels with its call and is copied on the way;
// the list is long and never changes, so copies share it.
//
//   context.permissions = {"alert.read", "alert.answer"};
//   if (!context.permissions.Contains("alert.answer")) return Denied(...);
namespace huying::context {

// A value: a copy shares the list, a change makes a list of its own. Reading from several threads is
// safe.
class Permissions {
 public:
  using value_type = std::string;
  using const_iterator = std::vector<std::string>::const_iterator;
  using iterator = const_iterator;

  Permissions() = default;
  Permissions(std::initializer_list<std::string> names) : Permissions(names.begin(), names.end()) {}
  template <typename Iterator>
  Permissions(Iterator begin, Iterator end)
      : names_(std::make_shared<const std::vector<std::string>>(begin, end)) {}

  bool Contains(std::string_view name) const {
    return std::find(list().begin(), list().end(), name) != list().end();
  }
  const std::vector<std::string>& list() const {
    static const auto* const none = new std::vector<std::string>();
    return names_ == nullptr ? *none : *names_;
  }
  operator const std::vector<std::string>&() const { return list(); }  // NOLINT: it is a list
  const_iterator begin() const { return list().begin(); }
  const_iterator end() const { return list().end(); }
  size_t size() const { return list().size(); }
  bool empty() const { return list().empty(); }

  template <typename Iterator>
  void assign(Iterator begin, Iterator end) {
    *this = Permissions(begin, end);
  }
  void clear() { names_ = nullptr; }
  void push_back(std::string_view name) {
    std::vector<std::string> names = list();
    names.emplace_back(name);
    names_ = std::make_shared<const std::vector<std::string>>(std::move(names));
  }

 private:
  std::shared_ptr<const std::vector<std::string>> names_;  // null: none
};

}  // namespace huying::context
