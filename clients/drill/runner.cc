// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/runner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/drill/stage.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "huying/platform/v1/control.pb.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::drill_client {
namespace {

constexpr char kDirectoryMethods[] = "huying.directory.v1.DirectoryService/";
constexpr char kExportCaseFile[] = "huying.platform.v1.JournalService/ExportCaseFile";
constexpr int kDirectoryPageSize = 500;

ControlOptions ControlOptionsOf(const RunOptions& options) {
  ControlOptions control;
  control.on_pause = options.on_pause;
  return control;
}

}  // namespace

Stage::Stage(client::Session& director, const Scenario& scenario, const RunOptions& options)
    : director_(director),
      scenario_(scenario),
      options_(options),
      dice_(static_cast<uint64_t>(scenario.seed)),
      control_(director, ControlOptionsOf(options)),
      realm_(director.connection(), "", [this] { return control_.EnterRealm(); }),
      journals_(realm_),
      cast_(director.connection()),
      board_(scenario.expectations) {
  result_.scenario = scenario;
}

absl::Status Stage::Open() {
  RETURN_IF_ERROR(control_.ArchiveEarlier());
  RETURN_IF_ERROR(control_.Begin(scenario_));
  start_ = now_ = control_.starts_at();
  end_ = start_ + scenario_.length;
  RETURN_IF_ERROR(realm_.RenewNow());
  RETURN_IF_ERROR(LoadDirectory());
  std::vector<std::string> posts;
  for (const ActorSpec& actor : scenario_.actors) posts.push_back(actor.post);
  ASSIGN_OR_RETURN(const auto tokens, control_.MintTokens(posts));
  std::set<std::string> listening;
  for (const directory::v1::Post& post : result_.posts) {
    if (post.receives_alerts() && scenario_.FindActor(post.name()) != nullptr) {
      listening.insert(post.name());
    }
  }
  std::map<std::string, std::string> parents;
  for (const directory::v1::Area& area : result_.areas) parents[area.code()] = area.parent();
  RETURN_IF_ERROR(cast_.Enter(tokens, listening, parents));
  Schedule();
  return Step(now_);
}

absl::Status Stage::LoadDirectory() {
  directory::v1::ListAreasRequest areas;
  areas.set_page_size(kDirectoryPageSize);
  do {
    ASSIGN_OR_RETURN(const auto page, realm_.Call<directory::v1::ListAreasResponse>(
                                          absl::StrCat(kDirectoryMethods, "ListAreas"), areas));
    result_.areas.insert(result_.areas.end(), page.areas().begin(), page.areas().end());
    areas.set_page_token(page.next_page_token());
  } while (!areas.page_token().empty());
  directory::v1::ListPostsRequest posts;
  posts.set_page_size(kDirectoryPageSize);
  do {
    ASSIGN_OR_RETURN(const auto page, realm_.Call<directory::v1::ListPostsResponse>(
                                          absl::StrCat(kDirectoryMethods, "ListPosts"), posts));
    result_.posts.insert(result_.posts.end(), page.posts().begin(), page.posts().end());
    posts.set_page_token(page.next_page_token());
  } while (!posts.page_token().empty());
  for (const auto& post : result_.posts) result_.situation.SetTitle(post.name(), post.title());
  return absl::OkStatus();
}

absl::Status Stage::Step(absl::Time until) {
  ASSIGN_OR_RETURN(const drill::v1::AdvanceClockResponse step, control_.Advance(until));
  now_ = base::FromProto(step.now());
  RETURN_IF_ERROR(
      Observe(std::map<std::string, int64_t>(step.heads().begin(), step.heads().end())));
  return Relieve();
}

absl::Status Stage::Relieve() {
  std::vector<std::string> posts;
  for (const ActorSpec& actor : scenario_.actors) {
    const std::string person = roster_.PersonAt(actor.post, now_);
    if (std::exchange(on_duty_[actor.post], person) != person) posts.push_back(actor.post);
  }
  if (posts.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto tokens, control_.MintTokens(posts));
  cast_.Relieve(tokens);
  return absl::OkStatus();
}

absl::Status Stage::Observe(const std::map<std::string, int64_t>& heads) {
  ASSIGN_OR_RETURN(const std::vector<drill::rules::SeenEntry> fresh, journals_.ReadTo(heads));
  RETURN_IF_ERROR(cast_.WaitFor(fresh, options_.stream_limit));
  for (const auto& seen : fresh) {
    roster_.Apply(seen);
    result_.situation.Apply(seen);
    board_.Add(seen);
    result_.entries.push_back(seen);
    Show(Describe(seen, result_.situation));
    CheckEvents(seen);
  }
  React(fresh);
  return absl::OkStatus();
}

void Stage::Show(TimelineItem item) {
  result_.timeline.push_back(std::move(item));
  if (!options_.on_progress) return;
  options_.on_progress({now_, &result_.timeline.back(), &result_.situation, ScoreNow()});
}

Score Stage::ScoreNow() const {
  drill::rules::Scoreboard::Moments moments{start_, now_, {}};
  for (const InjectSpec& inject : scenario_.injects) {
    moments.injects.push_back(inject.inject);
    const absl::Time at = start_ + drill::rules::ToDuration(inject.inject.offset());
    if (at <= now_) *moments.injects.back().mutable_played_at() = base::ToProto(at);
  }
  Score score;
  const auto results = board_.Results(moments);
  for (size_t i = 0; i < results.size(); ++i) {
    const auto& expectation = scenario_.expectations[i];
    const absl::Time last = base::FromProto(results[i].from_at()) +
                            drill::rules::ToDuration(expectation.limit()) +
                            drill::rules::ToDuration(expectation.tolerance());
    if (results[i].met()) {
      ++score.met;
    } else if (results[i].has_from_at() && (now_ > last || results[i].has_at())) {
      ++score.missed;
    } else {
      ++score.open;
    }
  }
  return score;
}

absl::Status Stage::Play() {
  while (fatal_.ok()) {
    if (options_.stop_requested && options_.stop_requested()) {
      return absl::CancelledError("stopped on request");
    }
    const absl::Time next = std::min(agenda_.NextTime(), end_);
    if (next > now_) {
      RETURN_IF_ERROR(Step(next));
      continue;
    }
    if (agenda_.NextTime() > end_) return absl::OkStatus();
    agenda_.Pop().play();
    RETURN_IF_ERROR(fatal_);
    RETURN_IF_ERROR(Step(now_));
  }
  return fatal_;
}

absl::Status Stage::Close() {
  CheckUnplayed();
  ASSIGN_OR_RETURN(result_.exercise, control_.End(saved_));
  return ExportCase();
}

absl::Status Stage::ExportCase() {
  const auto name = saved_.find(scenario_.case_of);
  if (name == saved_.end()) return absl::OkStatus();
  platform::v1::ExportCaseRequest request;
  request.set_case_id(name->second);
  ASSIGN_OR_RETURN(const auto file,
                   realm_.Call<platform::v1::SignedCaseFile>(kExportCaseFile, request));
  result_.case_name = name->second;
  result_.case_file = file.SerializeAsString();
  result_.verified = verify::VerifyCaseFile(result_.case_file, "");
  return absl::OkStatus();
}

absl::StatusOr<RunResult> RunScenario(client::Session& director, const Scenario& scenario,
                                      const RunOptions& options) {
  Stage stage(director, scenario, options);
  absl::Status status = stage.Open();
  if (status.ok()) status = stage.Play();
  if (status.ok()) status = stage.Close();
  if (status.ok()) return stage.TakeResult();
  (void)stage.Stop(base::ProblemOf(status).message());
  return status;
}

}  // namespace huying::drill_client
