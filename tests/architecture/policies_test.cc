// SPDX-License-Identifier: Apache-2.0
//
// Every RPC of every service carries a whole policy; contracts keep their shape.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>

#include "huying/alert/v1/alert_service.pb.h"
#include "huying/common/v1/policy.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/guard/reach.h"

namespace huying::architecture {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

std::vector<const MethodDescriptor*> AllMethods() {
  const std::vector<const FileDescriptor*> files = {
      directory::v1::SignInRequest::descriptor()->file(),
      plan::v1::ImportPlanRequest::descriptor()->file(),
      alert::v1::AnswerRequest::descriptor()->file(),
      incident::v1::TakeIntakeRequest::descriptor()->file(),
      drill::v1::PlanExerciseRequest::descriptor()->file(),
      platform::v1::ProbeRequest::descriptor()->file()};
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

TEST(Policies, EveryRpcHasAWholeOne) {
  ASSERT_GT(AllMethods().size(), 80u);
  for (const MethodDescriptor* method : AllMethods()) {
    ASSERT_TRUE(method->options().HasExtension(common::v1::policy)) << method->full_name();
    const common::v1::Policy& policy = method->options().GetExtension(common::v1::policy);
    EXPECT_FALSE(policy.permission().empty()) << method->full_name();
    EXPECT_NE(policy.lowest_tier(), common::v1::TIER_UNSPECIFIED) << method->full_name();
    EXPECT_NE(policy.idempotency(), common::v1::IDEMPOTENCY_UNSPECIFIED) << method->full_name();
    EXPECT_NE(policy.audit(), common::v1::AUDIT_UNSPECIFIED) << method->full_name();
    EXPECT_GT(policy.deadline_ms(), 0) << method->full_name();
  }
}

TEST(Policies, AMutationHasARequestIdALaneAndAReceipt) {
  for (const MethodDescriptor* method : AllMethods()) {
    const common::v1::Policy& policy = method->options().GetExtension(common::v1::policy);
    if (policy.idempotency() != common::v1::REQUEST_ID) continue;
    const FieldDescriptor* id = method->input_type()->FindFieldByName("request_id");
    ASSERT_NE(id, nullptr) << method->full_name();
    EXPECT_EQ(id->type(), FieldDescriptor::TYPE_STRING) << method->full_name();
    EXPECT_EQ(method->output_type()->full_name(), "huying.common.v1.Receipt")
        << method->full_name();
    EXPECT_NE(policy.lane(), common::v1::LANE_UNSPECIFIED) << method->full_name();
  }
}

TEST(Policies, AWarningIsIssuedByTheDistrictOnly) {  // 突发事件应对法 第六十四条
  for (const MethodDescriptor* method : AllMethods()) {
    const std::string name = method->name();
    if (name == "IssueWarning" || name == "SignWarning" || name == "ReviewWarning") {
      EXPECT_EQ(method->options().GetExtension(common::v1::policy).lowest_tier(),
                common::v1::DISTRICT);
    }
  }
}

TEST(Policies, ACommunityMayStartFirstHandlingButIssuesNoWarning) {  // R41
  std::map<std::string, bool> open_to_a_community;
  for (const MethodDescriptor* method : AllMethods()) {
    const auto& policy = method->options().GetExtension(common::v1::policy);
    open_to_a_community[method->name()] =
        guard::TierReaches(common::v1::COMMUNITY, policy.lowest_tier());
  }
  for (const char* name : {"TakeIntake", "StartFirstHandling"}) {
    ASSERT_EQ(open_to_a_community.count(name), 1u) << name;
    EXPECT_TRUE(open_to_a_community[name]) << name;
  }
  for (const char* name : {"ReviewWarning", "SignWarning", "IssueWarning"}) {
    ASSERT_EQ(open_to_a_community.count(name), 1u) << name;
    EXPECT_FALSE(open_to_a_community[name]) << name;
  }
}

TEST(Policies, EveryListHasPages) {
  for (const MethodDescriptor* method : AllMethods()) {
    if (method->name().compare(0, 4, "List") != 0 || method->name() == "ListEntries") continue;
    EXPECT_NE(method->input_type()->FindFieldByName("page_size"), nullptr) << method->full_name();
    EXPECT_NE(method->input_type()->FindFieldByName("page_token"), nullptr) << method->full_name();
    EXPECT_NE(method->output_type()->FindFieldByName("next_page_token"), nullptr)
        << method->full_name();
  }
}

TEST(Policies, EveryEnumHasAZeroThatMeansNothing) {
  std::set<const FileDescriptor*> files;
  for (const MethodDescriptor* method : AllMethods()) {
    files.insert(method->input_type()->file());
    files.insert(method->output_type()->file());
    for (int i = 0; i < method->service()->file()->dependency_count(); ++i) {
      files.insert(method->service()->file()->dependency(i));
    }
  }
  for (const FileDescriptor* file : files) {
    for (int e = 0; e < file->enum_type_count(); ++e) {
      const auto* zero = file->enum_type(e)->FindValueByNumber(0);
      ASSERT_NE(zero, nullptr) << file->enum_type(e)->full_name();
      EXPECT_NE(zero->name().find("UNSPECIFIED"), std::string::npos)
          << file->enum_type(e)->full_name();
    }
  }
}

}  // namespace
}  // namespace huying::architecture
