// SPDX-License-Identifier: Apache-2.0
#include "services/platform/duty/obligation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::duty {
namespace {

using base::Reason;
using ledger::Int;
using ledger::Text;

// Steps kept in the record; later ones are counted in `missed` only.
constexpr int kClimbsKept = 50;
constexpr absl::Duration kRepeatAtTheTop = absl::Hours(24);

absl::Status NotAllowed(const Obligation& obligation, std::string_view zh, std::string_view en) {
  return base::Refused(Reason::ILLEGAL_TRANSITION,
                       absl::StrCat(obligation.title(), "：", base::Abs(zh)),
                       absl::StrCat(obligation.name(), ": ", base::Abs(en)))
      .Rule("duty.states");
}

void Announce(ledger::Transaction& tx, const Obligation& obligation) {
  tx.SetCase(obligation.case_id());
  for (const std::string& post : PostsOf(obligation)) tx.Publish(PostChannel(post));
  if (obligation.post().empty() && !obligation.area().empty()) {
    tx.Publish(AreaChannel(obligation.area()));
  }
}

void SetRow(ledger::Transaction& tx, const Obligation& obligation, absl::Time at) {
  tx.SetDeadline({.key = obligation.name(),
                  .handler = kDueHandler,
                  .due_at = at,
                  .subject = obligation.name()});
}

// Moves the record; the caller has filled in what belongs to the move.
void Save(ledger::Transaction& tx, const Obligation& obligation) {
  tx.Change(kObligations, obligation.name(), obligation);
  Announce(tx, obligation);
}

absl::StatusOr<Obligation> Moved(ledger::Transaction& tx, std::string_view name, Move move,
                                 bool late = false) {
  ASSIGN_OR_RETURN(auto stored, tx.Get(kObligations, name));
  const Obligation::State next = NextState(stored.value.state(), move, late);
  if (next == Obligation::STATE_UNSPECIFIED) {
    if (!IsOpen(stored.value.state())) return NotAllowed(stored.value, "已经办结", "it was closed");
    return NotAllowed(stored.value, "目前不能这样办理", "this is not possible now");
  }
  stored.value.set_state(next);
  return std::move(stored.value);
}

void Close(ledger::Transaction& tx, Obligation& obligation, std::string_view note) {
  obligation.set_note(std::string(note));
  *obligation.mutable_closed_by() = tx.actor();
  *obligation.mutable_closed_at() = base::ToProto(tx.received_at());
  if (!obligation.suspensions().empty()) {
    auto& last = *obligation.mutable_suspensions()->rbegin();
    if (!last.has_to()) *last.mutable_to() = base::ToProto(tx.received_at());
  }
  tx.ClearDeadline(obligation.name());
}

bool IsPast(const Obligation& obligation, absl::Time at) {
  return obligation.state() != Obligation::SUSPENDED && obligation.has_due_at() &&
         at > base::FromProto(obligation.due_at());
}

}  // namespace

const ledger::RecordKind<Obligation> kObligations(
    "obligation", [](const Obligation& o) { return Obligation::State_Name(o.state()); },
    {{"case_id", [](const Obligation& o) { return Text(o.case_id()); }},
     {"subject", [](const Obligation& o) { return Text(o.subject()); }},
     {"post", [](const Obligation& o) { return Text(o.post()); }},
     {"kind", [](const Obligation& o) { return Int(o.kind()); }},
     {"state", [](const Obligation& o) { return Int(o.state()); }},
     {"open", [](const Obligation& o) { return Int(IsOpen(o.state()) ? 1 : 0); }}});

std::string PostChannel(std::string_view post) { return absl::StrCat("post:", base::Abs(post)); }
std::string AreaChannel(std::string_view area) { return absl::StrCat("duty:", base::Abs(area)); }

std::string NameOf(std::string_view subject, std::string_view rule_id, std::string_view series) {
  return absl::StrCat(base::Abs(subject), "/obligations/", base::Abs(rule_id),
                      series.empty() ? "" : "-", base::Abs(series));
}

Obligation About(std::string_view subject, std::string_view rule_id, std::string_view title,
                 std::string_view series) {
  Obligation obligation;
  obligation.set_subject(std::string(subject));
  obligation.set_rule_id(std::string(rule_id));
  obligation.set_title(std::string(title));
  obligation.set_series(std::string(series));
  return obligation;
}

void Due(Obligation& obligation, absl::Time start, absl::Time due, absl::Duration climb_every) {
  *obligation.mutable_start_at() = base::ToProto(start);
  *obligation.mutable_due_at() = base::ToProto(due);
  if (climb_every > absl::ZeroDuration()) {
    *obligation.mutable_climb_every() = base::ToProto(climb_every);
  }
}

absl::StatusOr<std::string> Owe(ledger::Transaction& tx, Obligation obligation) {
  const std::string wanted =
      NameOf(obligation.subject(), obligation.rule_id(), obligation.series());
  std::string name = wanted;
  for (int number = 2;; ++number) {
    ASSIGN_OR_RETURN(const auto taken, tx.Find(kObligations, name));
    if (!taken) break;
    if (number > kSameRuleMax) {
      return base::Exhausted("同一事项的应办记录过多", "too many obligations of one rule")
          .Rule("duty.bounded");
    }
    name = absl::StrCat(wanted, "-", number);
  }
  obligation.set_name(name);
  obligation.set_state(Obligation::RUNNING);
  if (obligation.case_id().empty()) obligation.set_case_id(obligation.subject());
  if (!obligation.has_start_at()) *obligation.mutable_start_at() = base::ToProto(tx.now());
  if (!obligation.has_opened_by()) *obligation.mutable_opened_by() = tx.actor();
  if (obligation.has_due_at()) SetRow(tx, obligation, base::FromProto(obligation.due_at()));
  tx.Create(kObligations, name, obligation);
  Announce(tx, obligation);
  return name;
}

absl::StatusOr<std::optional<Obligation>> FindOpen(ledger::Transaction& tx,
                                                   std::string_view subject,
                                                   std::string_view rule_id,
                                                   std::string_view series) {
  const std::string first = NameOf(subject, rule_id, series);
  std::string name = first;
  for (int number = 2; number <= kSameRuleMax + 1; ++number) {
    ASSIGN_OR_RETURN(auto found, tx.Find(kObligations, name));
    if (!found) break;
    if (IsOpen(found->value.state())) return std::optional<Obligation>(std::move(found->value));
    name = absl::StrCat(first, "-", number);
  }
  return std::optional<Obligation>();
}

absl::StatusOr<Obligation> Meet(ledger::Transaction& tx, std::string_view name,
                                std::string_view met_by, std::string_view note) {
  ASSIGN_OR_RETURN(const auto before, tx.Get(kObligations, name));
  const bool late = IsPast(before.value, tx.received_at());
  ASSIGN_OR_RETURN(Obligation obligation, Moved(tx, name, Move::kMeet, late));
  if (late && !obligation.has_overdue_at()) {
    *obligation.mutable_overdue_at() = obligation.due_at();
    obligation.set_missed(1);
  }
  obligation.set_met_by(std::string(met_by));
  Close(tx, obligation, note);
  Save(tx, obligation);
  return obligation;
}

absl::StatusOr<Obligation> Cancel(ledger::Transaction& tx, std::string_view name,
                                  std::string_view why) {
  ASSIGN_OR_RETURN(Obligation obligation, Moved(tx, name, Move::kCancel));
  Close(tx, obligation, why);
  Save(tx, obligation);
  return obligation;
}

absl::StatusOr<Obligation> Suspend(ledger::Transaction& tx, std::string_view name,
                                   std::string_view reason) {
  ASSIGN_OR_RETURN(const auto before, tx.Get(kObligations, name));
  if (IsOpen(before.value.state()) && IsPast(before.value, tx.received_at())) {
    return NotAllowed(before.value, "时限已过，不能中止", "its limit has passed");
  }
  ASSIGN_OR_RETURN(Obligation obligation, Moved(tx, name, Move::kSuspend));
  Obligation::Suspension& span = *obligation.add_suspensions();
  *span.mutable_from() = base::ToProto(tx.received_at());
  span.set_reason(std::string(reason));
  *span.mutable_actor() = tx.actor();
  tx.ClearDeadline(obligation.name());
  Save(tx, obligation);
  return obligation;
}

absl::StatusOr<Obligation> Resume(ledger::Transaction& tx, std::string_view name,
                                  const Calendar& calendar) {
  ASSIGN_OR_RETURN(Obligation obligation, Moved(tx, name, Move::kResume));
  Obligation::Suspension& span = *obligation.mutable_suspensions()->rbegin();
  *span.mutable_to() = base::ToProto(tx.received_at());
  if (obligation.has_due_at()) {
    const absl::Time due =
        calendar.Extended(base::FromProto(obligation.due_at()), obligation.count(),
                          base::FromProto(span.from()), tx.received_at());
    *obligation.mutable_due_at() = base::ToProto(due);
    SetRow(tx, obligation, due);
  }
  Save(tx, obligation);
  return obligation;
}

absl::StatusOr<std::optional<Obligation>> FallDue(ledger::Transaction& tx, std::string_view name,
                                                  const std::optional<std::string>& next_post) {
  tx.ClearDeadline(name);
  ASSIGN_OR_RETURN(auto stored, tx.Find(kObligations, name));
  if (!stored || !stored->value.has_due_at()) return std::optional<Obligation>();
  Obligation obligation = std::move(stored->value);
  tx.SetCase(obligation.case_id());
  const Obligation::State next = NextState(obligation.state(), Move::kFallDue, true);
  if (next == Obligation::STATE_UNSPECIFIED) return std::optional<Obligation>();
  const absl::Time due = base::FromProto(obligation.due_at());
  if (!obligation.has_overdue_at()) {
    *obligation.mutable_overdue_at() = obligation.due_at();
    obligation.set_in_outage(tx.in_outage());
  }
  obligation.set_state(next);
  obligation.set_missed(1);
  if (obligation.has_climb_every()) {
    const absl::Duration every = base::FromProto(obligation.climb_every());
    const int64_t whole = std::max<int64_t>(0, (tx.now() - due) / every);
    obligation.set_missed(static_cast<int>(whole) + 1);
    const bool at_the_top = next_post && next_post->empty();
    const bool daily = at_the_top && obligation.kind() != Obligation::REPORT;
    SetRow(tx, obligation,
           daily ? tx.now() + std::max(every, kRepeatAtTheTop) : due + every * (whole + 1));
  }
  if (obligation.climbs_size() < kClimbsKept) {
    Obligation::Climb& climb = *obligation.add_climbs();
    *climb.mutable_at() = base::ToProto(tx.now());
    climb.set_post(next_post.value_or(""));
  }
  Save(tx, obligation);
  tx.Subject(kObligations, obligation.name());
  return std::optional<Obligation>(std::move(obligation));
}

std::vector<std::string> PostsOf(const Obligation& obligation) {
  std::vector<std::string> posts;
  const auto add = [&posts](const std::string& post) {
    if (post.empty() || std::find(posts.begin(), posts.end(), post) != posts.end()) return;
    posts.push_back(post);
  };
  add(obligation.post());
  for (const Obligation::Climb& climb : obligation.climbs()) add(climb.post());
  return posts;
}

bool Concerns(const Obligation& obligation, const common::v1::Actor& actor) {
  if (obligation.post().empty() && actor.tier() != common::v1::EXTERNAL &&
      !obligation.area().empty() && obligation.area() == actor.area()) {
    return true;
  }
  for (const std::string& post : PostsOf(obligation)) {
    if (post == actor.post() || post == actor.acting_for_post()) return true;
  }
  return false;
}

}  // namespace huying::duty
