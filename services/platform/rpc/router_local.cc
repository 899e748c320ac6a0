// SPDX-License-Identifier: Apache-2.0
//
// Calls inside the process: the same stages on the caller's thread, with its context for a token.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/router.h"
#include "services/platform/rpc/router_call.h"

namespace huying::rpc {
namespace {

using google::protobuf::Message;

struct Waiter {
  absl::Notification done;
  absl::StatusOr<common::v1::Receipt> receipt = absl::UnknownError("not decided");
};

absl::Status WrongType(const Message& message) {
  return absl::InternalError(absl::StrCat("called with a ", message.GetDescriptor()->full_name()));
}

// Whoever calls from inside the process is a part of this installation, as a process with the node key
// is: the same calls are open to both.
void AddNodePermission(context::CallContext* context) {
  if (!context->permissions.Contains(kNodePermission)) {
    context->permissions.push_back(kNodePermission);
  }
}

}  // namespace

absl::Status CheckMessage(const Method& method, const Message& request,
                          const RouterLimits& limits) {
  if (request.GetDescriptor() != method.route.request_type) return WrongType(request);
  RETURN_IF_ERROR(CheckSize(method, request.ByteSizeLong(), limits));
  return RequestCheck::Fields(*method.plan, request);
}

absl::Status Router::CallLocal(const context::CallContext& context, std::string_view method,
                               const Message& request, Message* response) {
  PendingCall call;
  call.received = Now();
  call.method = methods_.Find(method);
  const bool is_public = call.method != nullptr && call.method->policy.permission() == "public";
  call.context = is_public ? PublicContext() : context;
  if (!is_public) AddNodePermission(&call.context);
  call.context.peer = context.peer;
  call.context.deadline = context.deadline;
  call.context.method =
      call.method == nullptr ? std::string(method.substr(0, kNameShownMax)) : call.method->name;
  call.context.request_id.clear();
  if (call.method != nullptr) call.method->metrics.in_flight.Add(1);
  absl::Status status = [&]() -> absl::Status {
    if (call.method == nullptr) return NoSuchMethod(methods_, method);
    if (call.method->is_stream()) return NotForStreams(call.method->name);
    RETURN_IF_ERROR(CheckMessage(*call.method, request, options_.limits));
    if (response->GetDescriptor() != call.method->route.response_type) return WrongType(*response);
    if (call.context.realm.empty()) return NoRealm();
    RETURN_IF_ERROR(EnterContext(call));
    if (draining_) return ShuttingDown();
    if (Now() >= call.context.deadline) return TooLate(false);
    if (call.method->is_mutation()) {
      call.request.reset(request.New());
      call.request->CopyFrom(request);
      RETURN_IF_ERROR(Prepare(call));
      return MutateLocal(call, response);
    }
    RETURN_IF_ERROR(call.method->route.read(call.context, request, response));
    return Now() > call.context.deadline ? TooLate(false) : absl::OkStatus();
  }();
  return Close(call, std::move(status), /*local=*/true);
}

absl::Status Router::MutateLocal(PendingCall& call, Message* response) {
  auto* answer = static_cast<common::v1::Receipt*>(response);
  ledger::Ledger* ledger = call.ledger;
  while (true) {
    ++call.gathers;
    auto gathered = call.method->route.mutate(call.context, *call.request);
    if (!gathered.ok()) {
      ASSIGN_OR_RETURN(
          auto earlier,
          ledger->FindReceipt(call.context.principal, call.context.request_id, call.payload_hash));
      if (!earlier.has_value()) return gathered.status();
      answer->Swap(&*earlier);
      return absl::OkStatus();
    }
    ledger::Command command = *std::move(gathered);
    if (Now() > call.context.deadline) return TooLate(false);
    Complete(*call.method, call.context, call.payload_hash, &command);
    auto waiter = std::make_shared<Waiter>();  // the ledger may answer after we gave up
    ledger->Execute(std::move(command), [waiter](absl::StatusOr<common::v1::Receipt> receipt) {
      waiter->receipt = std::move(receipt);
      waiter->done.Notify();
    });
    const absl::Duration left = call.context.deadline - Now();
    if (!waiter->done.WaitForNotificationWithTimeout(left)) return TooLate(true);
    if (waiter->receipt.ok()) {
      answer->Swap(&*waiter->receipt);
      return absl::OkStatus();
    }
    const bool again =
        FactsChanged(waiter->receipt.status()) && call.gathers < options_.limits.gathers_max;
    if (!again) return waiter->receipt.status();
  }
}

}  // namespace huying::rpc
