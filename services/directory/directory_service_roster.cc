// SPDX-License-Identifier: Apache-2.0
//
// Rosters: shifts put, moved, split and cancelled; what will be missing; whom to call.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/directory/directory_service.h"
#include "services/directory/editor.h"
#include "services/directory/page_of.h"
#include "services/directory/rules/look_ahead.h"
#include "services/directory/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/reach.h"

namespace huying::directory {
namespace {

using base::Reason;

constexpr int kLookAheadDays = 7;
constexpr int kLookAheadDaysMax = 31;

// The roster of a post is written by its own unit and by whoever governs its area; an administrator
// without a post and a process writing a copy are bound by their permission alone.
absl::Status CheckRosterArea(ledger::Transaction& tx, const v1::Shift& shift) {
  const common::v1::Actor& actor = tx.actor();
  if (!actor.system().empty() || actor.post().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto post, tx.Find(Posts(), shift.post()));
  if (!post) return absl::OkStatus();  // Finish() says that it is unknown
  if (!post->value.unit().empty() && post->value.unit() == actor.unit()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const guard::AreaPath path, PathIn(tx, post->value.area()));
  if (guard::Governs(actor, path)) return absl::OkStatus();
  tx.KeepRefusal();
  return base::Denied(base::Reason::OUTSIDE_AREA, "该岗位不在本岗位管辖范围内，不能排班",
                      "the post lies outside your area")
      .Field("shift.post")
      .Rule("directory.roster-area");
}

// Who is on the roster and cannot sign in answers nobody.
std::optional<common::v1::Flag> NoAccountFlag(const rules::View& view, const v1::Shift& shift) {
  if (rules::CanSignInAs(view, shift.person(), shift.post())) return std::nullopt;
  auto person = view->people.find(shift.person());
  common::v1::Flag flag;
  flag.set_rule_id("directory.roster-no-account");
  flag.set_text(absl::StrCat("没有可登录此岗位的账户，到时无人应答：",
                             person == view->people.end() ? shift.person() : person->second));
  return flag;
}

absl::StatusOr<v1::Shift> OpenShift(ledger::Transaction& tx, const std::string& name,
                                    std::string_view field) {
  ASSIGN_OR_RETURN(auto stored, tx.Find(Shifts(), name));
  if (stored && !stored->value.cancelled()) return std::move(stored->value);
  return base::Refused(Reason::UNKNOWN_REFERENCE, stored ? "该班次已经作废" : "没有这个班次",
                       stored ? "that shift is cancelled already" : "there is no such shift")
      .Field(field)
      .Rule("directory.shift-open")
      .Next("用 huying roster shifts 查看该岗位的班次",
            "huying roster shifts lists the post's shifts");
}

}  // namespace

absl::StatusOr<ledger::Command> DirectoryService::PutShift(const context::CallContext&,
                                                           const v1::PutShiftRequest& request) {
  v1::Shift shift = request.shift();
  shift.set_origin(v1::Shift::BY_HAND);
  shift.clear_cancelled();
  shift.clear_cancel_reason();
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  std::optional<common::v1::Flag> flag = NoAccountFlag(page.view(), shift);
  ledger::Command command;
  command.reads = {Posts().Ref(shift.post()), People().Ref(shift.person())};
  command.decide = [shift, flag, replaces = request.replaces(), take_over = request.take_over(),
                    shift_max = ShiftMax()](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(CheckRosterArea(tx, shift));
    Editor editor(tx,
                  {.shift_max = shift_max,
                   .overlap = take_over ? rules::Overlap::kTakesOver : rules::Overlap::kRefused});
    if (!replaces.empty()) {
      ASSIGN_OR_RETURN(const v1::Shift moved, OpenShift(tx, replaces, "replaces"));
      RETURN_IF_ERROR(CheckRosterArea(tx, moved));
      RETURN_IF_ERROR(editor.Cancel(moved, "改期"));
    }
    RETURN_IF_ERROR(editor.Put(shift, "shift"));
    if (flag) tx.AddFlag(*flag);
    return editor.Finish();
  };
  return command;
}

absl::StatusOr<ledger::Command> DirectoryService::CancelShift(
    const context::CallContext&, const v1::CancelShiftRequest& request) {
  if (request.reason().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "请写明作废的原因", "say why it is cancelled")
        .Field("reason");
  }
  ledger::Command command;
  command.reads = {Shifts().Ref(request.name())};
  command.decide = [name = request.name(),
                    reason = request.reason()](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::Shift shift, OpenShift(tx, name, "name"));
    RETURN_IF_ERROR(CheckRosterArea(tx, shift));
    Editor editor(tx, {});
    RETURN_IF_ERROR(editor.Cancel(shift, reason));
    return editor.Finish();
  };
  return command;
}

absl::StatusOr<v1::ListShiftsResponse> DirectoryService::ListShifts(
    const context::CallContext&, const v1::ListShiftsRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  if (page.view()->posts.find(request.post()) == page.view()->posts.end()) {
    return base::NotFound(request.post()).Field("post");
  }
  const absl::Time from = request.has_from() ? base::FromProto(request.from()) : Now();
  const absl::Time to =
      request.has_to() ? base::FromProto(request.to()) : from + rules::kShiftLongest;
  ledger::Filter filter = ShiftsBetween(from, to);
  filter.where.push_back({"post", "=", ledger::Text(request.post())});
  ASSIGN_OR_RETURN(auto shifts,
                   page.reader().List(Shifts(), filter, request.page_size(), request.page_token()));
  v1::ListShiftsResponse response;
  for (auto& stored : shifts.items) *response.add_shifts() = std::move(stored.value);
  response.set_next_page_token(shifts.next_page_token);
  return response;
}

absl::StatusOr<v1::LookAheadResponse> DirectoryService::LookAhead(
    const context::CallContext& context, const v1::LookAheadRequest& request) {
  if (request.days() < 0 || request.days() > kLookAheadDaysMax) {
    return base::Invalid(Reason::FIELD_INVALID, absl::StrCat("天数应为1至", kLookAheadDaysMax),
                         absl::StrCat("days are 1 to ", kLookAheadDaysMax))
        .Field("days");
  }
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  const std::string& code = request.area().empty() ? context.actor.area() : request.area();
  ASSIGN_OR_RETURN(const v1::Area* top, rules::KnownArea(page.view(), code, "area"));
  const absl::Time now = Now();
  const absl::Time to =
      now + absl::Hours(24 * (request.days() == 0 ? kLookAheadDays : request.days()));
  ASSIGN_OR_RETURN(const auto shifts,
                   LoadShiftsBetween(page.reader(), now - rules::kShiftLongest, to));
  const std::vector<v1::RosterGap> gaps = rules::GapsOf(page.view(), shifts, top->code(), now, to);
  v1::LookAheadResponse response;
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                   PageOf(
                       gaps,
                       [](const v1::RosterGap& gap) {
                         return absl::StrCat(gap.post(), "/", gap.start().seconds(), "/",
                                             gap.kind());
                       },
                       request.page_size(), request.page_token(),
                       [&](const v1::RosterGap& gap) { *response.add_gaps() = gap; }));
  response.set_as_of_seq(page.view().as_of_seq);
  return response;
}

absl::StatusOr<v1::GetDutyContactResponse> DirectoryService::GetDutyContact(
    const context::CallContext& context, const v1::GetDutyContactRequest& request) {
  if (request.purpose().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "请写明为何事打电话（预警、事件编号或文字）",
                         "say what the call is for: an alert, an incident, or in words")
        .Field("purpose");
  }
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  const rules::View& view = page.view();
  auto post = view->posts.find(request.post());
  if (post == view->posts.end()) return base::NotFound(request.post()).Field("post");
  RETURN_IF_ERROR(rules::MayCall(view, context.actor, post->second));
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts,
                   LoadShiftsOf(page.reader(), {request.post()}, Now()));
  const v1::Holder holder = rules::HolderOf(view, shifts, post->second);
  v1::GetDutyContactResponse response;
  response.set_post(holder.post());
  response.set_post_title(holder.post_title());
  response.set_person(holder.person());
  response.set_person_name(holder.person_name());
  if (holder.person().empty()) return response;
  ASSIGN_OR_RETURN(auto person, page.reader().Get(People(), holder.person()));
  RETURN_IF_ERROR(sealer_.Unseal(person.value).status());
  response.set_telephone(person.value.phone());
  return response;
}

}  // namespace huying::directory
