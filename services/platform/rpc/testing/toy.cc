// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/testing/toy.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/strings.h"

namespace huying::rpc::testing {

using base::Reason;

FakeLedger::FakeLedger(const base::Clock& clock) : clock_(clock), writer_([this] { Run(); }) {}

absl::Time FakeLedger::Expect() {
  absl::MutexLock lock(&mutex_);
  ++expected_;
  return clock_.Now();
}
void FakeLedger::NoLongerExpect(absl::Time) {
  absl::MutexLock lock(&mutex_);
  --expected_;
}
int FakeLedger::expected() const {
  absl::MutexLock lock(&mutex_);
  return expected_;
}

void FakeLedger::Execute(ledger::Command command, ledger::Done done) {
  absl::MutexLock lock(&mutex_);
  queue_.emplace_back(std::move(command), std::move(done));
}

absl::StatusOr<std::optional<Receipt>> FakeLedger::FindReceipt(std::string_view principal,
                                                               std::string_view request_id,
                                                               std::string_view payload_hash) {
  absl::MutexLock lock(&mutex_);
  const auto it = receipts_.find(absl::StrCat(base::Abs(principal), " ", base::Abs(request_id)));
  if (it == receipts_.end()) return std::nullopt;
  if (it->second.payload_hash != payload_hash) {
    return base::ProblemStatus(absl::StatusCode::kAlreadyExists, Reason::REQUEST_ID_CONFLICT,
                               "请求号已用于另一内容", "another payload under the same id");
  }
  return it->second.receipt;
}

void FakeLedger::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(stopped_, true)) return;
    held_ = false;
  }
  writer_.join();
}
void FakeLedger::Hold() {
  absl::MutexLock lock(&mutex_);
  held_ = true;
}
void FakeLedger::Release() {
  absl::MutexLock lock(&mutex_);
  held_ = false;
}
int64_t FakeLedger::InFlight() const {
  absl::MutexLock lock(&mutex_);
  return deciding_ + static_cast<int64_t>(queue_.size());
}
int FakeLedger::executed() const {
  absl::MutexLock lock(&mutex_);
  return executed_;
}
ledger::Command FakeLedger::last() const {
  absl::MutexLock lock(&mutex_);
  return last_;
}

void FakeLedger::Run() {
  while (true) {
    mutex_.LockWhen(absl::Condition(
        +[](FakeLedger* self) { return (!self->held_ && !self->queue_.empty()) || self->stopped_; },
        this));
    if (queue_.empty()) break;
    auto [command, done] = std::move(queue_.front());
    queue_.pop_front();
    deciding_ = 1;
    mutex_.Unlock();
    done(Decide(command));
    mutex_.Lock();
    deciding_ = 0;
    mutex_.Unlock();
  }
  mutex_.Unlock();
}

absl::StatusOr<Receipt> FakeLedger::Decide(ledger::Command& command) {
  auto earlier =
      FindReceipt(command.context.principal, command.context.request_id, command.payload_hash);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return **std::move(earlier);
  FakeTransaction transaction(command.context);
  const absl::Status status = command.decide(transaction);
  absl::MutexLock lock(&mutex_);
  ++executed_;
  last_ = command;
  last_.decide = nullptr;
  if (!status.ok()) return status;
  Receipt receipt;
  receipt.set_name(command.act);
  receipt.set_seq(executed_);
  for (auto& flag : transaction.flags) *receipt.add_flags() = std::move(flag);
  receipts_[absl::StrCat(command.context.principal, " ", command.context.request_id)] = {
      receipt, command.payload_hash};
  return receipt;
}

absl::StatusOr<ledger::Command> ToyService::Put(const context::CallContext&,
                                                const rpctest::v1::PutRequest& request) {
  const int time = ++gathered;
  absl::SleepFor(absl::Milliseconds(request.gather_ms()));
  if (refuses || request.key() == "early-refusal") {
    return base::Refused(Reason::CONDITION_NOT_MET, "不行", "refused while gathering");
  }
  return ledger::Command{.decide = [request, time](ledger::Transaction& tx) -> absl::Status {
    for (const auto& basis : request.legal_basis()) tx.AddBasis(basis);
    if (request.fills_in_basis()) {
      common::v1::LegalBasis basis;
      basis.set_kind(common::v1::LegalBasis::PLAN);
      basis.set_title("应急预案");
      tx.AddBasis(basis);
    }
    if (time <= request.facts_change_times()) {
      return base::Aborted(Reason::FACTS_CHANGED, "事实已变", "the facts changed");
    }
    if (!request.refuse().empty()) {
      return base::Refused(Reason::SAME_PERSON, "审核人不能是起草人", request.refuse())
          .Rule("toy.two-persons");
    }
    return absl::OkStatus();
  }};
}

absl::StatusOr<rpctest::v1::GetResponse> ToyService::Get(const context::CallContext&,
                                                         const rpctest::v1::GetRequest& request) {
  absl::SleepFor(absl::Milliseconds(request.take_ms()));
  if (request.code() != 0) {
    return absl::Status(static_cast<absl::StatusCode>(request.code()), "/var/lib/secret: disk I/O");
  }
  if (!request.refuse().empty()) {
    return base::Refused(Reason::GUARD_NEEDS_URGENCY, "审签人数不足", request.refuse())
        .Field("part.parts[1].text")
        .Rule("toy.rule")
        .Law("突发事件应对法 第六十四条")
        .Next("说明紧急事由", "state the urgency");
  }
  rpctest::v1::GetResponse response;
  response.set_value(request.answer_bytes() > 0 ? std::string(request.answer_bytes(), 'x')
                                                : request.key());
  return response;
}

absl::StatusOr<rpctest::v1::WhoAmIResponse> ToyService::WhoAmI(const context::CallContext& context,
                                                               const rpctest::v1::WhoAmIRequest&) {
  rpctest::v1::WhoAmIResponse response;
  *response.mutable_actor() = context.actor;
  response.set_principal(context.principal);
  response.set_realm(context.realm);
  response.set_exercise(context.exercise);
  for (const std::string& permission : context.permissions) response.add_permissions(permission);
  response.set_method(context.method);
  response.set_received_unix(absl::ToUnixSeconds(context.received_at));
  response.set_deadline_in_ms(
      absl::ToInt64Milliseconds(context.deadline - base::SystemClock().Now()));
  return response;
}

absl::StatusOr<rpctest::v1::HelloResponse> ToyService::Hello(
    const context::CallContext& context, const rpctest::v1::HelloRequest& request) {
  rpctest::v1::HelloResponse response;
  response.set_text(absl::StrCat("hello ", request.name(), " in ", context.realm));
  return response;
}

absl::Status ToyService::Watch(const context::CallContext&,
                               const rpctest::v1::WatchRequest& request,
                               Sink<rpctest::v1::WatchEvent> sink) {
  if (!request.refuse().empty()) {
    return base::Refused(Reason::RESYNC, "请重新同步", request.refuse());
  }
  sink.OnClosed([this] { ++streams_ended; });
  rpctest::v1::WatchEvent event;
  event.set_padding(std::string(request.event_bytes(), 'p'));
  sent = 0;
  for (int i = 1; i <= request.events() || request.until_full(); ++i) {
    event.set_seq(i);
    if (!sink.Send(event)) {
      sink.Close(base::Exhausted("接收太慢", absl::StrCat("too slow, resume after ", i - 1)));
      return absl::OkStatus();
    }
    ++sent;
  }
  if (request.stay_open()) {
    std::lock_guard lock(mutex);
    open.push_back(sink);
  } else {
    sink.Close(absl::OkStatus());
  }
  return absl::OkStatus();
}

absl::StatusOr<platform::v1::TokenClaims> FakeAuthenticator::Verify(std::string_view token) {
  platform::v1::TokenClaims claims;
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(base::Abs(token), &bytes) || !claims.ParseFromString(bytes)) {
    return base::Unauthenticated(Reason::SIGN_IN_FAILED, "令牌无效", "the token is not valid");
  }
  return claims;
}

std::string MintToken(const context::CallContext& context, absl::Time expires_at) {
  platform::v1::TokenClaims claims;
  claims.set_token_id("t-1");
  *claims.mutable_actor() = context.actor;
  claims.set_realm(context.realm);
  for (const std::string& permission : context.permissions) claims.add_permissions(permission);
  *claims.mutable_expires_at() = base::ToProto(expires_at);
  claims.set_principal(context.principal);
  claims.set_exercise(context.exercise);
  claims.mutable_flags()->Assign(context.flags.begin(), context.flags.end());
  return absl::WebSafeBase64Escape(claims.SerializeAsString());
}

Toy::Toy(RouterOptions options) {
  options.authenticator = &authenticator;
  options.enter_realm =
      [this](std::string_view realm) -> absl::StatusOr<std::shared_ptr<const base::Clock>> {
    // The clocks are the fixture's and outlive every call.
    const std::shared_ptr<const base::Clock> nothing;
    if (realm == "live") return std::shared_ptr<const base::Clock>(nothing, &live_clock);
    if (realm == "drill-1") return std::shared_ptr<const base::Clock>(nothing, &drill_clock);
    return base::NotFound(absl::StrCat("realms/", base::Abs(realm)));
  };
  options.machine_clock = &machine;
  options.payload_key = "a key of the tests";
  options.metrics = &metrics;
  router = std::make_unique<Router>(std::move(options));
  const auto find = [this](std::string_view) -> absl::StatusOr<ToyService*> { return &service; };
  const auto find_ledger = [this](std::string_view) -> absl::StatusOr<ledger::Ledger*> {
    return &ledger;
  };
  Routes<ToyService> routes(*router, "huying.rpctest.v1.ToyService", find, find_ledger);
  routes.Mutation("Put", &ToyService::Put);
  routes.Read("Get", &ToyService::Get);
  routes.Read("WhoAmI", &ToyService::WhoAmI);
  routes.Read("Hello", &ToyService::Hello);
  routes.Read("NodeOnly", &ToyService::Hello);
  routes.Stream("Watch", &ToyService::Watch);
}

Toy::~Toy() {
  ledger.Stop();
  router->Stop(absl::Seconds(5));
}

context::CallContext Toy::Officer() const {
  context::CallContext context;
  context.actor.set_person("people/zhang-wei");
  context.actor.set_account("accounts/zhangwei");
  context.actor.set_person_name("张伟");
  context.actor.set_post("posts/district-duty-officer");
  context.actor.set_unit("units/xs-emergency");
  context.actor.set_tier(common::v1::DISTRICT);
  context.actor.set_area("230407000000");
  context.principal = "accounts/zhangwei";
  context.realm = "live";
  context.permissions = {"toy.get", "toy.put"};
  context.deadline = machine.Now() + absl::Seconds(30);
  return context;
}

absl::Status Toy::CallBytes(std::string_view method, const std::string& token,
                            std::string_view request, google::protobuf::Message* response,
                            absl::Duration limit) {
  struct Outcome {
    absl::Notification done;
    absl::Status status;
    std::string bytes;
  };
  auto outcome = std::make_shared<Outcome>();
  Reply reply;
  reply.answer = [outcome](const absl::Status& status, const google::protobuf::Message* answer) {
    outcome->status = status;
    if (answer != nullptr) outcome->bytes = answer->SerializeAsString();
    outcome->done.Notify();
  };
  router->Handle(
      {.method = method, .token = token, .peer = "test", .deadline = machine.Now() + limit},
      request, std::move(reply));
  if (!outcome->done.WaitForNotificationWithTimeout(absl::Seconds(10))) {
    return absl::InternalError("the router did not answer within 10 s");
  }
  if (outcome->status.ok() && response != nullptr) response->ParseFromString(outcome->bytes);
  return outcome->status;
}

absl::Status Toy::Call(std::string_view method, const std::string& token,
                       const google::protobuf::Message& request,
                       google::protobuf::Message* response, absl::Duration limit) {
  return CallBytes(method, token, request.SerializeAsString(), response, limit);
}

rpctest::v1::PutRequest PutOf(const std::string& request_id, const std::string& key) {
  rpctest::v1::PutRequest request;
  request.set_request_id(request_id);
  request.set_key(key);
  common::v1::LegalBasis& basis = *request.add_legal_basis();
  basis.set_kind(common::v1::LegalBasis::LAW);
  basis.set_title("突发事件应对法");
  basis.set_article("第七十二条");
  return request;
}

}  // namespace huying::rpc::testing
