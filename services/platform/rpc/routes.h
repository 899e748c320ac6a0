// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/platform/base/status.h"
#include "services/platform/context/call_context.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/rpc/sink.h"

// The table from RPC to use case: one line per RPC, in proto order.
//
//   void RegisterAlert(rpc::Router& router, runtime::PerRealm<AlertService>& alerts) {
//     rpc::Routes<AlertService> routes(router, "huying.alert.v1.AlertService", alerts.Finder(), alerts.LedgerFinder());
//     routes.Mutation("IssueNotice", &AlertService::IssueNotice);
//     routes.Read("GetAlert", &AlertService::GetAlert);
//     routes.Stream("Subscribe", &AlertService::Subscribe);
//   }
//
// `Router::Check()` refuses to start when an RPC of the service has no policy or no route, or when the
// C++ types are not the proto's.
namespace huying::rpc {

// One RPC, type-erased. Exactly one of mutate / read / stream is set.
struct Route {
  std::string service;  // "huying.alert.v1.AlertService"
  std::string rpc;      // "IssueNotice"
  const google::protobuf::Descriptor* request_type = nullptr;
  const google::protobuf::Descriptor* response_type = nullptr;
  const google::protobuf::Message* request_prototype = nullptr;
  const google::protobuf::Message* response_prototype = nullptr;

  std::function<absl::StatusOr<ledger::Command>(const context::CallContext&,
                                                const google::protobuf::Message&)>
      mutate;
  std::function<absl::StatusOr<ledger::Ledger*>(std::string_view realm)> ledger;  // for mutate
  std::function<absl::Status(const context::CallContext&, const google::protobuf::Message&,
                             google::protobuf::Message* response)>
      read;
  std::function<absl::Status(const context::CallContext&, const google::protobuf::Message&,
                             std::shared_ptr<MessageSink>)>
      stream;
};

// Where routes are put; `Router` is the only implementation outside tests.
class RouteTable {
 public:
  virtual ~RouteTable() = default;
  virtual void Add(Route route) = 0;
};

template <typename Service>
class Routes {
 public:
  using FindService = std::function<absl::StatusOr<Service*>(std::string_view realm)>;
  using FindLedger = std::function<absl::StatusOr<ledger::Ledger*>(std::string_view realm)>;

  // `service` of a call = find(context.realm). Services without a ledger pass no find_ledger and
  // register no mutation.
  Routes(RouteTable& table, std::string name, FindService find, FindLedger find_ledger = nullptr)
      : table_(table),
        name_(std::move(name)),
        find_(std::move(find)),
        find_ledger_(std::move(find_ledger)) {}

  template <typename Request>
  void Mutation(std::string_view rpc,
                absl::StatusOr<ledger::Command> (Service::*use_case)(const context::CallContext&,
                                                                     const Request&)) {
    Route route = Make<Request, common::v1::Receipt>(rpc);
    route.ledger = find_ledger_;
    route.mutate =
        [find = find_, use_case](
            const context::CallContext& context,
            const google::protobuf::Message& request) -> absl::StatusOr<ledger::Command> {
      ASSIGN_OR_RETURN(Service * service, find(context.realm));
      return (service->*use_case)(context, static_cast<const Request&>(request));
    };
    table_.Add(std::move(route));
  }

  template <typename Request, typename Response>
  void Read(std::string_view rpc,
            absl::StatusOr<Response> (Service::*use_case)(const context::CallContext&,
                                                          const Request&)) {
    Route route = Make<Request, Response>(rpc);
    route.read = [find = find_, use_case](const context::CallContext& context,
                                          const google::protobuf::Message& request,
                                          google::protobuf::Message* response) -> absl::Status {
      ASSIGN_OR_RETURN(Service * service, find(context.realm));
      ASSIGN_OR_RETURN(Response answer,
                       (service->*use_case)(context, static_cast<const Request&>(request)));
      static_cast<Response*>(response)->Swap(&answer);
      return absl::OkStatus();
    };
    table_.Add(std::move(route));
  }

  template <typename Request, typename Event>
  void Stream(std::string_view rpc,
              absl::Status (Service::*use_case)(const context::CallContext&, const Request&,
                                                Sink<Event>)) {
    Route route = Make<Request, Event>(rpc);
    route.stream = [find = find_, use_case](const context::CallContext& context,
                                            const google::protobuf::Message& request,
                                            std::shared_ptr<MessageSink> sink) -> absl::Status {
      ASSIGN_OR_RETURN(Service * service, find(context.realm));
      return (service->*use_case)(context, static_cast<const Request&>(request),
                                  Sink<Event>(std::move(sink)));
    };
    table_.Add(std::move(route));
  }

 private:
  template <typename Request, typename Response>
  Route Make(std::string_view rpc) const {
    Route route;
    route.service = name_;
    route.rpc = std::string(rpc);
    route.request_type = Request::descriptor();
    route.response_type = Response::descriptor();
    route.request_prototype = &Request::default_instance();
    route.response_prototype = &Response::default_instance();
    return route;
  }

  RouteTable& table_;
  std::string name_;
  FindService find_;
  FindLedger find_ledger_;
};

}  // namespace huying::rpc
