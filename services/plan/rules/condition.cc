// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/condition.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::plan::rules {
namespace {

using base::Reason;

struct Op {
  std::string_view written;
  std::string_view op;
  std::string_view shown;
};
// Two-letter signs stand before the one-letter ones they begin with.
constexpr std::array<Op, 9> kOps = {{{"==", "==", "="},
                                     {"!=", "!=", "≠"},
                                     {"<=", "<=", "≤"},
                                     {">=", ">=", "≥"},
                                     {"≤", "<=", "≤"},
                                     {"≥", ">=", "≥"},
                                     {"<", "<", "<"},
                                     {">", ">", ">"},
                                     {" in ", "in", "属于"}}};

bool IsKnownOp(std::string_view op) {
  return std::any_of(kOps.begin(), kOps.end(), [&](const Op& o) { return o.op == op; });
}
bool IsOrder(std::string_view op) { return op == "<" || op == "<=" || op == ">" || op == ">="; }

std::string_view Shown(std::string_view op) {
  for (const Op& known : kOps) {
    if (known.op == op) return known.shown;
  }
  return op;
}

std::string_view Trim(std::string_view text) {
  return base::Std(absl::StripAsciiWhitespace(base::Abs(text)));
}
std::string Unquoted(std::string_view text) {
  text = Trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

std::optional<bool> CompareNumbers(double left, std::string_view op, double right) {
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  if (op == ">=") return left >= right;
  return std::nullopt;
}
std::optional<bool> CompareTexts(const std::string& left, std::string_view op,
                                 const std::string& right) {
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  return std::nullopt;
}

// Nothing: the fact and the value are not of one kind, so the answer is not known.
std::optional<bool> CompareOne(const v1::Fact& fact, std::string_view op,
                               const std::string& value) {
  switch (fact.value_case()) {
    case v1::Fact::kNumber: {
      const std::optional<double> right = NumberOf(fact.key(), value);
      return right ? CompareNumbers(fact.number(), op, *right) : std::nullopt;
    }
    case v1::Fact::kText:
      return CompareTexts(fact.text(), op, value);
    case v1::Fact::kTruth:
      return CompareTexts(fact.truth() ? "true" : "false", op, value);
    default:
      return std::nullopt;
  }
}

std::optional<bool> Holds(const v1::Condition::Compare& compare, const v1::Fact& fact) {
  if (compare.values().empty()) return std::nullopt;
  if (compare.op() != "in") return CompareOne(fact, compare.op(), compare.values(0));
  bool known = false;
  for (const std::string& value : compare.values()) {
    const std::optional<bool> equal = CompareOne(fact, "==", value);
    if (equal && *equal) return true;
    known = known || equal.has_value();
  }
  return known ? std::optional<bool>(false) : std::nullopt;
}

std::string FactText(const v1::Fact& fact) {
  switch (fact.value_case()) {
    case v1::Fact::kNumber:
      return NumberText(fact.number());
    case v1::Fact::kText:
      return fact.text();
    case v1::Fact::kTruth:
      return fact.truth() ? "true" : "false";
    default:
      return "";
  }
}

void SetOutcome(v1::ConditionTrace& trace, std::optional<bool> holds) {
  trace.set_holds(holds.value_or(false));
  trace.set_unknown(!holds.has_value());
}

v1::ConditionTrace EvaluateCompare(const v1::Condition::Compare& compare, const Facts& facts) {
  const FactInfo* info = FindFact(compare.fact());
  const std::string name = info != nullptr ? std::string(info->name) : compare.fact();
  std::string wanted = absl::StrJoin(compare.values(), "、");
  const std::string op(Shown(compare.op()));
  v1::ConditionTrace trace;
  const auto it = facts.find(compare.fact());
  if (it == facts.end() || it->second.value_case() == v1::Fact::VALUE_NOT_SET) {
    SetOutcome(trace, std::nullopt);
    trace.set_text(absl::StrCat(name, "（未知） ", op, " ", wanted));
    return trace;
  }
  const std::optional<bool> holds = Holds(compare, it->second);
  SetOutcome(trace, holds);
  trace.set_text(absl::StrCat(name, " ", FactText(it->second), " ", op, " ", wanted,
                              !holds ? "：无法比较" : (*holds ? "" : "：不满足")));
  return trace;
}

// `wins`: the value that decides a group at once (false for all, true for any).
v1::ConditionTrace EvaluateGroup(const v1::Condition::List& list, bool wins, const Facts& facts,
                                 std::string_view title) {
  v1::ConditionTrace trace;
  trace.set_text(std::string(title));
  bool decided = false;
  bool unknown = list.of().empty();  // a group of nothing says nothing
  for (const v1::Condition& part : list.of()) {
    v1::ConditionTrace* sub = trace.add_parts();
    *sub = Evaluate(part, facts);
    unknown = unknown || sub->unknown();
    decided = decided || (!sub->unknown() && sub->holds() == wins);
  }
  SetOutcome(trace, decided   ? std::optional<bool>(wins)
                    : unknown ? std::nullopt
                              : std::optional<bool>(!wins));
  return trace;
}

v1::ConditionTrace EvaluateKind(const v1::Condition& condition, const Facts& facts) {
  v1::ConditionTrace trace;
  switch (condition.kind_case()) {
    case v1::Condition::kCompare:
      return EvaluateCompare(condition.compare(), facts);
    case v1::Condition::kAll:
      return EvaluateGroup(condition.all(), false, facts, "全部满足");
    case v1::Condition::kAny:
      return EvaluateGroup(condition.any(), true, facts, "任一满足");
    case v1::Condition::kNot: {
      *trace.add_parts() = Evaluate(condition.not_(), facts);
      trace.set_text("不满足下列条件");
      trace.set_unknown(trace.parts(0).unknown());
      trace.set_holds(!trace.unknown() && !trace.parts(0).holds());
      return trace;
    }
    default:
      trace.set_text("未规定条件");
      trace.set_unknown(true);
      return trace;
  }
}

void FindFaults(const v1::Condition& condition, const std::string& path, int depth,
                std::vector<ConditionFault>& faults);

void FindCompareFaults(const v1::Condition::Compare& compare, const std::string& path,
                       std::vector<ConditionFault>& faults) {
  const auto add = [&](std::string zh, std::string en) {
    faults.push_back({path, std::move(zh), std::move(en)});
  };
  const FactInfo* info = FindFact(compare.fact());
  if (info == nullptr) {
    const std::string near = NearestFact(compare.fact());
    return add(absl::StrCat("没有事实“", compare.fact(), "”",
                            near.empty() ? "" : absl::StrCat("，是否为 ", near, "？")),
               absl::StrCat("there is no fact \"", compare.fact(), "\"",
                            near.empty() ? "" : absl::StrCat("; did you mean ", near)));
  }
  if (!IsKnownOp(compare.op())) {
    return add(absl::StrCat("没有比较符“", compare.op(), "”"),
               absl::StrCat("there is no comparison \"", compare.op(), "\""));
  }
  const size_t values = compare.values().size();
  if (values == 0 || (values > 1 && compare.op() != "in") || values > kValuesMax) {
    return add("比较值的个数不对", "wrong number of values");
  }
  if (info->type != FactType::kNumber && IsOrder(compare.op())) {
    return add(absl::StrCat(compare.fact(), " 不是数字，不能比较大小"),
               absl::StrCat(compare.fact(), " is not a number and has no order"));
  }
  for (const std::string& value : compare.values()) {
    if (info->type == FactType::kNumber && !NumberOf(compare.fact(), value)) {
      add(absl::StrCat("“", value, "”不是数字"), absl::StrCat("\"", value, "\" is not a number"));
    }
    if (info->type == FactType::kTruth && value != "true" && value != "false") {
      add(absl::StrCat(compare.fact(), " 只能是 true 或 false"),
          absl::StrCat(compare.fact(), " is true or false"));
    }
  }
}

void FindGroupFaults(const v1::Condition::List& list, const std::string& path, int depth,
                     std::vector<ConditionFault>& faults) {
  if (list.of().empty()) {
    faults.push_back({path, "条件组是空的", "the group of conditions is empty"});
  }
  for (int i = 0; i < list.of_size(); ++i) {
    FindFaults(list.of(i), absl::StrCat(path, "[", i, "]"), depth + 1, faults);
  }
}

void FindFaults(const v1::Condition& condition, const std::string& path, int depth,
                std::vector<ConditionFault>& faults) {
  const auto at = [&](std::string_view key) {
    return path.empty() ? std::string(key) : absl::StrCat(path, ".", base::Abs(key));
  };
  if (depth > kConditionDepthMax) {
    faults.push_back({path, "条件嵌套太深", "the condition is nested too deeply"});
    return;
  }
  switch (condition.kind_case()) {
    case v1::Condition::kCompare:
      return FindCompareFaults(condition.compare(), path, faults);
    case v1::Condition::kAll:
      return FindGroupFaults(condition.all(), at("all"), depth, faults);
    case v1::Condition::kAny:
      return FindGroupFaults(condition.any(), at("any"), depth, faults);
    case v1::Condition::kNot:
      return FindFaults(condition.not_(), at("not"), depth + 1, faults);
    default:
      faults.push_back({path, "没有写条件", "the condition says nothing"});
  }
}

}  // namespace

absl::StatusOr<v1::Condition> ParseComparison(std::string_view text) {
  const auto invalid = [&](std::string_view zh, std::string_view en) {
    return base::Invalid(Reason::FIELD_INVALID, zh, en)
        .Next("写成 事实 比较符 值，例如 dead_and_missing >= 30",
              "write fact, comparison, value: dead_and_missing >= 30");
  };
  size_t at = std::string_view::npos;
  const Op* found = nullptr;
  for (const Op& op : kOps) {
    const size_t where = text.find(op.written);
    // The earliest sign counts; "<=" is met before "<" at the same place.
    if (where < at) {
      at = where;
      found = &op;
    }
  }
  if (found == nullptr) return invalid("看不懂的条件", "the condition is not understood");
  v1::Condition condition;
  v1::Condition::Compare& compare = *condition.mutable_compare();
  compare.set_fact(std::string(Trim(text.substr(0, at))));
  compare.set_op(std::string(found->op));
  std::string_view right = Trim(text.substr(at + found->written.size()));
  if (compare.fact().empty() || right.empty()) {
    return invalid("条件缺少事实或值", "the condition lacks a fact or a value");
  }
  if (found->op != "in") {
    compare.add_values(Unquoted(right));
    return condition;
  }
  if (right.size() < 2 || right.front() != '[' || right.back() != ']') {
    return invalid("in 后面写成 [值, 值]", "write [value, value] after in");
  }
  right = right.substr(1, right.size() - 2);
  for (const absl::string_view part :
       absl::StrSplit(base::Abs(right), ',', absl::SkipWhitespace())) {
    compare.add_values(Unquoted(base::Std(part)));
  }
  return condition;
}

v1::ConditionTrace Evaluate(const v1::Condition& condition, const Facts& facts) {
  v1::ConditionTrace trace = EvaluateKind(condition, facts);
  if (!condition.text().empty()) {
    trace.set_text(absl::StrCat(condition.text(), "（", trace.text(), "）"));
  }
  return trace;
}

std::vector<ConditionFault> FaultsOf(const v1::Condition& condition) {
  std::vector<ConditionFault> faults;
  FindFaults(condition, "", 1, faults);
  return faults;
}

}  // namespace huying::plan::rules
