// SPDX-License-Identifier: Apache-2.0
//
// The score: gathered from all journals of the realm, computed by a pure function, recorded once.
#include <algorithm>
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
  RETURN_IF_ERROR(rules::Evaluate(exercise, {}).status());  // before the long reading
  rules::ScoreInput input;
  input.starts_at = base::FromProto(exercise.starts_at());
  input.ended_at = base::FromProto(exercise.finished_at());
  input.expectations.assign(exercise.expectations().begin(), exercise.expectations().end());
  input.injects.assign(exercise.injects().begin(), exercise.injects().end());
  ASSIGN_OR_RETURN(input.entries, realms_.Entries(context, exercise.realm()));
  std::map<std::string, int64_t> heads;
  for (const rules::SeenEntry& seen : input.entries) {
    int64_t& head = heads[seen.ledger];
    head = std::max(head, seen.entry.seq());
  }
  std::vector<v1::ExpectationResult> results = rules::Score(input);
  return Change(request.name(),
                [results = std::move(results), heads = std::move(heads)](
                    v1::Exercise current, ledger::Transaction& tx) -> absl::StatusOr<v1::Exercise> {
                  for (const auto& [ledger, head] : heads) {
                    tx.AddSource(absl::StrCat(current.realm(), "/", ledger), head);
                  }
                  return rules::Evaluate(std::move(current), results);
                });
}

}  // namespace huying::drill
