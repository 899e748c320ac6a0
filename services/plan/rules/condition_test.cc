// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/condition.h"

#include <array>
#include <optional>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace huying::plan::rules {
namespace {

using ::testing::HasSubstr;

v1::Fact Number(std::string key, double value) {
  v1::Fact fact;
  fact.set_key(std::move(key));
  fact.set_number(value);
  return fact;
}
v1::Fact Text(std::string key, std::string value) {
  v1::Fact fact;
  fact.set_key(std::move(key));
  fact.set_text(std::move(value));
  return fact;
}
v1::Fact Truth(std::string key, bool value) {
  v1::Fact fact;
  fact.set_key(std::move(key));
  fact.set_truth(value);
  return fact;
}
Facts Given(std::vector<v1::Fact> list) { return FactsOf(list); }

v1::Condition Comparison(std::string_view text) {
  auto condition = ParseComparison(text);
  EXPECT_TRUE(condition.ok()) << text << ": " << condition.status();
  return condition.ok() ? *condition : v1::Condition();
}

// Nothing = unknown.
std::optional<bool> Outcome(const v1::ConditionTrace& trace) {
  EXPECT_FALSE(trace.holds() && trace.unknown());
  return trace.unknown() ? std::nullopt : std::optional<bool>(trace.holds());
}
std::optional<bool> Ask(std::string_view text, const Facts& facts) {
  return Outcome(Evaluate(Comparison(text), facts));
}

TEST(Condition, EveryComparisonOfNumbersOnBothSidesOfItsBound) {
  struct Row {
    const char* op;
    bool below, equal, above;
  };
  for (const Row& row :
       {Row{"==", false, true, false}, Row{"!=", true, false, true}, Row{"<", true, false, false},
        Row{"<=", true, true, false}, Row{">", false, false, true}, Row{">=", false, true, true},
        Row{"≤", true, true, false}, Row{"≥", false, true, true}}) {
    const std::string text = std::string("missing ") + row.op + " 30";
    EXPECT_EQ(Ask(text, Given({Number("missing", 29)})), row.below) << text;
    EXPECT_EQ(Ask(text, Given({Number("missing", 30)})), row.equal) << text;
    EXPECT_EQ(Ask(text, Given({Number("missing", 31)})), row.above) << text;
    EXPECT_EQ(Ask(text, {}), std::nullopt) << text;
  }
}

TEST(Condition, TextsTruthsAndLists) {
  const Facts facts =
      Given({Text("area", "230407001000"), Truth("controlled", true), Number("level", 2)});
  EXPECT_EQ(Ask("area == 230407001000", facts), true);
  EXPECT_EQ(Ask("area != \"230407001000\"", facts), false);
  EXPECT_EQ(Ask("area in [230407002000, 230407001000]", facts), true);
  EXPECT_EQ(Ask("area in [230407002000]", facts), false);
  EXPECT_EQ(Ask("controlled == true", facts), true);
  EXPECT_EQ(Ask("controlled == false", facts), false);
  EXPECT_EQ(Ask("level <= II", facts), true);
  EXPECT_EQ(Ask("level in [I, II]", facts), true);
  EXPECT_EQ(Ask("level == I", facts), false);
}

TEST(Condition, AFactOfTheWrongKindIsUnknownAndNeverGuessed) {
  EXPECT_EQ(Ask("missing >= 30", Given({Text("missing", "many")})), std::nullopt);
  EXPECT_EQ(Ask("missing >= thirty", Given({Number("missing", 40)})), std::nullopt);
  EXPECT_EQ(Ask("area > 3", Given({Text("area", "4")})), std::nullopt);
  v1::Fact empty;
  empty.set_key("missing");
  EXPECT_EQ(Ask("missing >= 30", Given({empty})), std::nullopt);
  EXPECT_EQ(Outcome(Evaluate(v1::Condition(), {})), std::nullopt);
}

// Every combination of two parts that hold, do not hold, or are unknown.
TEST(Condition, GroupsFollowThreeValuedLogic) {
  constexpr std::array<std::optional<bool>, 3> kValues = {true, false, std::nullopt};
  const auto part = [](std::optional<bool> value) {
    if (!value) return Comparison("affected >= 1");  // not given below
    return Comparison(*value ? "missing >= 1" : "missing >= 99");
  };
  const Facts facts = Given({Number("missing", 5)});
  for (const auto& a : kValues) {
    for (const auto& b : kValues) {
      v1::Condition all, any;
      *all.mutable_all()->add_of() = part(a);
      *all.mutable_all()->add_of() = part(b);
      *any.mutable_any() = all.all();
      const bool some_false = (a && !*a) || (b && !*b);
      const bool some_true = (a && *a) || (b && *b);
      const bool some_unknown = !a || !b;
      EXPECT_EQ(Outcome(Evaluate(all, facts)), some_false     ? std::optional(false)
                                               : some_unknown ? std::nullopt
                                                              : std::optional(true));
      EXPECT_EQ(Outcome(Evaluate(any, facts)), some_true      ? std::optional(true)
                                               : some_unknown ? std::nullopt
                                                              : std::optional(false));
    }
    v1::Condition no;
    *no.mutable_not_() = part(a);
    EXPECT_EQ(Outcome(Evaluate(no, facts)), a ? std::optional(!*a) : std::nullopt);
  }
  v1::Condition nothing;
  nothing.mutable_all();
  EXPECT_EQ(Outcome(Evaluate(nothing, facts)), std::nullopt);
}

TEST(Condition, TheTraceSaysWhy) {
  EXPECT_EQ(Evaluate(Comparison("missing >= 30"), Given({Number("missing", 139)})).text(),
            "失踪 139 ≥ 30");
  EXPECT_EQ(Evaluate(Comparison("missing >= 30"), Given({Number("missing", 2)})).text(),
            "失踪 2 ≥ 30：不满足");
  EXPECT_EQ(Evaluate(Comparison("missing >= 30"), {}).text(), "失踪（未知） ≥ 30");
  v1::Condition named = Comparison("missing >= 30");
  named.set_text("失踪三十人以上");
  v1::Condition any;
  *any.mutable_any()->add_of() = named;
  const v1::ConditionTrace trace = Evaluate(any, Given({Number("missing", 139)}));
  ASSERT_EQ(trace.parts_size(), 1);
  EXPECT_EQ(trace.parts(0).text(), "失踪三十人以上（失踪 139 ≥ 30）");
}

TEST(Condition, WhatCannotBeReadSaysHowToWriteIt) {
  for (const char* text :
       {"", "missing", "missing 30", ">= 30", "missing >=", "area in 3", "in [a]"}) {
    EXPECT_FALSE(ParseComparison(text).ok()) << text;
  }
}

TEST(Condition, FaultsAreFoundWithTheirPlaceAndWhatWasMeant) {
  v1::Condition condition;
  *condition.mutable_any()->add_of() = Comparison("missing >= 30");
  *condition.mutable_any()->add_of() = Comparison("mising >= 30");
  auto faults = FaultsOf(condition);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].path, "any[1]");
  EXPECT_THAT(faults[0].en, HasSubstr("did you mean missing"));

  EXPECT_EQ(FaultsOf(Comparison("missing >= many")).size(), 1u);
  EXPECT_EQ(FaultsOf(Comparison("area >= 3")).size(), 1u);
  EXPECT_EQ(FaultsOf(Comparison("controlled == maybe")).size(), 1u);
  EXPECT_EQ(FaultsOf(v1::Condition()).size(), 1u);
  EXPECT_TRUE(FaultsOf(Comparison("level in [I, 2]")).empty());
  v1::Condition two = Comparison("missing == 1");
  two.mutable_compare()->add_values("2");
  EXPECT_EQ(FaultsOf(two).size(), 1u);
  v1::Condition odd = Comparison("missing == 1");
  odd.mutable_compare()->set_op("~");
  EXPECT_EQ(FaultsOf(odd).size(), 1u);

  v1::Condition deep = Comparison("missing == 1");
  for (int i = 0; i < 200; ++i) {
    v1::Condition outer;
    *outer.mutable_not_() = deep;
    deep = std::move(outer);
  }
  EXPECT_EQ(FaultsOf(deep).size(), 1u);
}

// Property: knowing one more fact never turns "holds" into "does not hold" without passing by facts that
// changed: what is decided stays decided when an unknown fact becomes known.
TEST(Condition, LearningAnUnknownFactNeverOverturnsWhatIsDecided) {
  std::mt19937 random(20091121);
  const auto pick = [&](int n) { return static_cast<int>(random() % n); };
  const std::array<const char*, 4> keys = {"dead", "missing", "trapped", "affected"};
  std::function<v1::Condition(int)> make = [&](int depth) {
    v1::Condition c;
    const int kind = depth == 0 ? 0 : pick(4);
    if (kind == 0) {
      const std::array<const char*, 6> ops = {"==", "!=", "<", "<=", ">", ">="};
      return Comparison(std::string(keys[pick(4)]) + " " + ops[pick(6)] + " " +
                        std::to_string(pick(4)));
    }
    if (kind == 3) {
      *c.mutable_not_() = make(depth - 1);
      return c;
    }
    auto* list = kind == 1 ? c.mutable_all() : c.mutable_any();
    for (int i = 0; i <= pick(3); ++i) *list->add_of() = make(depth - 1);
    return c;
  };
  for (int round = 0; round < 2000; ++round) {
    const v1::Condition condition = make(3);
    Facts facts;
    std::optional<bool> before = Outcome(Evaluate(condition, facts));
    for (const char* key : keys) {
      facts[key] = Number(key, pick(4));
      const std::optional<bool> after = Outcome(Evaluate(condition, facts));
      if (before.has_value()) {
        ASSERT_EQ(before, after) << condition.ShortDebugString();
      }
      before = after;
    }
    ASSERT_TRUE(before.has_value()) << "everything is known";
  }
}

}  // namespace
}  // namespace huying::plan::rules
