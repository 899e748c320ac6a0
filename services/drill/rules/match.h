// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "huying/drill/v1/drill.pb.h"
#include "huying/platform/v1/journal.pb.h"

// Does a journal entry satisfy what an expectation asks for?
//
//   v1::Expectation::Match match;                       // act: alert.Answer, post: posts/lingbei-duty,
//   (*match.mutable_fields())["answer"] = "ON_POST";    // the subject's after-image
//   if (rules::Matches(match, {"alert", entry})) ...
//
// Pure. Message types are found by name among those linked into the program.
namespace huying::drill::rules {

struct SeenEntry {
  std::string ledger;
  platform::v1::Entry entry;
};

// What is empty in `match` asks nothing. A refused act matches only `state: REFUSED`.
bool Matches(const v1::Expectation::Match& match, const SeenEntry& seen);

// Texts found under a dotted path ("figures.missing", "receivers.body"): one per element of a repeated
// field, enums by name, times in RFC 3339, whole numbers plain. Unset scalars give their default.
std::vector<std::string> ValuesAt(const google::protobuf::Message& message, std::string_view path);

}  // namespace huying::drill::rules
