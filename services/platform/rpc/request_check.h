// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// What every request must satisfy before a use case sees it: well-formed text and known enum
// values.
//
//   RequestCheck check;
//   const RequestCheck::Plan* plan = check.PlanFor(descriptor);      // once per RPC, at start
//   RETURN_IF_ERROR(RequestCheck::Parse(bytes, request.get()));
//   RETURN_IF_ERROR(RequestCheck::Enums(*plan, *request));
namespace huying::rpc {

// Plans are made at start by one thread; the checks are static and thread-safe.
class RequestCheck {
 public:
  struct Plan;  // the enum fields of a message type, at any depth

  RequestCheck();
  ~RequestCheck();

  const Plan* PlanFor(const google::protobuf::Descriptor* type);

  // MALFORMED_REQUEST, or INVALID_UTF8 with the field's path.
  static absl::Status Parse(std::string_view bytes, google::protobuf::Message* request);
  // UNKNOWN_ENUM_VALUE with the field's path.
  static absl::Status Enums(const Plan& plan, const google::protobuf::Message& request);
  // INVALID_UTF8 for a message built in this process, which no parser has seen.
  static absl::Status Text(const google::protobuf::Message& request);

 private:
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<Plan>> plans_;
};

}  // namespace huying::rpc
