// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/session.h"
#include "clients/drill/scenario.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "huying/drill/v1/drill_service.pb.h"

namespace huying::drill_client {

struct ControlOptions {
  absl::Duration prepare_limit = absl::Seconds(60);
  // A paused exercise is asked about this often, for this long.
  absl::Duration poll = absl::Milliseconds(200);
  absl::Duration pause_max = absl::Hours(24);
  std::function<void(bool paused)> on_pause;
};

// The director's side of an exercise, through the public API with the director's own token.
//
//   ExerciseControl control(session);
//   RETURN_IF_ERROR(control.Begin(scenario));              // planned, approved, started, RUNNING
//   ASSIGN_OR_RETURN(auto step, control.Advance(until));   // waits while somebody has paused it
//   ASSIGN_OR_RETURN(Exercise exercise, control.End(saved));  // finished and scored
//
// Not thread-safe. Blocks; every wait has a limit.
class ExerciseControl {
 public:
  explicit ExerciseControl(client::Session& director, ControlOptions options = {})
      : director_(director), options_(std::move(options)) {}

  absl::Status Begin(const Scenario& scenario);
  // Closes the realms of every earlier exercise that is over and that this director may close, so
  // that they do not pile up. Their folders stay readable.
  absl::Status ArchiveEarlier();
  absl::StatusOr<directory::v1::MintActorTokensResponse> MintTokens(
      const std::vector<std::string>& posts);
  // The director's own token for the exercise's realm: for reading journals.
  absl::StatusOr<std::string> EnterRealm();

  // One step. Sent again when its answer is lost, it steps once all the same.
  absl::StatusOr<drill::v1::AdvanceClockResponse> Advance(absl::Time until);
  absl::Status RecordInject(const std::string& inject, absl::Time at);
  absl::StatusOr<drill::v1::Exercise> End(const std::map<std::string, std::string>& names);
  absl::Status Stop(const std::string& reason);

  const std::string& name() const { return name_; }
  const std::string& realm() const { return realm_; }
  // When the exercise's clock began, once it has begun.
  absl::Time starts_at() const { return starts_at_; }

 private:
  template <typename Request>
  absl::StatusOr<common::v1::Receipt> Do(const char* rpc, Request request);
  absl::StatusOr<drill::v1::Exercise> Get();
  absl::Status WaitUntilRunning();
  // Waits as long as the exercise is PAUSED.
  absl::Status WaitUntilResumed();

  client::Session& director_;
  const ControlOptions options_;
  std::string name_;
  std::string realm_;
  absl::Time starts_at_;
  absl::Time now_;  // the realm's, as last told
};

}  // namespace huying::drill_client
