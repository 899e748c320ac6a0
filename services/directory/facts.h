// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/directory/api.h"
#include "services/platform/context/call_context.h"
#include "services/platform/guard/reach.h"

// What a decision of a higher service needs to know of the directory. Each answer is a value with the
// directory's seq, or silence: a directory that does not answer stops nobody (act first), and the caller
// flags what was not checked. What directory refuses (an unknown area) is an error with the caller's field.
//
//   directory::Facts facts(directory_api);
//   ASSIGN_OR_RETURN(const auto said, facts.CompetenceOf(context, permission, areas, "target_areas"));
//   if (said.silent()) tx.AddFlag(...);           // what the token says must do
//   const auto held = facts.HoldersOf(context, posts);
//
// Thread-safe; blocks at most context::kLowerServiceWait per question. The api must outlive it.
namespace huying::directory {

template <typename T>
struct Fact {
  std::optional<T> value;  // none: directory gave no answer
  int64_t as_of_seq = 0;

  bool silent() const { return !value.has_value(); }
};

// Where an area lies, and what it and those above it are called.
struct Place {
  guard::AreaPath path;
  std::map<std::string, v1::Area> areas;  // by code: the area and those above
};

// Who holds posts now. A post that directory does not know is held by nobody and named in `unknown`.
struct Held {
  std::map<std::string, v1::Holder> by_post;
  std::set<std::string> unknown;
};
// Somebody holds the post and can sign in: whoever has no enabled account hears no call.
bool CanAnswer(const Held& held, const std::string& post);

class Facts {
 public:
  using Context = context::CallContext;
  explicit Facts(Api& directory) : directory_(directory) {}

  // The caller's competence for `permission` over `areas`.
  absl::StatusOr<Fact<guard::Competence>> CompetenceOf(const Context& context,
                                                       std::string_view permission,
                                                       const std::vector<std::string>& areas,
                                                       std::string_view field) const;
  // By a code of 6, 9 or 12 digits. INVALID_ARGUMENT / UNKNOWN_AREA when there is no such area.
  absl::StatusOr<Fact<Place>> PlaceOf(const Context& context, const std::string& area,
                                      std::string_view field) const;
  // Any number of posts: they are asked about in pages.
  Fact<Held> HoldersOf(const Context& context, const std::vector<std::string>& posts) const;
  // NOT_FOUND when directory knows no such post.
  absl::StatusOr<Fact<v1::Post>> PostOf(const Context& context, const std::string& post) const;
  // Who is told when the post owes something, and the post that answers for an area; "" when there is none
  // or directory gives no answer.
  std::string SupervisorOf(const Context& context, const std::string& post) const;
  std::string DutyPostOf(const Context& context, const std::string& area) const;

 private:
  Api& directory_;
};

// The problem of a directory's answer with its field "areas[2]" written as the caller's `field`[2].
absl::Status InCallersWords(const absl::Status& status, std::string_view field);

}  // namespace huying::directory
