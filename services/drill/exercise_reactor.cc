// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/drill/drill_service.h"
#include "services/drill/rules/exercise.h"
#include "services/drill/store.h"
#include "services/platform/base/status.h"

namespace huying::drill {
namespace {

using common::v1::Receipt;
using context::CallContext;
using ledger::Command;
using ledger::Step;
using ledger::Transaction;

class ExerciseReactor final : public ledger::Reactor {
 public:
  ExerciseReactor(RealmClient& realms, Preparation& preparation)
      : realms_(realms), preparation_(preparation) {}

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
  Step Prepare(const v1::Exercise& exercise) {
    return {.id = "prepare",
            .act = [this, exercise](const CallContext& context) -> absl::StatusOr<Receipt> {
              RETURN_IF_ERROR(preparation_.Run(context, exercise, context.request_id));
              return Receipt();
            },
            .record =
                [name = exercise.name()](const absl::StatusOr<Receipt>& outcome) {
                  return Recorded(name, outcome.status());
                }};
  }

  Step Finish(const v1::Exercise& exercise) {
    return {.id = "finish",
            .act = [this, realm = exercise.realm()](
                       const CallContext& context) -> absl::StatusOr<Receipt> {
              RETURN_IF_ERROR(realms_.Finish(context, realm));
              return Receipt();
            },
            .record = nullptr};
  }

  Step Close(const v1::Exercise& exercise) {
    return {.id = "close",
            .act = [this, realm = exercise.realm()](
                       const CallContext& context) -> absl::StatusOr<Receipt> {
              RETURN_IF_ERROR(realms_.Close(context, realm));
              return Receipt();
            },
            .record = nullptr};
  }

  static Command Recorded(const std::string& name, const absl::Status& outcome) {
    const base::Problem problem = base::ProblemOf(outcome);
    const std::string text =
        outcome.ok() ? "" : absl::StrCat(problem.message(), " / ", problem.message_en());
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
                     tx.Put(Exercises(), name, exercise);
                     return absl::OkStatus();
                   },
                   .act = text.empty() ? "drill.Prepared" : "drill.PrepareFailed"};
  }

  RealmClient& realms_;
  Preparation& preparation_;
};

}  // namespace

std::unique_ptr<ledger::Reactor> MakeExerciseReactor(RealmClient& realms,
                                                     Preparation& preparation) {
  return std::make_unique<ExerciseReactor>(realms, preparation);
}

}  // namespace huying::drill
