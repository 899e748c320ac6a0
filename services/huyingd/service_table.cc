// SPDX-License-Identifier: Apache-2.0
#include "services/huyingd/service_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/status.h"

namespace huying::huyingd {
namespace {
using base::Reason;

bool Contains(absl::Span<const std::string> names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Depth first; `path` is the way down, for naming a cycle.
class Sorter {
 public:
  Sorter(absl::Span<const ServiceEntry> table, const std::set<std::string>& here,
         absl::Span<const std::string> elsewhere)
      : here_(here), elsewhere_(elsewhere) {
    for (const ServiceEntry& entry : table) entries_[entry.name] = &entry;
  }

  absl::Status Visit(const std::string& name) {
    if (Contains(order_, name)) return absl::OkStatus();
    path_.push_back(name);
    if (std::count(path_.begin(), path_.end(), name) > 1) {
      return base::Refused(Reason::CONDITION_NOT_MET,
                           absl::StrCat("服务循环依赖：", absl::StrJoin(path_, " → ")),
                           absl::StrCat("services depend on each other in a circle: ",
                                        absl::StrJoin(path_, " -> ")));
    }
    const auto entry = entries_.find(name);
    if (entry == entries_.end()) {
      return base::Refused(Reason::CONDITION_NOT_MET, absl::StrCat("没有名为 ", name, " 的服务"),
                           absl::StrCat("there is no service ", name))
          .Next("用 --list_services 查看", "see --list_services");
    }
    for (const std::string& need : entry->second->depends_on) {
      if (here_.contains(need)) {
        RETURN_IF_ERROR(Visit(need));
      } else if (!Contains(elsewhere_, need)) {
        return base::Refused(Reason::CONDITION_NOT_MET,
                             absl::StrCat("服务 ", name, " 需要服务 ", need),
                             absl::StrCat("service ", name, " needs ", need, ", which is not here"))
            .Next(
                absl::StrCat("在 --services 中加入 ", need, "，或用 --remote=", need, "=地址 指明"),
                absl::StrCat("add ", need, " to --services, or pass --remote=", need,
                             "=<address>"));
      }
    }
    path_.pop_back();
    order_.push_back(name);
    return absl::OkStatus();
  }
  std::vector<std::string> Take() { return std::move(order_); }

 private:
  const std::set<std::string>& here_;
  const absl::Span<const std::string> elsewhere_;
  std::map<std::string, const ServiceEntry*> entries_;
  std::vector<std::string> path_;
  std::vector<std::string> order_;
};
}  // namespace

const std::vector<ServiceEntry>& ServiceTable() {
  static const auto* const table = new std::vector<ServiceEntry>{
      {"directory", {}, "区域、单位、岗位、人员、值班、账号、权责事项"},
      {"plan", {"directory"}, "预案、响应级别、启动条件"},
      {"alert", {"directory"}, "预警、通知、应答、叫应"},
      {"incident", {"directory", "plan", "alert"}, "接报、研判、报告、响应、任务"},
      {"drill", {"directory", "plan", "alert", "incident"}, "演练"},
  };
  return *table;
}

std::vector<std::string> ServiceNames() {
  std::vector<std::string> names;
  for (const ServiceEntry& entry : ServiceTable()) names.push_back(entry.name);
  return names;
}

absl::StatusOr<std::vector<std::string>> StartOrder(absl::Span<const ServiceEntry> table,
                                                    absl::Span<const std::string> wanted,
                                                    absl::Span<const std::string> elsewhere) {
  std::set<std::string> here(wanted.begin(), wanted.end());
  if (here.erase("all") > 0) {
    for (const ServiceEntry& entry : table) here.insert(entry.name);
  }
  Sorter sorter(table, here, elsewhere);
  // In the table's order first, so that the result does not depend on how the names were given.
  for (const ServiceEntry& entry : table) {
    if (here.contains(entry.name)) RETURN_IF_ERROR(sorter.Visit(entry.name));
  }
  for (const std::string& name : here) RETURN_IF_ERROR(sorter.Visit(name));
  return sorter.Take();
}

}  // namespace huying::huyingd
