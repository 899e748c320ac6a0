// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "google/protobuf/descriptor.h"
#include "services/incident/incident_rpc.h"
#include "services/incident/rule_limits.h"

namespace huying::incident {
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

TEST(IncidentRpc, EveryRpcOfTheProtoHasOneRouteOfItsTypesInOrder) {
  Table table;
  RegisterIncident(
      table,
      [](std::string_view) -> absl::StatusOr<IncidentService*> { return absl::UnknownError(""); },
      [](std::string_view) -> absl::StatusOr<ledger::Ledger*> { return absl::UnknownError(""); });
  const auto* service =
      v1::TakeIntakeRequest::descriptor()->file()->FindServiceByName("IncidentService");
  ASSERT_EQ(static_cast<int>(table.order.size()), service->method_count());
  for (int i = 0; i < service->method_count(); ++i) {
    const auto* method = service->method(i);
    EXPECT_EQ(table.order[i], method->name());
    EXPECT_EQ(table.routes[method->name()].request_type, method->input_type()) << method->name();
    EXPECT_EQ(table.routes[method->name()].response_type, method->output_type()) << method->name();
  }
}

TEST(RuleLimits, ComeFromTheShippedTableByClassAndCode) {
  std::ifstream file(std::string(HUYING_SOURCE_DIR) + "/deploy/config/rules.textproto");
  std::stringstream text;
  text << file.rdbuf();
  auto table = ::huying::rules::RuleTable::FromText(text.str());
  ASSERT_TRUE(table.ok()) << table.status();
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const rules::Limits mine = LimitsAt(*table, now, v1::ACCIDENT, "coal-mine");
  EXPECT_EQ(mine.chains,
            (std::vector<v1::ReportChain>{v1::GOVERNMENT, v1::WORK_SAFETY, v1::MINE_SAFETY}));
  EXPECT_EQ(LimitsAt(*table, now, v1::ACCIDENT, "unheard-of").chains.size(), 2u);
  EXPECT_EQ(LimitsAt(*table, now, v1::NATURAL).chains.size(), 1u);
  EXPECT_EQ(mine.verify.within, absl::Minutes(15));
  EXPECT_TRUE(mine.verify.project_default);
  EXPECT_EQ(mine.first.at(v1::WORK_SAFETY).written->within, absl::Hours(2));
  EXPECT_FALSE(mine.first.at(v1::WORK_SAFETY).written->project_default);
  EXPECT_FALSE(mine.first.at(v1::WORK_SAFETY).oral.has_value());
  EXPECT_EQ(mine.first.at(v1::GOVERNMENT).oral->within, absl::Minutes(30));
  EXPECT_EQ(mine.FollowUp(v1::LEVEL_III).within, absl::Hours(2));
  EXPECT_EQ(mine.accident.deaths, (std::array<int64_t, 3>{30, 10, 3}));
  EXPECT_EQ(mine.accident.basis.article(), "第三条");
  EXPECT_EQ(mine.recompute, absl::Hours(24 * 30));
  EXPECT_EQ(LimitsAt(*table, now, v1::ACCIDENT, "fire").recompute, absl::Hours(24 * 7));
}

// Act first: a missing row of the table stops nobody.
TEST(RuleLimits, AnEmptyTableLeavesTheDefaults) {
  auto table = ::huying::rules::RuleTable::FromProto({});
  ASSERT_TRUE(table.ok());
  const rules::Limits limits = LimitsAt(*table, absl::FromUnixSeconds(1'800'000'000));
  EXPECT_EQ(limits.chains, std::vector<v1::ReportChain>{v1::GOVERNMENT});
  EXPECT_EQ(limits.accident.loss_yuan[0], 100'000'000);
  EXPECT_EQ(limits.FollowUp(v1::LEVEL_I).within, absl::Hours(1));
}

}  // namespace
}  // namespace huying::incident
