// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "services/platform/rpc/router.h"

// What the router keeps of one call; for router*.cc only.
namespace huying::rpc {

inline constexpr size_t kNameShownMax = 128;

struct PendingCall {
  const Method* method = nullptr;            // null: no such method
  std::shared_ptr<Reply> reply;              // shared with the deadline's watch
  absl::Time received;                       // machine time
  std::shared_ptr<const base::Clock> realm;  // the call is inside as long as this is kept
  context::CallContext context;
  std::unique_ptr<google::protobuf::Message> request;
  std::unique_ptr<google::protobuf::Message> response;
  std::string payload_hash;
  ledger::Ledger* ledger = nullptr;
  ledger::Expected expected;  // from receipt to answer: no deadline overtakes it
  // Machine time; a person's stream ends with his token. A process's own token is renewed by itself.
  absl::Time token_expires = absl::InfiniteFuture();
  int gathers = 0;
  bool has_place = false;
  std::string fault;  // number of an internal fault
  // Set once a ledger has the command: the deadline may answer first.
  std::shared_ptr<OwedAnswer> owed;
};

// Puts who calls into a context that already knows how it was called.
inline void TakeIdentity(context::CallContext&& who, context::CallContext* context) {
  who.method = std::move(context->method);
  *context = std::move(who);
}

// Size, text and enum values of a request that no parser of ours has seen.
absl::Status CheckMessage(const Method& method, const google::protobuf::Message& request,
                          const RouterLimits& limits);

}  // namespace huying::rpc
