// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"

// What records there are, by ledger and kind, and what may be asked of them: from the messages that
// are linked into the program and say of themselves that they are records (huying.common.v1.record).
//
//   const auto* type = rules::SubjectType("alert", "recipient");     // huying.alert.v1.Recipient
//   RETURN_IF_ERROR(rules::CheckField(*type, "answer", "ON_POST"));  // there is such a value
//
// Pure; any thread.
namespace huying::drill::rules {

// Null when the ledger has no records of this kind.
const google::protobuf::Descriptor* SubjectType(std::string_view ledger, std::string_view kind);

// The same in every ledger with "", where a kind may stand in several.
std::vector<const google::protobuf::Descriptor*> SubjectTypes(std::string_view ledger,
                                                              std::string_view kind);

// Kinds of a ledger, or of every ledger with "". Sorted.
std::vector<std::string> KindsOf(std::string_view ledger);

// States in which a record of this type may stand; empty when it has none.
std::vector<std::string> StatesOf(const google::protobuf::Descriptor& type);

// Is there such a field path in the type, and can it hold this text? UNKNOWN_REFERENCE says which part
// is wrong and, where one is near, what was probably meant.
absl::Status CheckField(const google::protobuf::Descriptor& type, std::string_view path,
                        std::string_view value);

}  // namespace huying::drill::rules
