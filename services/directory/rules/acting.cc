// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/acting.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory::rules {
namespace {

using base::Reason;

constexpr char kRule[] = "directory.acting-for";
constexpr size_t kReasonBytesMax = 600;

bool IsDeputy(const v1::Post& post, std::string_view own) {
  return std::find(post.deputies().begin(), post.deputies().end(), own) != post.deputies().end();
}

std::string TitleOf(const View& view, const std::string& name) {
  auto at = view->posts.find(name);
  return at == view->posts.end() ? name : at->second.title();
}

absl::Status NotADeputy(const View& view, const v1::Post& post) {
  std::vector<std::string> titles;
  for (const std::string& deputy : post.deputies()) titles.push_back(TitleOf(view, deputy));
  const bool none = titles.empty();
  return base::Denied(Reason::PERMISSION_MISSING,
                      absl::StrCat("当前岗位不在“", post.title(), "”的代行顺序中"),
                      absl::StrCat("your post is no deputy of ", post.name()))
      .Field("acting_for.post")
      .Rule(kRule)
      .Next(none ? "该岗位没有设定代行顺序；急事以本岗位先行处置并上报"
                 : absl::StrCat("可代行的岗位依次为：", absl::StrJoin(titles, "、")),
            none ? "that post has no deputies; in urgency act in your own post and report upwards"
                 : absl::StrCat("its deputies are, in order: ",
                                absl::StrJoin(post.deputies(), ", ")));
}

absl::Status CheckReason(const std::string& reason) {
  if (!reason.empty() && reason.size() <= kReasonBytesMax) return absl::OkStatus();
  return base::Invalid(
             reason.empty() ? Reason::FIELD_MISSING : Reason::FIELD_TOO_LONG,
             reason.empty() ? "请写明代行的原因" : "代行的原因太长",
             reason.empty() ? "say why you act for another post" : "the reason is too long")
      .Field("acting_for.reason")
      .Rule(kRule);
}

absl::StatusOr<absl::Time> EndOf(const v1::ActingFor& asked, absl::Time now, absl::Duration max) {
  if (!asked.has_until()) return now + max;
  const absl::Time until = base::FromProto(asked.until());
  if (until > now && until <= now + max) return until;
  return base::Invalid(Reason::FIELD_INVALID,
                       until <= now ? std::string("代行的期限已过")
                                    : absl::StrCat("代行一次最长到 ", base::BeijingTime(now + max)),
                       until <= now ? std::string("the end of acting for the post is past")
                                    : absl::StrCat("no longer than ", absl::FormatDuration(max)))
      .Field("acting_for.until")
      .Rule("directory.acting-for-max")
      .Next("到期后可再次代行", "act for it again when the time is over");
}

}  // namespace

absl::StatusOr<Acting> MayActFor(const View& view, const v1::Post* own, const v1::ActingFor& asked,
                                 absl::Time now, absl::Duration max) {
  if (asked.post().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "请指明代行哪个岗位", "say which post to act for")
        .Field("acting_for.post");
  }
  auto at = view->posts.find(asked.post());
  if (at == view->posts.end()) return base::NotFound(asked.post()).Field("acting_for.post");
  if (own == nullptr || !IsDeputy(at->second, own->name())) return NotADeputy(view, at->second);
  RETURN_IF_ERROR(CheckReason(asked.reason()));
  ASSIGN_OR_RETURN(const absl::Time until, EndOf(asked, now, max));
  return Acting{asked.post(), asked.reason(), until, OfDepartment(view, at->second)};
}

std::optional<Acting> ActsStill(const View& view, const v1::Post* own,
                                const common::v1::Actor& actor, absl::Time now,
                                absl::Duration max) {
  if (actor.acting_for_post().empty()) return std::nullopt;
  v1::ActingFor asked;
  asked.set_post(actor.acting_for_post());
  asked.set_reason(actor.acting_reason());
  *asked.mutable_until() = actor.acting_until();
  auto acting = MayActFor(view, own, asked, now, max);
  if (!acting.ok()) return std::nullopt;
  return *std::move(acting);
}

void SetActing(const Acting& acting, common::v1::Actor& actor) {
  actor.set_acting_for_post(acting.post);
  actor.set_acting_reason(acting.reason);
  *actor.mutable_acting_until() = base::ToProto(acting.until);
  // A department's post that is deputy of a government's speaks for the government while it acts for it.
  actor.set_department(actor.department() && acting.department);
}

const v1::Post* DeputyAmong(const View& view, const v1::Account& account,
                            std::string_view acting_for, const v1::Post* preferred) {
  auto at = view->posts.find(acting_for);
  if (at == view->posts.end()) return preferred;
  if (preferred != nullptr && IsDeputy(at->second, preferred->name())) return preferred;
  const auto& own = account.posts();
  for (const std::string& deputy : at->second.deputies()) {
    auto post = view->posts.find(deputy);
    if (post != view->posts.end() && std::find(own.begin(), own.end(), deputy) != own.end()) {
      return &post->second;
    }
  }
  return preferred;
}

std::vector<std::string> WithPermissionsOf(const View& view, std::vector<std::string> own,
                                           const Acting& acting) {
  std::set<std::string> both(own.begin(), own.end());
  if (auto at = view->posts.find(acting.post); at != view->posts.end()) {
    both.merge(PermissionsOf(view, at->second));
  }
  return {both.begin(), both.end()};
}

std::optional<common::v1::Flag> OffDuty(const View& view, const ShiftsAt& shifts,
                                        std::string_view person, const v1::Post* post) {
  if (post == nullptr) return std::nullopt;
  const v1::Holder holder = HolderOf(view, shifts, *post);
  if (!holder.person().empty() && holder.person() == person) return std::nullopt;
  common::v1::Flag flag;
  flag.set_rule_id(kOffDutyRule);
  flag.set_text(
      holder.person().empty()
          ? absl::StrCat("不在班：", post->title(), "此时无人在班")
          : absl::StrCat("不在班：", post->title(), "此时由",
                         holder.person_name().empty() ? holder.person() : holder.person_name(),
                         "在班"));
  return flag;
}

}  // namespace huying::directory::rules
