// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/common/v1/obligation.pb.h"
#include "services/platform/duty/calendar.h"
#include "services/platform/duty/states.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/records.h"

// What is owed, as records of the ledger whose case it belongs to. A service says what is owed; the
// platform keeps it, lets it fall due, and climbs. A service that owes something
//   - lists duty::kObligations.schema() among its kinds,
//   - calls Owe, Meet and Cancel inside its decisions,
//   - registers duty::OnDue(...) under duty::kDueHandler (due.h),
//   - answers its ListObligations with duty::List (list.h).
//
//   // An intake is to be verified within 15 minutes, by the duty post of the district.
//   Obligation verify = duty::About(incident.name(), "incident.verify", "核实时限");
//   verify.set_kind(Obligation::VERIFICATION);
//   verify.set_post("posts/district-duty");
//   duty::Due(verify, tx.received_at(), tx.received_at() + absl::Minutes(15));
//   ASSIGN_OR_RETURN(std::string name, duty::Owe(tx, std::move(verify)));
//   ...
//   RETURN_IF_ERROR(duty::Meet(tx, name, incident.name()));
//
// Every verb publishes on `post:<post>` of whoever owes it or was told of it ("post:posts/district-duty"),
// so that his inbox (inbox.h) hears it at once, and sets the entry's case. None makes its record the entry's
// subject: that is the service's. Functions, for use inside one decision.
namespace huying::duty {

// Keyed by name; columns "case_id", "subject", "post", "kind" and "state" (numbers), "open" (0 or 1).
extern const ledger::RecordKind<Obligation> kObligations;
// Of the deadline row, which has the obligation's name as its key and subject.
inline constexpr char kDueHandler[] = "obligation";

std::string PostChannel(std::string_view post);
// Of what names no post: everybody on duty for that very area.
std::string AreaChannel(std::string_view area);
// "<subject>/obligations/<rule id>[-<series>]".
std::string NameOf(std::string_view subject, std::string_view rule_id,
                   std::string_view series = "");

// An obligation with its four names filled in; the caller adds kind, post, due time and what else it
// knows.
Obligation About(std::string_view subject, std::string_view rule_id, std::string_view title,
                 std::string_view series = "");
// Sets when it starts and ends. With `climb_every` it climbs again at each such interval after it.
void Due(Obligation& obligation, absl::Time start, absl::Time due,
         absl::Duration climb_every = absl::ZeroDuration());

// Writes it, RUNNING, with its deadline row, and returns its name. When an earlier one has that name, a
// number is put behind it ("-2"); RESOURCE_EXHAUSTED beyond kSameRuleMax. Unset `case_id` is the
// subject, unset `start_at` is now.
absl::StatusOr<std::string> Owe(ledger::Transaction& tx, Obligation obligation);
inline constexpr int kSameRuleMax = 1000;

// The open obligation of that subject, rule and series, if there is one.
absl::StatusOr<std::optional<Obligation>> FindOpen(ledger::Transaction& tx,
                                                   std::string_view subject,
                                                   std::string_view rule_id,
                                                   std::string_view series = "");

// It was done, in time or late (judged by the time of receipt). `met_by` names what met it, `note` says
// what was done. ILLEGAL_TRANSITION when it was closed before, NOT_FOUND when there is none.
// Returns the obligation as it is now.
absl::StatusOr<Obligation> Meet(ledger::Transaction& tx, std::string_view name,
                                std::string_view met_by, std::string_view note = "");
// It is no longer owed. `why` stands in its note.
absl::StatusOr<Obligation> Cancel(ledger::Transaction& tx, std::string_view name,
                                  std::string_view why);
// Its time stands still until Resume, which moves the due time by what it stood still. Nothing else
// moves a due time.
absl::StatusOr<Obligation> Suspend(ledger::Transaction& tx, std::string_view name,
                                   std::string_view reason);
absl::StatusOr<Obligation> Resume(ledger::Transaction& tx, std::string_view name,
                                  const Calendar& calendar);

// Its limit passed, or one more interval after it: OVERDUE, counted in `missed`, one step up to
// `next_post`, and the row set to the next interval. When nobody stands above ("") the alarm is repeated
// once a day; unset, directory gave no answer, and the step is taken without a post. A REPORT keeps its
// interval, since each one that passes is one report missed. Nothing when it was closed meanwhile. The
// obligation becomes the entry's subject.
absl::StatusOr<std::optional<Obligation>> FallDue(ledger::Transaction& tx, std::string_view name,
                                                  const std::optional<std::string>& next_post);

// It was not done in time, whether or not it was done since.
inline bool IsLate(const Obligation& obligation) { return obligation.has_overdue_at(); }
// Who owes it now and who was told that it is overdue.
std::vector<std::string> PostsOf(const Obligation& obligation);
// Whether the actor, in his post or for the one he acts for, owes it or was told of it. An obligation
// without a post is that of everybody on duty for its very area. One function for lists, closing and
// the inbox.
bool Concerns(const Obligation& obligation, const common::v1::Actor& actor);

}  // namespace huying::duty
