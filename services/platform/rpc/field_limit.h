// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "huying/common/v1/limit.pb.h"

// The bounds of one value of a request. They are data on its field: (huying.common.v1.limit), in
// proto/huying/common/v1/limit.proto. Every refusal says what is allowed and what was met; the caller
// adds the field's path.
//
//   RETURN_IF_ERROR(CheckText(LimitOf(*field).text(), value));
namespace huying::rpc {

// The option of a field; an empty one when it has none.
const common::v1::Limit& LimitOf(const google::protobuf::FieldDescriptor& field);

// "it has no limit …" when a request with this field could grow without bound, or when the limit does
// not fit the field's type; "" when all is well.
std::string_view LimitFault(const google::protobuf::FieldDescriptor& field);

// INVALID_UTF8; FIELD_TOO_LONG in characters; FIELD_INVALID for a control or bidirectional character that
// text of this kind must not hold.
absl::Status CheckText(common::v1::Limit::Text kind, std::string_view text);
// FIELD_TOO_LONG.
absl::Status CheckBytes(int bytes_max, size_t size);
absl::Status CheckItems(int items_max, int count);
// FIELD_INVALID: another year, or nanos outside a second.
absl::Status CheckTime(common::v1::Limit::Time kind, const google::protobuf::Timestamp& time);
// FIELD_INVALID: negative, longer than `days_max`, or nanos outside a second.
absl::Status CheckPeriod(int days_max, const google::protobuf::Duration& period);
// FIELD_INVALID: negative, or greater than `max`.
absl::Status CheckNumber(int64_t max, int64_t number);
// FIELD_INVALID: not a number, or infinite.
absl::Status CheckFinite(double number);

}  // namespace huying::rpc
