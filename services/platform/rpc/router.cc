// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/router.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/notification.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/rpc/router_call.h"
#include "services/platform/rpc/status.h"
#include "spdlog/spdlog.h"

namespace huying::rpc {
namespace {

using google::protobuf::Message;

std::string FaultPrefix() {
  uint32_t random = 0;
  randombytes_buf(&random, sizeof(random));
  return absl::StrFormat("F%08x", random);
}

}  // namespace

Router::Router(RouterOptions options)
    : options_(std::move(options)),
      fault_prefix_(FaultPrefix()),
      tokens_(options_.tokens_kept_max),
      watch_(*options_.machine_clock) {
  if (options_.metrics != nullptr) {
    denied_ = options_.metrics->GetCounter("huying_rpc_denied_total",
                                           "Calls answered with "
                                           "PERMISSION_DENIED; each has an audit line");
  }
  for (int i = 0; i < kPoolKinds; ++i) {
    pools_[i] = std::make_unique<Pool>(PoolOptions{std::string(PoolName(static_cast<PoolKind>(i))),
                                                   options_.threads[i], options_.queue_max});
  }
}

Router::~Router() { Stop(absl::ZeroDuration()); }

void Router::Add(Route route) { methods_.Add(std::move(route), options_.metrics); }

int Router::streams() const {
  absl::MutexLock lock(&streams_mutex_);
  return static_cast<int>(streams_.size());
}

// ---- stages of an asynchronous call ----

std::unique_ptr<PendingCall> Router::Begin(const Incoming& incoming, Reply reply) {
  auto call = std::make_unique<PendingCall>();
  call->reply = std::make_shared<Reply>(std::move(reply));
  call->received = Now();
  call->method = methods_.Find(incoming.method);
  if (call->method == nullptr) {
    call->context.method = std::string(incoming.method.substr(0, kNameShownMax));
    return call;
  }
  call->context.method = call->method->name;
  call->method->metrics.in_flight.Add(1);
  return call;
}

void Router::Handle(const Incoming& incoming, std::string_view request, Reply reply) {
  std::unique_ptr<PendingCall> call = Begin(incoming, std::move(reply));
  absl::Status status = [&]() -> absl::Status {
    if (call->method == nullptr) return NoSuchMethod(methods_, incoming.method);
    RETURN_IF_ERROR(CheckSize(*call->method, request.size(), options_.limits));
    call->request.reset(call->method->route.request_prototype->New());
    RETURN_IF_ERROR(RequestCheck::Parse(request, call->request.get()));
    RETURN_IF_ERROR(RequestCheck::Fields(*call->method->plan, *call->request));
    return Admit(incoming, *call);
  }();
  if (!status.ok()) return Finish(std::move(call), std::move(status));
  Dispatch(std::move(call));
}

void Router::HandleMessage(const Incoming& incoming, std::unique_ptr<Message> request,
                           Reply reply) {
  std::unique_ptr<PendingCall> call = Begin(incoming, std::move(reply));
  call->request = std::move(request);
  absl::Status status = [&]() -> absl::Status {
    if (call->method == nullptr) return NoSuchMethod(methods_, incoming.method);
    RETURN_IF_ERROR(CheckMessage(*call->method, *call->request, options_.limits));
    return Admit(incoming, *call);
  }();
  if (!status.ok()) return Finish(std::move(call), std::move(status));
  Dispatch(std::move(call));
}

absl::Status Router::Admit(const Incoming& incoming, PendingCall& call) {
  const Method& method = *call.method;
  if (method.policy.permission() == "public") {
    TakeIdentity(PublicContext(), &call.context);
  } else {
    ASSIGN_OR_RETURN(const auto bearer,
                     Authenticate(options_.authenticator, tokens_, incoming.token, call.received));
    TakeIdentity(ContextOf(*bearer), &call.context);
    if (!IsNode(call.context)) {
      call.token_expires = base::FromProto(bearer->claims.expires_at());
    }
    call.context.token = std::string(incoming.token);
  }
  call.context.peer = std::string(incoming.peer);
  call.context.deadline = incoming.deadline;
  RETURN_IF_ERROR(EnterContext(call));
  RETURN_IF_ERROR(CheckActing(method, call.context));
  RETURN_IF_ERROR(Prepare(call));
  return TakePlace(call);
}

absl::Status Router::EnterContext(PendingCall& call) {
  ASSIGN_OR_RETURN(call.realm, options_.enter_realm(call.context.realm));
  call.context.received_at = call.realm->Now();
  call.context.deadline = DeadlineOf(*call.method, call.context.deadline, call.received);
  RETURN_IF_ERROR(CheckPermission(*call.method, call.context));
  return CheckTier(*call.method, call.context);
}

// What a mutation needs besides: its ledger, which stamps the time of receipt and waits for it from
// here on, its request id and the hash that tells a repetition from a conflict.
absl::Status Router::Prepare(PendingCall& call) {
  if (!call.method->is_mutation()) return absl::OkStatus();
  if (options_.admit) RETURN_IF_ERROR(options_.admit(call.method->lane));
  ASSIGN_OR_RETURN(call.context.request_id, RequestIdOf(*call.method, *call.request));
  ASSIGN_OR_RETURN(call.ledger, call.method->route.ledger(call.context.realm));
  call.expected = ledger::Expected(*call.ledger);
  call.context.received_at = call.expected.received_at();
  call.payload_hash = PayloadHash(options_.payload_key, *call.method, call.request.get());
  return absl::OkStatus();
}

absl::Status Router::TakePlace(PendingCall& call) {
  if (draining_) return ShuttingDown();
  if (call.method->is_stream()) {
    if (streams() >= options_.limits.streams_max) {
      return TooManyCalls("订阅太多", "too many open streams");
    }
    return absl::OkStatus();
  }
  call.has_place = true;
  if (in_flight_.fetch_add(1) >= options_.limits.in_flight_max) {
    return TooManyCalls("在办请求太多", "too many calls in flight");
  }
  return absl::OkStatus();
}

void Router::Dispatch(std::unique_ptr<PendingCall> call) {
  if (call->method->is_stream()) return StartStream(std::move(call));
  Pool& threads = pool(call->method->pool);
  PendingCall* raw = call.release();
  if (threads.Post([this, raw] { Run(std::unique_ptr<PendingCall>(raw)); })) return;
  absl::Status status =
      draining_ ? ShuttingDown() : TooManyCalls("排队已满", "the queue of such calls is full");
  Finish(std::unique_ptr<PendingCall>(raw), std::move(status));
}

void Router::Run(std::unique_ptr<PendingCall> call) {
  // Work whose time is over is not started.
  if (Now() >= call->context.deadline) return Finish(std::move(call), TooLate(false));
  if (call->method->is_mutation()) return Gather(std::move(call));
  RunRead(std::move(call));
}

void Router::RunRead(std::unique_ptr<PendingCall> call) {
  const Route& route = call->method->route;
  call->response.reset(route.response_prototype->New());
  absl::Status status = route.read(call->context, *call->request, call->response.get());
  if (status.ok() && Now() > call->context.deadline) status = TooLate(false);
  Finish(std::move(call), std::move(status));
}

void Router::Gather(std::unique_ptr<PendingCall> call) {
  ++call->gathers;
  if (bearer_check_ != nullptr && !IsNode(call->context) && call->context.actor.system().empty()) {
    absl::Status checked = bearer_check_(call->context);
    if (!checked.ok()) return NotGathered(std::move(call), std::move(checked));
  }
  auto command = call->method->route.mutate(call->context, *call->request);
  if (!command.ok()) return NotGathered(std::move(call), command.status());
  if (Now() > call->context.deadline) return Finish(std::move(call), TooLate(false));
  Complete(*call->method, call->context, call->payload_hash, &*command);
  if (call->owed == nullptr) WatchDeadline(*call);
  ledger::Ledger* ledger = call->ledger;
  ledger->Execute(*std::move(command), [this, held = std::move(call)](
                                           absl::StatusOr<common::v1::Receipt> receipt) mutable {
    Decided(std::move(held), std::move(receipt));
  });
}

// A repetition may fail to gather what the first call found: its receipt stands all the same. (Where
// gathering succeeds, the ledger's writer knows the request by its id.)
void Router::NotGathered(std::unique_ptr<PendingCall> call, absl::Status status) {
  auto earlier = call->ledger->FindReceipt(call->context.principal, call->context.request_id,
                                           call->payload_hash);
  if (!earlier.ok()) return Finish(std::move(call), earlier.status());
  if (earlier->has_value()) return Decided(std::move(call), **std::move(earlier));
  Finish(std::move(call), std::move(status));
}

void Router::WatchDeadline(PendingCall& call) {
  call.owed = std::make_shared<OwedAnswer>();
  call.owed->deadline = call.context.deadline;
  call.owed->too_late = [reply = call.reply] { reply->answer(TooLate(true), nullptr); };
  watch_.Add(call.owed);
}

void Router::Decided(std::unique_ptr<PendingCall> call,
                     absl::StatusOr<common::v1::Receipt> receipt) {
  if (receipt.ok()) {
    call->response = std::make_unique<common::v1::Receipt>(*std::move(receipt));
    return Finish(std::move(call), absl::OkStatus());
  }
  const bool again = FactsChanged(receipt.status()) &&
                     call->gathers < options_.limits.gathers_max && Now() < call->context.deadline;
  if (!again) return Finish(std::move(call), receipt.status());
  Pool& threads = pool(call->method->pool);
  threads.PostAlways([this, held = std::move(call)]() mutable { Gather(std::move(held)); });
}

void Router::StartStream(std::unique_ptr<PendingCall> call) {
  Pool& threads = pool(PoolKind::kStream);
  auto shared = std::shared_ptr<PendingCall>(std::move(call));
  StreamQueue::Hooks hooks;
  hooks.run_later = [&threads](std::function<void()> task) { threads.PostAlways(std::move(task)); };
  hooks.present = [this, shared](absl::Status status) {
    return Present(shared->method->name, std::move(status), &shared->fault);
  };
  auto queue = std::make_shared<StreamQueue>(options_.stream_limits, std::move(hooks));
  {
    absl::MutexLock lock(&streams_mutex_);
    streams_.emplace(queue.get(), queue);
  }
  if (shared->token_expires < absl::InfiniteFuture()) EndWithToken(*shared, queue);
  queue->OnClosed([this, shared, queue = queue.get()] { StreamOver(*shared, *queue); });
  shared->reply->stream(queue);
  // An open stream is the use case's, which ends it with its realm; only opening it is a call inside.
  const bool posted = threads.Post([shared, queue, realm = std::exchange(shared->realm, nullptr)] {
    if (queue->closed()) return;
    absl::Status status = shared->method->route.stream(shared->context, *shared->request, queue);
    if (!status.ok()) queue->Close(std::move(status));
  });
  if (!posted) queue->Close(TooManyCalls("排队已满", "the queue of such calls is full"));
  if (draining_) queue->Close(ShuttingDown());  // Drain may have passed before the insertion
}

// Whoever lost his post, or his account, hears no more than his token allows.
void Router::EndWithToken(PendingCall& call, const std::shared_ptr<StreamQueue>& queue) {
  call.owed = std::make_shared<OwedAnswer>();
  call.owed->deadline = call.token_expires;
  // The queue holds the call (to present its end), so the call must not hold the queue.
  call.owed->too_late = [weak = std::weak_ptr<StreamQueue>(queue)] {
    if (const auto open = weak.lock()) open->Close(TokenExpired());
  };
  watch_.Add(call.owed);
}

void Router::StreamOver(PendingCall& call, StreamQueue& queue) {
  if (call.owed != nullptr) call.owed->Claim();
  (void)Close(call, queue.end_status(), /*local=*/false);  // whoever listened has its status
  absl::MutexLock lock(&streams_mutex_);
  streams_.erase(&queue);
}

// ---- the end of a call ----

absl::Status Router::Present(std::string_view method, absl::Status status, std::string* incident) {
  if (!MustHide(status)) return status;
  *incident = absl::StrCat(fault_prefix_, "-", incidents_.fetch_add(1) + 1);
  spdlog::error("{} {}: {}", *incident, method, status.ToString());
  return Hidden(status, *incident);
}

absl::Status Router::Close(PendingCall& call, absl::Status status, bool local) {
  status = Present(call.context.method, std::move(status), &call.fault);
  const absl::Duration took = Now() - call.received;
  const bool denied = status.code() == absl::StatusCode::kPermissionDenied;
  const base::Problem problem = status.ok() ? base::Problem() : base::ProblemOf(status);
  const std::string reason =
      status.ok() ? std::string() : common::v1::Reason_Name(problem.reason());
  if (call.method != nullptr) {
    call.method->metrics.in_flight.Add(-1);
    call.method->metrics.Count(status.code(), absl::ToDoubleSeconds(took));
    if (!status.ok()) call.method->metrics.CountRefusal(reason);
  }
  if (denied) denied_.Add();
  if (call.has_place) in_flight_.fetch_sub(1);
  // A call inside the process is part of another one, which has its own line.
  if (options_.access_log != nullptr && !(local && status.ok())) {
    options_.access_log->Write({.time = call.received + took,
                                .method = call.context.method,
                                .code = CodeName(status.code()),
                                .reason = reason,
                                .rule_id = problem.rule_id(),
                                .principal = call.context.principal,
                                .post = call.context.actor.post(),
                                .acting_for = call.context.actor.acting_for_post(),
                                .realm = call.context.realm,
                                .request_id = call.context.request_id,
                                .peer = call.context.peer,
                                .incident = call.fault,
                                .took = took,
                                .denied = denied});
  }
  return status;
}

void Router::Finish(std::unique_ptr<PendingCall> call, absl::Status status) {
  const bool was_late = call->owed != nullptr && !call->owed->Claim();
  if (was_late) status = TooLate(true);  // what the caller was told; the receipt waits for a retry
  status = Close(*call, std::move(status), /*local=*/false);
  if (was_late) return;
  call->reply->answer(status, status.ok() ? call->response.get() : nullptr);
}

void Router::Drain() {
  draining_ = true;
  std::vector<std::shared_ptr<StreamQueue>> open;
  {
    absl::MutexLock lock(&streams_mutex_);
    for (const auto& [key, queue] : streams_) open.push_back(queue);
  }
  for (const auto& queue : open) queue->Close(ShuttingDown());
}

bool Router::WaitIdle(absl::Duration limit) {
  const absl::Time end = Now() + limit;
  absl::Notification never;
  while (in_flight_ > 0 && Now() < end) {
    never.WaitForNotificationWithTimeout(absl::Milliseconds(5));
  }
  return in_flight_ == 0;
}

void Router::Stop(absl::Duration limit) {
  Drain();
  WaitIdle(limit);
  watch_.Stop();
  for (auto& threads : pools_) threads->Stop();
}

}  // namespace huying::rpc
