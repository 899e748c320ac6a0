// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/repeated_field.h"

// What a Put makes of a row there is already: fields the request says replace the stored ones, all others
// stay. A field named in the mask becomes what the request says, also when it says nothing.
//
//   ASSIGN_OR_RETURN(v1::Post next, rules::Merge(stored, request.post(), request.update_mask()));
//
// Pure. INVALID_ARGUMENT / UNKNOWN_FIELD for a mask with a field that the row has not, or that only the
// server writes (sealed data, a password's hash, a credential's number); the field is "update_mask".
namespace huying::directory::rules {

// Names of fields.
using Mask = google::protobuf::RepeatedPtrField<std::string>;

absl::Status MergeInto(const google::protobuf::Message& put, const Mask& mask,
                       google::protobuf::Message& stored);

template <typename T>
absl::StatusOr<T> Merge(T stored, const T& put, const Mask& mask) {
  if (absl::Status merged = MergeInto(put, mask, stored); !merged.ok()) return merged;
  return stored;
}

}  // namespace huying::directory::rules
