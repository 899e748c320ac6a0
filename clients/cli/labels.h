// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clients/cli/say.h"
#include "google/protobuf/descriptor.h"

// What a field is called on the screen of a `show` command.
namespace huying::cli {

// False for what a person need not see: sealed bytes, lists that only decisions read.
bool IsShown(const google::protobuf::FieldDescriptor& field);

// Chinese from a table (a test walks every message that is shown), English from the field's own name.
std::string FieldLabel(const Say& say, const google::protobuf::FieldDescriptor& field);

// The field has a row in that table.
bool HasLabel(const google::protobuf::FieldDescriptor& field);

}  // namespace huying::cli
