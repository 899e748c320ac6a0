// SPDX-License-Identifier: Apache-2.0
//
// The score: gathered from all journals of the realm, computed by a pure function, recorded once.
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/message.h"
#include "huying/alert/v1/alert.pb.h"
#include "huying/directory/v1/directory.pb.h"
#include "huying/incident/v1/incident.pb.h"
#include "huying/plan/v1/plan.pb.h"
#include "services/drill/drill_service.h"
#include "services/drill/rules/exercise.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/status.h"

namespace huying::drill {
namespace {

// Expectations look into records of other services by the name of their type: these are the files
// such types stand in, named here so that they are linked into a process without those services.
void LinkRecordTypes() {
  google::protobuf::LinkMessageReflection<directory::v1::Area>();
  google::protobuf::LinkMessageReflection<plan::v1::Plan>();
  google::protobuf::LinkMessageReflection<alert::v1::Alert>();
  google::protobuf::LinkMessageReflection<incident::v1::Incident>();
}

}  // namespace

absl::StatusOr<ledger::Command> DrillService::ScoreExercise(
    const context::CallContext& context, const v1::ScoreExerciseRequest& request) {
  LinkRecordTypes();
  ASSIGN_OR_RETURN(const v1::Exercise exercise, Load(request.name()));
  RETURN_IF_ERROR(rules::Evaluate(exercise, {}, {}).status());  // before the long reading
  rules::Scoreboard board({exercise.expectations().begin(), exercise.expectations().end()});
  std::map<std::string, std::string> names;
  for (const auto& [name, record] : request.names()) {
    board.Bind(name, record, {});
    names.emplace(name, record);
  }
  std::map<std::string, int64_t> heads;
  const auto add = [&](const rules::SeenEntry& seen) {
    const auto final_head = exercise.final_heads().find(seen.ledger);
    // What was done after the end is no part of the exercise.
    if (final_head == exercise.final_heads().end() || seen.entry.seq() > final_head->second) return;
    heads[seen.ledger] = seen.entry.seq();
    board.Add(seen);
  };
  RETURN_IF_ERROR(realms_.ForEachEntry(context, exercise.realm(), add));
  std::vector<v1::ExpectationResult> results =
      board.Results({base::FromProto(exercise.starts_at()),
                     base::FromProto(exercise.finished_at()),
                     {exercise.injects().begin(), exercise.injects().end()}});
  return Change(request.name(),
                [results = std::move(results), names = std::move(names), heads = std::move(heads)](
                    v1::Exercise current, ledger::Transaction& tx) -> absl::StatusOr<v1::Exercise> {
                  for (const auto& [ledger, head] : heads) {
                    tx.AddSource(absl::StrCat(current.realm(), "/", ledger), head);
                  }
                  return rules::Evaluate(std::move(current), results, names);
                });
}

}  // namespace huying::drill
