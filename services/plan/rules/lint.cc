// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/lint.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/plan/rules/condition.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::plan::rules {
namespace {

constexpr int kTitleCharsMax = 40;  // of a notice, as the alert service demands
constexpr int kTasksMax = 100;
constexpr int kNoticesMax = 20;

class Linter {
 public:
  void Error(std::string field, std::string zh, std::string en) {
    problems_.push_back({true, std::move(field), std::move(zh), std::move(en)});
  }
  void Warn(std::string field, std::string zh, std::string en) {
    problems_.push_back({false, std::move(field), std::move(zh), std::move(en)});
  }
  void Need(bool there, std::string field, std::string_view zh, std::string_view en) {
    if (!there) {
      Error(std::move(field), absl::StrCat("缺少", base::Abs(zh)),
            absl::StrCat(base::Abs(en), " is missing"));
    }
  }
  std::vector<LintProblem> Take() { return std::move(problems_); }

 private:
  std::vector<LintProblem> problems_;
};

bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= 60 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool IsAreaCode(std::string_view code) {
  return (code.size() == 6 || code.size() == 9 || code.size() == 12) &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void LintId(Linter& lint, const std::string& id, const std::string& path,
            std::set<std::string>& seen) {
  if (!IsId(id)) {
    lint.Error(path, "编号应为小写字母、数字和连字符",
               "an id has small letters, digits and hyphens");
  } else if (!seen.insert(id).second) {
    lint.Error(path, absl::StrCat("编号“", id, "”重复"),
               absl::StrCat("\"", id, "\" is used twice"));
  }
}

void LintCondition(Linter& lint, const v1::Condition& condition, const std::string& path) {
  for (ConditionFault& fault : FaultsOf(condition)) {
    lint.Error(fault.path.empty() ? path : absl::StrCat(path, ".", fault.path), std::move(fault.zh),
               std::move(fault.en));
  }
}

void LintTask(Linter& lint, const v1::TaskTemplate& task, const std::string& path,
              std::set<std::string>& ids) {
  LintId(lint, task.id(), path + ".id", ids);
  lint.Need(!task.unit().empty(), path + ".unit", "责任单位", "the unit");
  lint.Need(!task.action().empty(), path + ".action", "任务内容", "the action");
  lint.Need(task.within().seconds() > 0, path + ".within", "完成时限", "the limit");
  if (!task.unit().empty() && !absl::StartsWith(task.unit(), "units/")) {
    lint.Error(path + ".unit", "单位写成 units/…", "write the unit as units/…");
  }
  if (task.post().empty()) lint.Warn(path + ".post", "没有写接收岗位", "no post accepts it");
}

void LintNotice(Linter& lint, const v1::NoticeTemplate& notice, const std::string& path,
                std::set<std::string>& ids) {
  LintId(lint, notice.id(), path + ".id", ids);
  lint.Need(!notice.title().empty(), path + ".title", "通知标题", "the title");
  lint.Need(!notice.text().empty(), path + ".text", "通知内容", "the text");
  if (base::Characters(notice.title()) > kTitleCharsMax) {
    lint.Error(path + ".title", absl::StrCat("标题超过 ", kTitleCharsMax, " 字"),
               absl::StrCat("the title has more than ", kTitleCharsMax, " characters"));
  }
  for (int i = 0; i < notice.areas_size(); ++i) {
    if (!IsAreaCode(notice.areas(i))) {
      lint.Error(absl::StrCat(path, ".areas[", i, "]"), "区域代码应为 6、9 或 12 位数字",
                 "an area code has 6, 9 or 12 digits");
    }
  }
}

void LintLevel(Linter& lint, const v1::ResponseLevel& level, const std::string& path,
               std::set<int>& numbers) {
  if (level.level() < 1 || level.level() > 4) {
    lint.Error(path + ".level", "响应级别应为 1 到 4", "the level is 1 to 4");
  } else if (!numbers.insert(level.level()).second) {
    lint.Error(path + ".level", absl::StrCat("级别 ", level.level(), " 重复"),
               absl::StrCat("level ", level.level(), " stands here twice"));
  }
  lint.Need(!level.approver_post().empty(), path + ".approver", "批准人岗位",
            "the approver's post");
  lint.Need(level.has_start(), path + ".start", "启动条件", "the start condition");
  lint.Need(level.has_end(), path + ".end", "终止条件", "the end condition");
  lint.Need(!level.tasks().empty(), path + ".tasks", "任务", "the list of tasks");
  if (level.has_start()) LintCondition(lint, level.start(), path + ".start");
  if (level.has_end()) LintCondition(lint, level.end(), path + ".end");
  if (level.matters().empty()) {
    lint.Warn(path + ".matters", "没有写响应事项，启动时须另行写明",
              "no matters: whoever starts it must state them");
  }
  if (level.measures().empty()) {
    lint.Warn(path + ".measures", "没有写处置措施，启动时须另行写明",
              "no measures: whoever starts it must state them");
  }
  if (level.expected_period().seconds() <= 0) {
    lint.Warn(path + ".expected_period", "没有写预计期限，启动时须另行写明",
              "no expected period: whoever starts it must state it");
  }
  if (level.tasks_size() > kTasksMax || level.notices_size() > kNoticesMax) {
    lint.Error(path, "任务或通知过多", "too many tasks or notices");
    return;
  }
  std::set<std::string> task_ids, notice_ids;
  for (int i = 0; i < level.tasks_size(); ++i) {
    LintTask(lint, level.tasks(i), absl::StrCat(path, ".tasks[", i, "]"), task_ids);
  }
  for (int i = 0; i < level.notices_size(); ++i) {
    LintNotice(lint, level.notices(i), absl::StrCat(path, ".notices[", i, "]"), notice_ids);
  }
}

void LintBasis(Linter& lint, const v1::Plan& plan) {
  if (plan.legal_basis().empty()) {
    lint.Warn("legal_basis", "没有写编制依据", "no legal basis is named");
  }
  for (int i = 0; i < plan.legal_basis_size(); ++i) {
    const std::string path = absl::StrCat("legal_basis[", i, "]");
    lint.Need(plan.legal_basis(i).kind() != 0, path + ".kind", "依据种类", "the kind");
    lint.Need(!plan.legal_basis(i).title().empty(), path + ".title", "依据名称", "the title");
  }
}

}  // namespace

bool NeedsParent(const v1::Plan& plan) {
  return plan.type() == v1::SUBDISTRICT_PLAN || plan.type() == v1::COMMUNITY_PLAN ||
         plan.tier() == common::v1::SUBDISTRICT || plan.tier() == common::v1::COMMUNITY;
}

std::vector<LintProblem> Lint(const v1::Plan& plan) {
  Linter lint;
  lint.Need(!plan.name().empty(), "plan", "预案编号", "the plan's id");
  if (!plan.name().empty() && !IsId(std::string_view(plan.name()).substr(sizeof("plans/") - 1))) {
    lint.Error("plan", "编号应为小写字母、数字和连字符",
               "an id has small letters, digits and hyphens");
  }
  lint.Need(!plan.title().empty(), "title", "预案名称", "the title");
  lint.Need(plan.type() != 0, "type", "预案类型", "the type");
  lint.Need(plan.tier() != 0, "tier", "层级", "the tier");
  lint.Need(!plan.classes().empty(), "classes", "适用的事件类别", "the class of event");
  lint.Need(!plan.levels().empty(), "levels", "响应级别", "the list of levels");
  if (NeedsParent(plan)) {
    lint.Need(!plan.parent().empty(), "parent", "所衔接的区级预案", "the district's plan above it");
  }
  if (!plan.parent().empty() && !absl::StartsWith(plan.parent(), "plans/")) {
    lint.Error("parent", "上级预案写成 plans/…", "write the plan above as plans/…");
  }
  if (plan.commander_post().empty()) {
    lint.Warn("commander", "没有写总指挥岗位", "no post commands");
  }
  LintBasis(lint, plan);
  std::set<int> numbers;
  for (int i = 0; i < plan.levels_size(); ++i) {
    LintLevel(lint, plan.levels(i), absl::StrCat("levels[", i, "]"), numbers);
  }
  return lint.Take();
}

}  // namespace huying::plan::rules
