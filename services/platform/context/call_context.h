// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "huying/common/v1/common.pb.h"
#include "huying/platform/v1/journal.pb.h"
#include "services/platform/context/permissions.h"

namespace huying::context {

// Who calls, in which realm, when it was received and until when the caller waits. Made once by the
// pipeline (or by a reactor or due deadline), passed by const reference to every use case.
// A plain value: copy it freely between threads.
struct CallContext {
  common::v1::Actor actor;
  std::string principal;  // owner of request ids; survives a renewed token
  std::string realm;      // exactly one
  Permissions permissions;
  std::string request_id;               // empty for reads
  std::string method;                   // "huying.alert.v1.AlertService/IssueNotice"
  absl::Time received_at;               // realm time; rules judge lateness by it
  absl::Time deadline;                  // machine time
  std::string exercise;                 // set when an exercise's actor calls
  int credential = 0;                   // of the account when the token was made
  std::string token;                    // as presented; never logged
  std::string peer;                     // for throttling and the access log
  std::vector<common::v1::Flag> flags;  // of the token, for every entry its bearer makes
};

}  // namespace huying::context
