// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/base/clock.h"
#include "services/platform/obs/access_log.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/rpc/authenticator.h"
#include "services/platform/rpc/caller.h"
#include "services/platform/rpc/deadline_watch.h"
#include "services/platform/rpc/method.h"
#include "services/platform/rpc/pool.h"
#include "services/platform/rpc/routes.h"
#include "services/platform/rpc/stages.h"
#include "services/platform/rpc/stream_queue.h"

// The pipeline between a transport and the use cases: find the route, check size and shape,
// authenticate, make the context, check permission and tier, admit, run, answer. It knows no
// transport.
//
//   rpc::Router router({.authenticator = &verifier, .enter_realm = enter,
//                       .machine_clock = &machine, .payload_key = key});
//   RegisterAlert(router, ...);                       // rpc::Routes<AlertService> adds its RPCs
//   RETURN_IF_ERROR(router.Check());                  // names every RPC that is not complete
//   rpc::LocalCaller local(router);                   // for services in this process
namespace huying::rpc {

struct RouterOptions {
  Authenticator* authenticator = nullptr;  // must outlive the router
  // The clock of a realm, kept for as long as the call is inside: so the realm is not taken apart under
  // it. An error for one that is unknown or closed. Thread-safe.
  std::function<absl::StatusOr<std::shared_ptr<const base::Clock>>(std::string_view realm)>
      enter_realm;
  const base::Clock* machine_clock = nullptr;  // must outlive the router
  std::string payload_key;                     // secret; keys the payload hashes of request ids
  obs::Metrics* metrics = nullptr;             // optional, must outlive the router
  obs::AccessLog* access_log = nullptr;        // optional, must outlive the router
  // Whether a mutation of the lane may be taken now (a disk that fills up stops imports first); null
  // takes all.
  std::function<absl::Status(ledger::Lane)> admit;
  RouterLimits limits;
  StreamLimits stream_limits;
  // Threads per pool (control, answer, bulk, read, token, stream, hash) and the length of each queue.
  std::array<int, kPoolKinds> threads = {6, 4, 2, 6, 2, 2, 2};
  int queue_max = 2048;
  int tokens_kept_max = 4096;  // verified tokens remembered for a minute; 0: none
};

// One call as a transport received it. Views must live until Handle returns.
struct Incoming {
  std::string_view
      method;  // "huying.alert.v1.AlertService/IssueNotice"; a leading slash is ignored
  std::string_view token;
  std::string_view peer;
  absl::Time deadline = absl::InfiniteFuture();  // machine time
};

// Where a call's outcome goes. `answer` runs once, on any thread, possibly inside Handle;
// `response` is set when the status is OK and valid only inside it. An accepted stream gets
// `stream` (inside Handle) instead of `answer`: its outcome is the queue's.
struct Reply {
  absl::AnyInvocable<void(const absl::Status& status, const google::protobuf::Message* response)>
      answer;
  absl::AnyInvocable<void(std::shared_ptr<StreamQueue> queue)> stream;
};

struct PendingCall;

// Add and Check: at start, one thread. The rest is thread-safe. Stop what calls in first (servers),
// then the ledgers (they answer what they hold), then destroy the router.
class Router final : public RouteTable {
 public:
  explicit Router(RouterOptions options);
  ~Router() override;

  void Add(Route route) override;
  // Looks at the bearer of a token once more before each mutation is gathered, on the pool's thread: a token is a
  // snapshot up to 15 minutes old. May change actor and flags, or refuse. Set at start, before any call; a process
  // without it takes the token's word.
  void SetBearerCheck(std::function<absl::Status(context::CallContext&)> check) {
    bearer_check_ = std::move(check);
  }
  absl::Status Check() const { return methods_.Check(); }

  // Asynchronous; returns as soon as the call is refused or queued.
  void Handle(const Incoming& incoming, std::string_view request, Reply reply);
  // The same for a request that is a message already.
  void HandleMessage(const Incoming& incoming, std::unique_ptr<google::protobuf::Message> request,
                     Reply reply);
  // On the caller's thread, with the caller's context instead of a token; not for streams.
  absl::Status CallLocal(const context::CallContext& context, std::string_view method,
                         const google::protobuf::Message& request,
                         google::protobuf::Message* response);

  // From now on new calls answer UNAVAILABLE / SHUTTING_DOWN, and open streams end so.
  void Drain();
  // Drains, waits at most `limit` for calls in flight, joins the pools.
  void Stop(absl::Duration limit);
  // Waits until no call is in flight, `limit` at most; false: there are some.
  bool WaitIdle(absl::Duration limit);

  int in_flight() const { return in_flight_.load(); }
  int streams() const;
  const MethodTable& methods() const { return methods_; }
  const RouterOptions& options() const { return options_; }

 private:
  std::unique_ptr<PendingCall> Begin(const Incoming& incoming, Reply reply);
  absl::Status Admit(const Incoming& incoming, PendingCall& call);
  absl::Status EnterContext(PendingCall& call);
  absl::Status Prepare(PendingCall& call);
  absl::Status TakePlace(PendingCall& call);
  void Dispatch(std::unique_ptr<PendingCall> call);
  void Run(std::unique_ptr<PendingCall> call);
  void RunRead(std::unique_ptr<PendingCall> call);
  void Gather(std::unique_ptr<PendingCall> call);
  void NotGathered(std::unique_ptr<PendingCall> call, absl::Status status);
  void WatchDeadline(PendingCall& call);
  void Decided(std::unique_ptr<PendingCall> call, absl::StatusOr<common::v1::Receipt> receipt);
  void StartStream(std::unique_ptr<PendingCall> call);
  void EndWithToken(PendingCall& call, const std::shared_ptr<StreamQueue>& queue);
  void StreamOver(PendingCall& call, StreamQueue& queue);
  void Finish(std::unique_ptr<PendingCall> call, absl::Status status);
  absl::Status MutateLocal(PendingCall& call, google::protobuf::Message* response);
  // Counts and logs the outcome; gives back what may be shown.
  absl::Status Close(PendingCall& call, absl::Status status, bool local);
  absl::Status Present(std::string_view method, absl::Status status, std::string* incident);
  Pool& pool(PoolKind kind) { return *pools_[static_cast<size_t>(kind)]; }
  absl::Time Now() const { return options_.machine_clock->Now(); }

  const RouterOptions options_;
  const std::string fault_prefix_;  // tells this run's incidents from an earlier one's
  std::function<absl::Status(context::CallContext&)> bearer_check_;
  MethodTable methods_;
  TokenCache tokens_;
  obs::Counter denied_;
  std::atomic<int> in_flight_ = 0;
  std::atomic<bool> draining_ = false;
  std::atomic<int64_t> incidents_ = 0;
  mutable absl::Mutex streams_mutex_;
  absl::flat_hash_map<StreamQueue*, std::shared_ptr<StreamQueue>> streams_
      ABSL_GUARDED_BY(streams_mutex_);
  std::array<std::unique_ptr<Pool>, kPoolKinds> pools_;
  DeadlineWatch watch_;
};

// `Caller` of services in this process.
class LocalCaller final : public Caller {
 public:
  explicit LocalCaller(Router& router) : router_(router) {}
  absl::Status Call(const context::CallContext& context, std::string_view method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message* response) override {
    return router_.CallLocal(context, method, request, response);
  }

 private:
  Router& router_;
};

}  // namespace huying::rpc
