// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/drill/rules/exercise.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/status.h"

namespace huying::drill::rules {
namespace {

using base::Reason;

absl::Status TooMany(std::string field, int limit) {
  return base::Invalid(Reason::FIELD_TOO_LONG, absl::StrCat("最多", limit, "项"),
                       absl::StrCat("at most ", limit))
      .Field(field);
}

absl::Status Missing(std::string field) {
  return base::Invalid(Reason::FIELD_MISSING, "必填", "required").Field(field);
}

absl::Status Unknown(std::string field, std::string name) {
  return base::Invalid(Reason::UNKNOWN_REFERENCE, absl::StrCat("没有“", name, "”"),
                       absl::StrCat("there is no '", name, "'"))
      .Field(field);
}

absl::Status CheckSizes(const v1::PlanExerciseRequest& request) {
  if (request.title().empty()) return Missing("title");
  if (request.title().size() > kTitleBytesMax) return TooMany("title", kTitleBytesMax);
  if (request.injects_size() > kInjectsMax) return TooMany("injects", kInjectsMax);
  if (request.expectations_size() > kExpectationsMax) {
    return TooMany("expectations", kExpectationsMax);
  }
  if (request.actor_posts_size() > kActorPostsMax) return TooMany("actor_posts", kActorPostsMax);
  if (request.plans_size() > kPlansMax) return TooMany("plans", kPlansMax);
  return absl::OkStatus();
}

absl::Status TakeId(const std::string& id, const std::string& field, std::set<std::string>& ids) {
  if (id.empty()) return Missing(absl::StrCat(field, ".id"));
  if (!ids.insert(id).second || id == "start") {
    return base::Invalid(Reason::FIELD_INVALID, absl::StrCat("编号“", id, "”重复或被占用"),
                         absl::StrCat("id '", id, "' is taken"))
        .Field(absl::StrCat(field, ".id"));
  }
  return absl::OkStatus();
}

absl::Status CheckDuration(const google::protobuf::Duration& duration, bool zero_allowed,
                           const std::string& field) {
  const absl::Duration value = ToDuration(duration);
  const bool fits = value >= absl::ZeroDuration() && value <= kLengthMax;
  if (fits && (zero_allowed || value > absl::ZeroDuration())) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID,
                       zero_allowed ? "须在0到90天之间" : "须大于0且不超过90天",
                       zero_allowed ? "between 0 and 90 days" : "above 0, at most 90 days")
      .Field(field);
}

absl::Status CheckExpectation(const v1::Expectation& expectation, const std::string& field) {
  RETURN_IF_ERROR(CheckDuration(expectation.limit(), false, absl::StrCat(field, ".limit")));
  RETURN_IF_ERROR(CheckDuration(expectation.tolerance(), true, absl::StrCat(field, ".tolerance")));
  if (expectation.silence() &&
      ToDuration(expectation.tolerance()) >= ToDuration(expectation.limit())) {
    return base::Invalid(Reason::FIELD_INVALID, "预期沉默的容差须小于时限，否则必然达到",
                         "the tolerance of a silence must be below its limit, or it is always met")
        .Field(absl::StrCat(field, ".tolerance"));
  }
  const auto& match = expectation.match();
  if (match.act().empty() && match.kind().empty() && match.state().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "须写明 act、kind 或 state",
                         "act, kind or state is needed")
        .Field(absl::StrCat(field, ".match"));
  }
  if (match.count() < 0) {
    return base::Invalid(Reason::FIELD_INVALID, "不能为负", "not below 0")
        .Field(absl::StrCat(field, ".match.count"));
  }
  common::v1::Tier tier;
  if (!match.tier().empty() && !common::v1::Tier_Parse(match.tier(), &tier)) {
    return Unknown(absl::StrCat(field, ".match.tier"), match.tier());
  }
  return absl::OkStatus();
}

// Every chain of `from` ends at "start" or an inject, and none passes through a silence.
absl::Status CheckFrom(const v1::PlanExerciseRequest& request) {
  std::set<std::string> injects;
  std::map<std::string, const v1::Expectation*> by_id;
  for (const auto& inject : request.injects()) injects.insert(inject.id());
  for (const auto& expectation : request.expectations()) by_id[expectation.id()] = &expectation;
  for (int i = 0; i < request.expectations_size(); ++i) {
    const std::string field = absl::StrCat("expectations[", i, "].from");
    std::string from = request.expectations(i).from();
    for (int steps = 0; !from.empty() && from != "start" && injects.count(from) == 0; ++steps) {
      const auto other = by_id.find(from);
      if (other == by_id.end()) return Unknown(field, from);
      if (other->second->silence() || steps > request.expectations_size()) {
        return base::Invalid(Reason::FIELD_INVALID, absl::StrCat("不能从“", from, "”起算"),
                             absl::StrCat("a clock cannot start at '", from, "'"))
            .Field(field);
      }
      from = other->second->from();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidatePlan(const v1::PlanExerciseRequest& request) {
  RETURN_IF_ERROR(CheckSizes(request));
  std::set<std::string> ids;
  for (int i = 0; i < request.injects_size(); ++i) {
    const std::string field = absl::StrCat("injects[", i, "]");
    RETURN_IF_ERROR(TakeId(request.injects(i).id(), field, ids));
    RETURN_IF_ERROR(
        CheckDuration(request.injects(i).offset(), true, absl::StrCat(field, ".offset")));
  }
  for (int i = 0; i < request.expectations_size(); ++i) {
    const std::string field = absl::StrCat("expectations[", i, "]");
    RETURN_IF_ERROR(TakeId(request.expectations(i).id(), field, ids));
    RETURN_IF_ERROR(CheckExpectation(request.expectations(i), field));
  }
  return CheckFrom(request);
}

}  // namespace huying::drill::rules
