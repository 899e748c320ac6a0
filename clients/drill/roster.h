// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/drill/rules/match.h"

namespace huying::drill_client {

// Who is on shift when, as the directory's journal of the realm says: told of every entry, it knows
// when a post changes hands.
//
//   roster.Apply(seen);
//   if (roster.PersonAt("posts/district-duty", now) != before) …   // somebody else has come on duty
//
// Not thread-safe.
class Roster {
 public:
  void Apply(const drill::rules::SeenEntry& seen);
  // Empty when there is no shift, and the standing holder has the post.
  std::string PersonAt(const std::string& post, absl::Time at) const;

 private:
  std::map<std::string, std::map<std::string, directory::v1::Shift>> shifts_;  // post, name
};

}  // namespace huying::drill_client
