// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// What every request must satisfy before a use case sees it: well-formed text, known enum values, and
// every value within its field's limit (field_limit.h).
//
//   RequestCheck check;
//   const RequestCheck::Plan* plan = check.PlanFor(descriptor);      // once per RPC, at start
//   RETURN_IF_ERROR(RequestCheck::Parse(bytes, request.get()));
//   RETURN_IF_ERROR(RequestCheck::Fields(*plan, *request));
namespace huying::rpc {

// Plans are made at start by one thread; the checks are static and thread-safe.
class RequestCheck {
 public:
  struct Plan;  // the fields of a message type that are checked, at any depth

  RequestCheck();
  ~RequestCheck();

  const Plan* PlanFor(const google::protobuf::Descriptor* type);
  // "huying.alert.v1.IssueNoticeRequest.title: text needs a limit with text", for every field, at any
  // depth, whose limit is missing or does not fit. A server with one does not start.
  static std::vector<std::string> FaultsOf(const Plan& plan);

  // MALFORMED_REQUEST, or INVALID_UTF8 with the field's path.
  static absl::Status Parse(std::string_view bytes, google::protobuf::Message* request);
  // INVALID_UTF8, UNKNOWN_ENUM_VALUE, FIELD_TOO_LONG or FIELD_INVALID with the field's path.
  static absl::Status Fields(const Plan& plan, const google::protobuf::Message& request);

 private:
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<Plan>> plans_;
};

}  // namespace huying::rpc
