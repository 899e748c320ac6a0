// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/common_fields.h"

#include "google/protobuf/descriptor.h"
#include "huying/common/v1/common.pb.h"
#include "services/platform/base/clock.h"

namespace huying::cli {

absl::Status CompleteUrgency(google::protobuf::Message& request) {
  const auto* type = request.GetDescriptor();
  const auto* reflection = request.GetReflection();
  const auto* field = type->FindFieldByName("urgency");
  if (field == nullptr || !reflection->HasField(request, field)) return absl::OkStatus();
  auto* urgency = dynamic_cast<common::v1::Urgency*>(reflection->MutableMessage(&request, field));
  if (!urgency->has_at()) *urgency->mutable_at() = base::ToProto(base::SystemClock().Now());
  const auto* reason = type->FindFieldByName("reason");
  if (urgency->reason().empty() && reason != nullptr) {
    urgency->set_reason(reflection->GetString(request, reason));
  }
  return absl::OkStatus();
}

}  // namespace huying::cli
