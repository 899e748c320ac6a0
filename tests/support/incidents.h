// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

// The main job, as far as a response: what every whole-server test of incidents begins with.
namespace huying::testing {

inline constexpr char kMarkedReporter[] = "标记测试甲乙丙";
inline constexpr char kMarkedPhone[] = "13900007788";

// The plan file with `HUYING_SOURCE_DIR` as its root.
inline std::string MinePlan() {
  std::ifstream in(std::string(HUYING_SOURCE_DIR) +
                   "/deploy/config/xingshan/plans/mine-accident.yaml");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline absl::StatusOr<common::v1::Receipt> ImportPlan(System& system, const std::string& yaml) {
  plan::v1::ImportPlanRequest request;
  request.set_yaml(yaml);
  return system.As("posts/plan-officer").Call("plan.ImportPlan", request);
}

inline absl::StatusOr<common::v1::Receipt> TakeIntake(Client& client, const std::string& area) {
  incident::v1::TakeIntakeRequest request;
  request.set_event_class(incident::v1::ACCIDENT);
  request.set_event_code("coal-mine");
  request.set_title("矿井瓦斯爆炸");
  request.set_area(area);
  request.set_place("矿区井口");
  request.set_description("井下通讯中断");
  request.mutable_reporter()->set_person_name(kMarkedReporter);
  request.mutable_reporter()->set_phone(kMarkedPhone);
  request.mutable_reporter()->set_source("单位");
  return client.Call("incident.TakeIntake", request);
}

// Taken, verified and confirmed with 139 missing: LEVEL_I. The incident's name; "" when it failed.
inline std::string ConfirmedIncident(System& system, const std::string& area,
                                     const std::string& lead_department = "units/emergency") {
  const auto taken = TakeIntake(system.As("posts/pingan-duty"), area);
  EXPECT_TRUE(taken.ok()) << taken.status();
  if (!taken.ok()) return "";
  Client& duty = system.As("posts/district-duty");
  incident::v1::TakeOverRequest take_over;
  take_over.set_name(taken->name());
  const auto over = duty.Call("incident.TakeOver", take_over);
  EXPECT_TRUE(over.ok()) << over.status();
  incident::v1::ConfirmIncidentRequest confirm;
  confirm.set_name(taken->name());
  confirm.set_event_class(incident::v1::ACCIDENT);
  confirm.set_lead_department(lead_department);
  confirm.add_areas("230407");
  confirm.mutable_figures()->set_missing(139);
  confirm.mutable_figures()->set_trapped(139);
  confirm.mutable_figures()->set_source("矿方");
  const auto confirmed = duty.Call("incident.ConfirmIncident", confirm);
  EXPECT_TRUE(confirmed.ok()) << confirmed.status();
  return confirmed.ok() ? taken->name() : "";
}

inline incident::v1::ActivateResponseRequest Activation(const std::string& incident) {
  incident::v1::ActivateResponseRequest request;
  request.set_request_id(client::NewRequestId());
  request.set_incident(incident);
  request.set_plan("plans/mine-accident");
  request.set_level(1);
  auto* basis = request.add_legal_basis();
  basis->set_kind(common::v1::LegalBasis::LAW);
  basis->set_title("中华人民共和国突发事件应对法");
  basis->set_article("第七十二条");
  basis->set_version_date("2024-06-28");
  return request;
}

inline incident::v1::Response ResponseOf(System& system, const std::string& name) {
  incident::v1::GetResponseRequest request;
  request.set_name(name);
  const auto found = system.As("posts/district-duty")
                         .Call<incident::v1::GetResponseResponse>("incident.GetResponse", request);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? found->response() : incident::v1::Response();
}

inline incident::v1::Incident IncidentOf(System& system, const std::string& name) {
  incident::v1::GetIncidentRequest request;
  request.set_name(name);
  const auto found = system.As("posts/district-duty")
                         .Call<incident::v1::GetIncidentResponse>("incident.GetIncident", request);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? found->incident() : incident::v1::Incident();
}

// Alerts that came out of it, in whatever state.
inline std::vector<alert::v1::Alert> AlertsOf(System& system, const std::string& refers_to) {
  alert::v1::ListAlertsRequest request;
  request.set_refers_to(refers_to);
  request.set_page_size(100);
  const auto page = system.As("posts/district-duty")
                        .Call<alert::v1::ListAlertsResponse>("alert.ListAlerts", request);
  EXPECT_TRUE(page.ok()) << page.status();
  if (!page.ok()) return {};
  return {page->alerts().begin(), page->alerts().end()};
}

// Both notices of the plan's level, each once.
inline constexpr int kLevelNotices = 2;
inline void ExpectEachNoticeOnce(System& system, const std::string& response) {
  EXPECT_TRUE(Eventually([&] {
    return ResponseOf(system, response).effects_size() == kLevelNotices;
  })) << ResponseOf(system, response).ShortDebugString();
  std::multiset<std::string> titles;
  for (const auto& alert : AlertsOf(system, response)) titles.insert(alert.title());
  EXPECT_EQ(titles,
            (std::multiset<std::string>{"煤矿事故一级响应：全员到岗", "矿区周边群众疏散安置"}));
  const incident::v1::Response done = ResponseOf(system, response);
  for (const auto& effect : done.effects()) EXPECT_EQ(effect.problem(), "") << effect.id();
}

}  // namespace huying::testing
