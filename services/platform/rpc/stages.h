// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/rpc/authenticator.h"
#include "services/platform/rpc/method.h"
#include "services/platform/rpc/token_cache.h"

// The stages of the pipeline, each a small function of what it needs. `Router` strings them
// together; the refusals' words are here.
namespace huying::rpc {

inline constexpr char kLiveRealm[] = "live";  // the realm of calls that need no sign-in
// Held by calls between processes, and by calls between services of one process.
inline constexpr char kNodePermission[] = "node";

struct RouterLimits {
  size_t request_bytes_max = 1 << 20;
  size_t bulk_request_bytes_max = 4 << 20;  // lane BULK: imports
  int in_flight_max = 8192;
  int streams_max = 20'000;
  int gathers_max = 3;
};

// Another process of this installation, or a part of this one.
bool IsNode(const context::CallContext& context);

absl::Status NoSuchMethod(const MethodTable& methods, std::string_view name);
absl::Status CheckSize(const Method& method, size_t bytes, const RouterLimits& limits);

absl::Status NoRealm();  // of a token, or of a context inside the process
absl::Status TokenExpired();
// Whose a call's token is: present, verified, of one realm, not expired.
absl::StatusOr<std::shared_ptr<const Bearer>> Authenticate(Authenticator* authenticator,
                                                           TokenCache& cache,
                                                           std::string_view token, absl::Time now);
// Who calls, for a method that needs a sign-in.
context::CallContext ContextOf(const Bearer& bearer);
// Who calls a public method: nobody in particular, in the live realm.
context::CallContext PublicContext();
// min(the caller's, received + the policy's); a stream has only the caller's.
absl::Time DeadlineOf(const Method& method, absl::Time asked, absl::Time received);

absl::Status CheckPermission(const Method& method, const context::CallContext& context);
absl::Status CheckTier(const Method& method, const context::CallContext& context);
// Who acts for another post does so until the time his token names, by the realm's clock.
absl::Status CheckActing(const Method& method, const context::CallContext& context);

// The request's id: there, printable ASCII characters only.
absl::StatusOr<std::string> RequestIdOf(const Method& method,
                                        const google::protobuf::Message& request);
// HMAC-SHA-256 over the method and the request without its id. Changes the request and puts it
// back.
std::string PayloadHash(std::string_view key, const Method& method,
                        google::protobuf::Message* request);
// Fills what the pipeline knows. An entry that lacks a legal basis it needs is flagged (legal_basis.h).
void Complete(const Method& method, const context::CallContext& context, std::string payload_hash,
              ledger::Command* command);
bool FactsChanged(const absl::Status& status);

absl::Status TooManyCalls(std::string_view what_zh, std::string_view what_en);
absl::Status TooLate(bool outcome_open);
absl::Status ShuttingDown();
// A `Caller` carries unary calls only.
absl::Status NotForStreams(std::string_view method);

}  // namespace huying::rpc
