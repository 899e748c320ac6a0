// SPDX-License-Identifier: Apache-2.0
#include "services/incident/references.h"

#include "absl/strings/str_cat.h"
#include "services/incident/rules/competence.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/context/hurried.h"

namespace huying::incident {
namespace {

using base::Reason;
constexpr int kUnitPagesMax = 20;
constexpr int kUnitPage = 500;

absl::Status Unknown(std::string_view zh, const std::string& name, std::string_view field) {
  return base::Invalid(Reason::UNKNOWN_REFERENCE,
                       absl::StrCat("组织目录中没有", base::Abs(zh), " ", name),
                       absl::StrCat("directory knows no ", name))
      .Field(field)
      .Rule("incident.reference-known")
      .Next("从组织目录中选择", "choose one of the directory");
}

common::v1::Flag UncheckedFlag(std::string_view rule, std::string_view zh,
                               const std::string& what) {
  return rules::MakeFlag(rule, absl::StrCat(base::Abs(zh), "待核：组织目录没有应答（", what, "）"));
}

}  // namespace

absl::StatusOr<References::Unchecked> References::Post(const Context& context,
                                                       const std::string& name,
                                                       std::string_view field) const {
  const auto post = facts_.PostOf(context, name);
  if (!post.ok()) return Unknown("岗位", name, field);
  if (post->silent()) return Unchecked(UncheckedFlag("incident.post-unchecked", "岗位", name));
  return Unchecked();
}

// Those of the units that directory knows, by name.
absl::StatusOr<References::Units> References::FindUnits(const Context& context,
                                                        const std::set<std::string>& names) const {
  const Context hurried = context::Hurried(context);
  Units found;
  directory::v1::ListUnitsRequest ask;
  ask.set_page_size(kUnitPage);
  for (int page = 0; page < kUnitPagesMax; ++page) {
    ASSIGN_OR_RETURN(const auto units, directory_.ListUnits(hurried, ask));
    for (const auto& unit : units.units()) {
      if (names.count(unit.name()) > 0) found.emplace(unit.name(), unit);
    }
    if (found.size() == names.size() || units.next_page_token().empty()) return found;
    ask.set_page_token(units.next_page_token());
  }
  return base::Unavailable(Reason::LOWER_SERVICE_UNAVAILABLE, "单位太多", "too many units");
}

absl::StatusOr<References::Unchecked> References::Unit(const Context& context,
                                                       const std::string& name,
                                                       std::string_view field) const {
  const auto units = FindUnits(context, {name});
  if (!units.ok()) {
    if (!base::GaveNoAnswer(units.status())) return units.status();
    return Unchecked(UnitUnchecked(name));
  }
  if (units->empty()) return Unknown("单位", name, field);
  return Unchecked();
}

std::set<std::string> References::UnknownExecutors(const Context& context,
                                                   const plan::v1::ResponseLevel& level) const {
  std::set<std::string> units;
  std::set<std::string> posts;
  for (const auto& task : level.tasks()) {
    if (!task.unit().empty()) units.insert(task.unit());
    if (!task.post().empty()) posts.insert(task.post());
  }
  std::set<std::string> unknown;
  const auto known = FindUnits(context, units);
  if (!known.ok()) return unknown;
  for (const std::string& unit : units) {
    if (known->count(unit) == 0) unknown.insert(unit);
  }
  for (const std::string& post : posts) {
    const auto said = Post(context, post, "post");
    if (!said.ok()) unknown.insert(post);
    if (said.ok() && *said) break;  // directory has fallen silent: it is not waited for again
  }
  return unknown;
}

common::v1::Flag References::UnitUnchecked(const std::string& name) {
  return UncheckedFlag("incident.unit-unchecked", "单位", name);
}

absl::StatusOr<References::Areas> References::AreasFor(
    const Context& context, std::string_view permission,
    const std::vector<std::string>& asked) const {
  Areas areas;
  if (asked.empty()) return areas;
  directory::v1::ResolveRecipientsRequest resolve;
  for (const std::string& area : asked) resolve.add_areas(area);
  const auto known = directory_.ResolveRecipients(context::Hurried(context), resolve);
  const auto said = known.ok()
                        ? directory_.CheckCompetence(context::Hurried(context), permission, asked)
                        : absl::StatusOr<directory::v1::CheckCompetenceResponse>(known.status());
  if (!said.ok()) {
    if (!base::GaveNoAnswer(said.status())) return said.status();
    for (const std::string& area : asked) areas.codes.push_back(rules::PaddedArea(area));
    areas.unchecked = rules::MakeFlag("incident.area-unchecked", "区域待核：组织目录没有应答");
    return areas;
  }
  if (!said->covers_area()) return rules::OutsideArea(said->outside_area());
  std::set<std::string> above;
  for (const auto& target : known->targets()) {
    areas.codes.push_back(target.code());
    for (auto at = known->parents().find(target.code());
         at != known->parents().end() && above.insert(at->second).second;) {
      at = known->parents().find(at->second);
    }
  }
  areas.above.assign(above.begin(), above.end());
  return areas;
}

absl::StatusOr<std::optional<References::Path>> References::PathOf(const Context& context,
                                                                   const std::string& code) const {
  auto said = facts_.PlaceOf(context, code, "area");
  if (!said.ok()) {
    if (absl::IsInvalidArgument(said.status())) return said.status();
    return std::optional<Path>();  // anything else is the directory's own trouble
  }
  if (said->silent()) return std::optional<Path>();
  guard::AreaPath& path = said->value->path;
  return std::optional<Path>(Path{std::move(path.area), std::move(path.above), said->as_of_seq});
}

std::string References::SupervisorOf(const Context& context, const std::string& post) const {
  return facts_.SupervisorOf(context, post);
}

absl::StatusOr<std::string> References::PostAbove(const Context& context,
                                                  const std::string& post) const {
  directory::v1::GetPostRequest ask;
  ask.set_name(post);
  const auto found = directory_.GetPost(context::Hurried(context), ask);
  if (found.ok()) return found->post().supervisor();
  // A post that directory does not know has nobody above it.
  return base::GaveNoAnswer(found.status()) ? absl::StatusOr<std::string>(found.status()) : "";
}

std::string References::DutyPostOver(const Context& context, const Path& path) const {
  return DutyPostOf(context, path.above.empty() ? path.code : path.above.back());
}

std::string References::DutyPostOf(const Context& context, const std::string& area) const {
  return facts_.DutyPostOf(context, area);
}

std::optional<rules::Standing> References::StandingTo(const Context& context,
                                                      const v1::Task& task) const {
  rules::Standing standing;
  std::string area;
  if (!task.executor_post().empty()) {
    const auto found = facts_.PostOf(context, task.executor_post());
    if (!found.ok() || found->silent()) return std::nullopt;
    const directory::v1::Post& post = *found->value;
    area = post.area();
    standing.deputies = {post.deputies().begin(), post.deputies().end()};
  } else {
    const auto units = FindUnits(context, {task.executor_unit()});
    if (!units.ok() || units->empty()) return std::nullopt;
    area = units->begin()->second.area();
  }
  const auto said = facts_.CompetenceOf(context, "task.execute", {area}, "name");
  if (!said.ok() || said->silent()) return std::nullopt;
  standing.over = said->value->covers_area;
  return standing;
}

}  // namespace huying::incident
