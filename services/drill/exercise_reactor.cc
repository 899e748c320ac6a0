// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/drill/drill_service.h"
#include "services/drill/rules/exercise.h"
#include "services/drill/store.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/timekeeper.h"

namespace huying::drill {
namespace {

using common::v1::Receipt;
using context::CallContext;
using ledger::Command;
using ledger::Step;
using ledger::Transaction;

// How long an effect is tried while something does not answer. Effects of all exercises stand in one
// line: after this one goes on without it, and its exercise says why.
constexpr absl::Duration kPatience = absl::Seconds(5);

std::string Words(const absl::Status& outcome) {
  const base::Problem problem = base::ProblemOf(outcome);
  return absl::StrCat(problem.message(), " / ", problem.message_en());
}

class ExerciseReactor final : public ledger::Reactor {
 public:
  explicit ExerciseReactor(ReactorNeeds needs) : needs_(needs) {}

  std::string name() const override { return "exercise"; }

  std::vector<Step> StepsFor(const ledger::StoredEntry& stored) override {
    const platform::v1::Entry& entry = stored.entry;
    if (entry.changes().empty() || entry.changes(0).kind() != Exercises().name()) return {};
    const auto exercise = ledger::RecordKind<v1::Exercise>::Parse(entry.changes(0).image());
    if (entry.act() == "drill.StartExercise") return {Prepare(exercise)};
    if (entry.act() == "drill.FinishExercise" || entry.act() == "drill.StopExercise") {
      return {Finish(exercise)};
    }
    if (entry.act() == "drill.ArchiveExercise") return {Close(exercise)};
    return {};
  }

 private:
  using Act = std::function<absl::Status(const CallContext&)>;

  Step Prepare(const v1::Exercise& exercise) {
    const auto act = [this, exercise](const CallContext& context) -> absl::Status {
      RETURN_IF_ERROR(StillPreparing(exercise.name()));
      return needs_.preparation.Run(context, exercise, context.request_id);
    };
    return {.id = "prepare",
            .act = WithPatience(act),
            .record = [name = exercise.name()](const absl::StatusOr<Receipt>& outcome) {
              return PreparationEnded(name, outcome.status());
            }};
  }

  Step Finish(const v1::Exercise& exercise) {
    const auto act = [this, realm = exercise.realm()](const CallContext& context) {
      return needs_.realms.Finish(context, realm);
    };
    return {.id = "finish",
            .act = WithPatience(act),
            .record = [name = exercise.name()](const absl::StatusOr<Receipt>& outcome) {
              return Noted(name, "drill.RealmFinished", outcome.status(),
                           [](v1::Exercise& exercise) { exercise.set_realm_finished(true); });
            }};
  }

  Step Close(const v1::Exercise& exercise) {
    const auto act = [this, realm = exercise.realm()](const CallContext& context) {
      return needs_.realms.Close(context, realm);
    };
    return {.id = "close",
            .act = WithPatience(act),
            .record = [name = exercise.name()](const absl::StatusOr<Receipt>& outcome) {
              return Noted(name, "drill.RealmClosed", outcome.status(),
                           [](v1::Exercise& exercise) { exercise.set_realm_closed(true); });
            }};
  }

  // Stopped while it waited: nobody needs the realm any more.
  absl::Status StillPreparing(const std::string& name) {
    ASSIGN_OR_RETURN(auto reader, needs_.ledger.Read());
    ASSIGN_OR_RETURN(const auto stored, reader->Get(Exercises(), name));
    if (stored.value.state() == v1::PREPARING) return absl::OkStatus();
    return base::Refused(base::Reason::CONDITION_NOT_MET, "已不在准备中",
                         "it is no longer being prepared");
  }

  // What does not answer is asked again for a while; then it is a refusal, with its words.
  std::function<absl::StatusOr<Receipt>(const CallContext&)> WithPatience(Act act) {
    const absl::Time until = needs_.machine_clock.Now() + kPatience;
    return
        [this, until, act = std::move(act)](const CallContext& context) -> absl::StatusOr<Receipt> {
          const absl::Status status = act(context);
          if (status.ok()) return Receipt();
          if (!ledger::IsTransient(status) || needs_.machine_clock.Now() < until) return status;
          const base::Problem problem = base::ProblemOf(status);
          return base::Refused(base::Reason::CONDITION_NOT_MET, problem.message(),
                               problem.message_en());
        };
  }

  static Command PreparationEnded(const std::string& name, const absl::Status& outcome) {
    const std::string text = outcome.ok() ? "" : Words(outcome);
    return Command{.reads = {Exercises().Ref(name)},
                   .decide = [name, text](Transaction& tx) -> absl::Status {
                     ASSIGN_OR_RETURN(auto stored, tx.Get(Exercises(), name));
                     v1::Exercise& exercise = stored.value;
                     if (exercise.state() != v1::PREPARING) {
                       // Stopped meanwhile: that stands, and this is a remark on it.
                       exercise.set_problem(
                           text.empty() ? "准备完成时已不在准备 / no longer preparing" : text);
                     } else if (text.empty()) {
                       ASSIGN_OR_RETURN(exercise, rules::Prepared(std::move(exercise)));
                     } else {
                       ASSIGN_OR_RETURN(exercise, rules::PrepareFailed(std::move(exercise), text));
                     }
                     tx.Change(Exercises(), name, exercise);
                     return absl::OkStatus();
                   },
                   .act = text.empty() ? "drill.Prepared" : "drill.PrepareFailed"};
  }

  // The effect is noted on the exercise, or why it did not come about.
  static Command Noted(const std::string& name, std::string act, const absl::Status& outcome,
                       std::function<void(v1::Exercise&)> done) {
    return Command{
        .reads = {Exercises().Ref(name)},
        .decide = [name, outcome, done = std::move(done)](Transaction& tx) -> absl::Status {
          ASSIGN_OR_RETURN(auto stored, tx.Get(Exercises(), name));
          if (outcome.ok()) {
            done(stored.value);
          } else {
            stored.value.set_problem(Words(outcome));
          }
          tx.Change(Exercises(), name, stored.value);
          return absl::OkStatus();
        },
        .act = std::move(act)};
  }

  const ReactorNeeds needs_;
};

}  // namespace

std::unique_ptr<ledger::Reactor> MakeExerciseReactor(ReactorNeeds needs) {
  return std::make_unique<ExerciseReactor>(needs);
}

}  // namespace huying::drill
