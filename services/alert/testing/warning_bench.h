// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "services/alert/testing/alert_bench.h"

// For tests only: the acts of a warning's way, each by a post that may do it.
namespace huying::alert {

class WarningBench : public AlertBench {
 protected:
  v1::WarningContent Content(v1::Color color = v1::RED,
                             const std::string& area = directory::kLingbei) {
    v1::WarningContent content = testing::RedContent();
    content.set_color(color);
    content.clear_target_areas();
    content.add_target_areas(area);
    *content.mutable_effective_at() = base::ToProto(clock_.Now());
    *content.mutable_expires_at() = base::ToProto(clock_.Now() + absl::Hours(24));
    return content;
  }
  std::string Draft(const v1::WarningContent& content, const std::string& post = "alert-drafter") {
    v1::DraftWarningRequest request;
    *request.mutable_content() = content;
    auto receipt = Do(As(post), "DraftWarning", &AlertService::DraftWarning, request);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  absl::StatusOr<Receipt> Review(const std::string& name,
                                 const std::string& post = "alert-reviewer", int64_t version = 0) {
    v1::ReviewWarningRequest request;
    request.set_name(name);
    request.set_expected_version(version);
    return Do(As(post), "ReviewWarning", &AlertService::ReviewWarning, request);
  }
  absl::StatusOr<Receipt> Sign(const std::string& name, const std::string& post = "alert-signer") {
    v1::SignWarningRequest request;
    request.set_name(name);
    return Do(As(post), "SignWarning", &AlertService::SignWarning, request);
  }
  absl::StatusOr<Receipt> Send(const std::string& name, const std::string& post = "district-duty",
                               bool urgent = false) {
    v1::IssueWarningRequest request;
    request.set_name(name);
    if (urgent) {
      auto* urgency = request.mutable_urgency();
      urgency->set_reason("来势迅猛");
      urgency->set_authorised_by("区长 王某（虚构）");
      urgency->set_channel(common::v1::Urgency::PHONE);
      *urgency->mutable_at() = base::ToProto(clock_.Now());
    }
    return Do(As(post), "IssueWarning", &AlertService::IssueWarning, request);
  }
  std::string Issued(const v1::WarningContent& content) {
    std::string name = Draft(content);
    EXPECT_TRUE(Review(name).ok());
    EXPECT_TRUE(Sign(name).ok());
    const auto receipt = Send(name);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return name;
  }
  std::string Adjusted(const std::string& old, const v1::WarningContent& content) {
    v1::AdjustWarningRequest request;
    request.set_name(old);
    request.set_reason("情况变化");
    *request.mutable_content() = content;
    auto receipt = Do(As("alert-drafter"), "AdjustWarning", &AlertService::AdjustWarning, request);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  std::map<std::string, common::v1::MakeUp> MakeUps(bool open_only = false) {
    v1::ListMakeUpsRequest request;
    request.set_open_only(open_only);
    const auto response = alerts_->ListMakeUps(As("district-duty"), request);
    std::map<std::string, common::v1::MakeUp> rows;
    for (const auto& row : response->make_ups()) {
      rows[row.name().substr(row.name().rfind('/') + 1)] = row;
    }
    return rows;
  }
};

}  // namespace huying::alert
