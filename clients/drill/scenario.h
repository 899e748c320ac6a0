// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "clients/drill/finding.h"
#include "clients/drill/time_text.h"
#include "google/protobuf/descriptor.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "nlohmann/json.hpp"

// A drill as a YAML file says it: who plays, what is told to them, what they do, what must be seen.
//
//   Findings findings;
//   std::optional<Scenario> scenario = ParseScenario(text, findings);   // reads and checks
//   CheckAgainst(*scenario, {.posts = …, .plans = …}, findings);        // against a directory
//   if (HasErrors(findings)) …                                          // each with its line
//
// clients/drill/README.md explains every key; scenario.schema.json teaches editors the same.
namespace huying::drill_client {

inline constexpr size_t kScenarioBytesMax = 1 << 20;
inline constexpr int kRepeatMax = 500;

// How an actor's post behaves when something reaches it. Unset = it does not do that.
struct Reactions {
  std::optional<Span> delivered;
  std::optional<Span> read;
  std::optional<Span> answer;
  std::string answer_kind = "RECEIVED";
  std::string answer_text;
  int evacuated = 0;
  std::optional<Span> accept;
  std::optional<Span> complete;  // after accepting
  std::string feedback;
};

enum class Silence {
  kNone,
  kAnswer,  // delivered and read, never answered
  kAll,     // as if nobody were there
};

struct ActorSpec {
  std::string post;
  int line = 0;
  Reactions reactions;
  Silence silence = Silence::kNone;
  // Silent only towards what reaches the post before this offset; unset = to the end.
  std::optional<absl::Duration> silent_until;
  // Chance to leave one alert unanswered, thrown per alert.
  double silent_probability = 0;
};

// When something happens: at an offset, or `delay` after something else.
struct When {
  std::optional<absl::Duration> at;
  std::string after;  // id of an inject, act or event
  Span delay{absl::ZeroDuration(), absl::ZeroDuration()};
};

// Where the words of an inject come from.
enum class Source {
  kNone,          // the whole scenario is made up
  kPublished,     // published of the event that is re-enacted
  kPublishedDay,  // published for that day; the hour was added, and the text says so
  kSetting,       // added to a re-enactment, and the text says so
};

struct InjectSpec {
  drill::v1::Inject inject;
  int line = 0;
  Source source = Source::kNone;
};

// Something seen in a journal that acts may wait for.
struct EventSpec {
  std::string id;
  int line = 0;
  drill::v1::Expectation::Match match;
};

// One call of the public API by one post.
struct ActSpec {
  std::string id;
  int line = 0;
  std::string who;
  When when;
  const google::protobuf::MethodDescriptor* method = nullptr;
  nlohmann::json body;  // protobuf JSON with ${references} in its texts
  // Variable → path in the answer; the receipt's name is kept under the act's own id anyway.
  std::map<std::string, std::string> save;
  // Rule id or reason this act must be refused with; empty = it must succeed.
  std::string refused;
  int n = 1;         // which repetition, for ${n}
  std::string text;  // what the time line says, else the RPC's name
  std::string text_en;
  std::set<std::string> uses;  // variables its body names
};

struct Scenario {
  std::string id;
  std::string title;
  std::string title_en;
  std::string notice;  // what everybody must know of it: a re-enactment, nobody real
  std::string notice_en;
  std::string purpose;
  std::string case_of;                  // variable whose case file is verified at the end
  std::optional<absl::Time> start;      // a chosen date; else it begins when it is played
  std::optional<absl::Time> re_enacts;  // the moment of a real event that the start stands for
  std::optional<absl::Duration> time_of_day;  // at which it begins, in Beijing
  std::vector<std::string> sources;           // what published sources a re-enactment is made from
  absl::Duration length;
  int64_t seed = 0;
  std::vector<std::string> plans;
  std::vector<ActorSpec> actors;
  std::vector<InjectSpec> injects;
  std::vector<EventSpec> events;
  std::vector<ActSpec> acts;
  std::vector<drill::v1::Expectation> expectations;
  std::map<std::string, int> lines;  // id of an expectation → its line

  const ActorSpec* FindActor(std::string_view post) const;
  // What times in the file are counted from; nothing: it may hold offsets only.
  std::optional<absl::Time> Zero() const { return re_enacts ? re_enacts : start; }
  // When its clock begins when it is planned at `now`: the chosen date, else the next time of its
  // time of day, else nothing, which is the server's own now.
  std::optional<absl::Time> StartsAt(absl::Time now) const;
  drill::v1::PlanExerciseRequest ToRequest(absl::Time now) const;
};

// "2026-12-07" (at the scenario's time of day, else at midnight, Beijing), or a whole time.
std::optional<absl::Time> ParseStart(std::string_view text, const Scenario& scenario);

// Reads and checks what the file alone can tell. Nothing when it is no scenario at all; with errors
// among the findings the result is for looking at, not for running.
std::optional<Scenario> ParseScenario(std::string_view yaml, Findings& findings);

// What an installation knows. Empty sets are not checked against.
struct Known {
  std::set<std::string> posts;
  std::set<std::string> plans;
};
void CheckAgainst(const Scenario& scenario, const Known& known, Findings& findings);

}  // namespace huying::drill_client
