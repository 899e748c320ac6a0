// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "huying/alert/v1/alert_service.pb.h"
#include "tests/support/client.h"

// Requests that are complete, for tests that change one thing.
namespace huying::testing {

inline alert::v1::IssueNoticeRequest NoticeTo(const std::vector<std::string>& areas,
                                              const std::string& title = "紧急通知") {
  alert::v1::IssueNoticeRequest request;
  request.set_title(title);
  request.set_text("新兴煤矿发生险情，请立即组织人员到岗，排查周边并报告。");
  for (const std::string& area : areas) request.add_target_areas(area);
  request.set_refers_to("incidents/2026-0001");
  auto* basis = request.add_legal_basis();
  basis->set_kind(common::v1::LegalBasis::LAW);
  basis->set_title("中华人民共和国突发事件应对法");
  basis->set_article("第七十三条");
  basis->set_version_date("2024-06-28");
  request.set_request_id(client::NewRequestId());
  return request;
}

inline alert::v1::AnswerRequest AnswerTo(const std::string& alert,
                                         alert::v1::AnswerKind kind = alert::v1::ON_POST) {
  alert::v1::AnswerRequest request;
  request.set_alert(alert);
  request.set_kind(kind);
  if (kind == alert::v1::CANNOT) request.set_text("道路中断，无法到达");
  request.set_channel("app");
  request.set_request_id(client::NewRequestId());
  return request;
}

inline alert::v1::ReportReceiptsRequest ReceiptFor(const std::string& alert,
                                                   alert::v1::RecipientState state) {
  alert::v1::ReportReceiptsRequest request;
  auto* item = request.add_items();
  item->set_alert(alert);
  item->set_state(state);
  request.set_request_id(client::NewRequestId());
  return request;
}

}  // namespace huying::testing
