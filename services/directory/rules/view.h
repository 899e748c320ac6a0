// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/common/v1/common.pb.h"
#include "huying/directory/v1/directory.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/directory/rules/area_tree.h"

// The directory as of one ledger seq, in memory, without anybody's personal data; and the questions
// asked of it. Shifts are not in it (they grow for ever): a caller brings those of the moment.
//
//   const rules::ShiftsAt shifts = rules::ShiftsOf(directory.shifts(), now);
//   v1::Holder holder = rules::HolderOf(view, shifts, "posts/lingbei-duty");
//
// Pure functions; any thread.
namespace huying::directory::rules {

// What it holds, of the last entry that changed any of it.
struct Tables {
  AreaTree areas;
  std::map<std::string, v1::Unit, std::less<>> units;
  std::map<std::string, v1::Role, std::less<>> roles;
  std::map<std::string, v1::Post, std::less<>> posts;
  std::map<std::string, std::string, std::less<>> people;      // name → display name
  std::map<std::string, std::string, std::less<>> account_of;  // person → enabled account
  std::map<std::string, v1::Account, std::less<>> accounts;    // without password
  std::vector<v1::PowerItem> power_items;                      // every revision, by name
};

// The tables as of a ledger seq. A copy shares them: a view of a later seq costs nothing when nothing
// of it has changed.
struct View {
  int64_t as_of_seq = 0;
  std::shared_ptr<const Tables> tables = std::make_shared<const Tables>();

  const Tables* operator->() const { return tables.get(); }
};

// From a whole directory, for tests, the fake and the loader's check.
View ViewOf(const v1::Directory& directory, int64_t as_of_seq);

// Post → the shift that covers the moment.
using ShiftsAt = std::map<std::string, v1::Shift, std::less<>>;
bool Covers(const v1::Shift& shift,
            absl::Time at);  // start inclusive, end exclusive; not cancelled
template <typename Shifts>
ShiftsAt ShiftsOf(const Shifts& shifts, absl::Time at) {
  ShiftsAt found;
  for (const v1::Shift& shift : shifts) {
    if (Covers(shift, at)) found.emplace(shift.post(), shift);
  }
  return found;
}

// The shift, else the standing holder, else nobody (person empty). `post` must be one of the
// view's.
v1::Holder HolderOf(const View& view, const ShiftsAt& shifts, const v1::Post& post);

// The post's unit is a department: it stands over no other unit of its area (guard::Governs).
bool OfDepartment(const View& view, const v1::Post& post);
// Whether the person has an enabled account that may act for the post.
bool CanSignInAs(const View& view, std::string_view person, std::string_view post);

// Union of the post's roles, sorted.
std::set<std::string> PermissionsOf(const View& view, const v1::Post& post);

// The answers of reads, ready to send. Unknown names are NOT_FOUND, unknown areas INVALID_ARGUMENT.
absl::StatusOr<v1::GetAreaResponse> AreaAnswer(const View& view, std::string_view code);
absl::StatusOr<v1::GetPostResponse> PostAnswer(const View& view, std::string_view name);
absl::StatusOr<v1::WhoHoldsResponse> WhoHolds(const View& view, const ShiftsAt& shifts,
                                              const v1::WhoHoldsRequest& request);

// The area, or INVALID_ARGUMENT / UNKNOWN_AREA with the field.
absl::StatusOr<const v1::Area*> KnownArea(const View& view, std::string_view code,
                                          std::string_view field);

// Targets and all beneath; posts that answer there; areas where nobody does.
absl::StatusOr<v1::ResolveRecipientsResponse> ResolveRecipients(
    const View& view, const ShiftsAt& shifts, const v1::ResolveRecipientsRequest& request);

bool InForce(const v1::PowerItem& item, absl::Time at);

// Permission × lowest tier × area subtree. `permissions`: the caller's own, for an account without
// a post. Unknown areas are INVALID_ARGUMENT; everything else is an answer with its explanation.
absl::StatusOr<v1::CheckCompetenceResponse> CheckCompetence(
    const View& view, const v1::CheckCompetenceRequest& request, const common::v1::Actor& actor,
    const std::vector<std::string>& permissions, absl::Time now);

}  // namespace huying::directory::rules
