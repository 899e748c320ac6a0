// SPDX-License-Identifier: Apache-2.0
#include "services/platform/guard/audience.h"

#include "google/protobuf/descriptor.h"

namespace huying::guard {

void ClearBeyond(common::v1::Audience reader, google::protobuf::Message* message) {
  const google::protobuf::Descriptor& type = *message->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = type.field(i);
    if (field->options().GetExtension(common::v1::audience) > reader) {
      message->GetReflection()->ClearField(message, field);
    }
  }
}

}  // namespace huying::guard
