// SPDX-License-Identifier: Apache-2.0
#include "services/platform/privacy/fields.h"

#include "absl/strings/str_cat.h"
#include "huying/common/v1/privacy.pb.h"
#include "services/platform/base/status.h"

namespace huying::privacy {
namespace {
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsPersonal(const FieldDescriptor& field) {
  const auto privacy = field.options().GetExtension(common::v1::privacy);
  return privacy == common::v1::PERSONAL || privacy == common::v1::SENSITIVE;
}

bool IsSet(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(message, field) > 0
                              : reflection->HasField(message, field);
}
}  // namespace

absl::StatusOr<PersonalFields> PersonalFieldsOf(const Descriptor& type) {
  PersonalFields result;
  int places = 0;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (IsPersonal(*field)) result.fields.push_back(field);
    if (!field->is_repeated() && field->message_type() == common::v1::Sealed::descriptor()) {
      result.sealed = field;
      ++places;
    }
  }
  if (!result.fields.empty() && places != 1) {
    return absl::InternalError(absl::StrCat(type.full_name(), " has personal fields and ", places,
                                            " fields of type Sealed"));
  }
  return result;
}

absl::Status Walk(Message& message, const std::function<absl::Status(Message&)>& visit) {
  RETURN_IF_ERROR(visit(message));
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsPersonal(*field)) continue;
    if (!field->is_repeated()) {
      RETURN_IF_ERROR(Walk(*reflection->MutableMessage(&message, field), visit));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      RETURN_IF_ERROR(Walk(*reflection->MutableRepeatedMessage(&message, field, i), visit));
    }
  }
  return absl::OkStatus();
}

std::optional<std::string> FindClearPersonalField(const Message& message) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (IsPersonal(*field) && IsSet(message, field)) return field->name();
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Message& inner = field->is_repeated()
                                 ? reflection->GetRepeatedMessage(message, field, i)
                                 : reflection->GetMessage(message, field);
      if (auto path = FindClearPersonalField(inner)) return absl::StrCat(field->name(), ".", *path);
    }
  }
  return std::nullopt;
}

}  // namespace huying::privacy
