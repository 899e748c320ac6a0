// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// Which fields of a message are personal, read from the option huying.common.v1.privacy.
namespace huying::privacy {

struct PersonalFields {
  std::vector<const google::protobuf::FieldDescriptor*> fields;  // PERSONAL and SENSITIVE
  const google::protobuf::FieldDescriptor* sealed = nullptr;     // their place in what is stored
};

// Of this type itself, not of the messages in it. INTERNAL when it has personal fields and not
// exactly one field of type Sealed: a fault of the contract, found by tests.
absl::StatusOr<PersonalFields> PersonalFieldsOf(const google::protobuf::Descriptor& type);

// Visits `message` and every message in it that is set, the outer ones first, personal fields not
// entered; stops at the first error.
absl::Status Walk(google::protobuf::Message& message,
                  const std::function<absl::Status(google::protobuf::Message&)>& visit);

// Path of a personal field that is set in clear ("reporter.phone"); nothing when all are sealed.
// For checks that clear text does not reach a decision or a file.
std::optional<std::string> FindClearPersonalField(const google::protobuf::Message& message);

}  // namespace huying::privacy
