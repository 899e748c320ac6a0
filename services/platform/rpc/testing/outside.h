// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/synchronization/notification.h"
#include "services/platform/rpc/router.h"

namespace huying::rpc::testing {

// A call as somebody outside makes it: a token and the whole pipeline, without a transport.
inline absl::Status CallFromOutside(Router& router, std::string_view method, std::string_view token,
                                    const google::protobuf::Message& request) {
  absl::Notification answered;
  absl::Status outcome;
  Reply reply;
  reply.answer = [&](const absl::Status& status, const google::protobuf::Message*) {
    outcome = status;
    answered.Notify();
  };
  router.Handle({.method = method, .token = token, .peer = "test"}, request.SerializeAsString(),
                std::move(reply));
  if (!answered.WaitForNotificationWithTimeout(absl::Seconds(20))) {
    return absl::DeadlineExceededError("no answer");
  }
  return outcome;
}

}  // namespace huying::rpc::testing
