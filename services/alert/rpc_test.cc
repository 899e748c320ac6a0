// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "google/protobuf/descriptor.h"
#include "services/alert/alert_rpc.h"
#include "services/alert/api_fake.h"

namespace huying::alert {
namespace {

class Table final : public rpc::RouteTable {
 public:
  void Add(rpc::Route route) override {
    order.push_back(route.rpc);
    routes[route.rpc] = std::move(route);
  }
  std::vector<std::string> order;
  std::map<std::string, rpc::Route> routes;
};

TEST(AlertRpc, EveryRpcOfTheProtoHasOneRouteOfItsTypesInOrder) {
  Table table;
  RegisterAlert(
      table,
      [](std::string_view) -> absl::StatusOr<AlertService*> { return absl::UnknownError(""); },
      [](std::string_view) -> absl::StatusOr<ledger::Ledger*> { return absl::UnknownError(""); });
  const auto* service = v1::AnswerRequest::descriptor()->file()->FindServiceByName("AlertService");
  ASSERT_EQ(static_cast<int>(table.order.size()), service->method_count());
  for (int i = 0; i < service->method_count(); ++i) {
    const auto* method = service->method(i);
    EXPECT_EQ(table.order[i], method->name());
    const rpc::Route& route = table.routes[method->name()];
    EXPECT_EQ(route.request_type, method->input_type()) << method->name();
    EXPECT_EQ(route.response_type, method->output_type()) << method->name();
    EXPECT_EQ(static_cast<bool>(route.stream), method->server_streaming()) << method->name();
  }
}

TEST(AlertFake, OneRequestIdHasOneEffect) {
  FakeAlerts alerts;
  v1::IssueNoticeRequest request;
  request.set_request_id("incident/7/notice-1");
  const auto first = alerts.IssueNotice({}, request);
  const auto again = alerts.IssueNotice({}, request);
  EXPECT_EQ(first->name(), again->name());
  EXPECT_EQ(alerts.notices().size(), 1u);
  alerts.SetDown(true);
  EXPECT_EQ(alerts.IssueNotice({}, request).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace huying::alert
