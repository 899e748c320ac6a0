// SPDX-License-Identifier: Apache-2.0
//
// Who may, over a running server: every kind of post before every read, stream and act that takes an area
// or what lies in one. One table says what each may.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "huying/alert/v1/alert_service.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/clock.h"
#include "tests/support/incidents.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr char kLingbei[] = "230407001";

// One of each kind, as seen from 岭北街道 and its 平安社区.
constexpr const char* kPosts[] = {
    "posts/district-duty",   // the government above
    "posts/police-duty",     // a department of the district
    "posts/lingbei-duty",    // the subdistrict itself
    "posts/lingnan-duty",    // its sibling
    "posts/pingan-duty",     // a community beneath
    "posts/dongxing-duty",   // a community elsewhere
    "posts/mine-dispatch"};  // outside the three tiers, in the district's area

struct Row {
  const char* call;
  std::function<absl::Status(Client&)> make;
  std::vector<bool> may;  // in the order of kPosts
};

class ReachTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System({.services = {"directory", "plan", "alert", "incident"}});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }
  static Client& As(const std::string& post) { return system_->As(post); }
  static std::string NoticeOfLingbei() {
    auto request = NoticeTo({kLingbei});
    request.set_text("内部：某户需要上门核查");
    const auto receipt = As("posts/lingbei-duty").Call("alert.IssueNotice", request);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  static absl::Status Roster(Client& client, const std::string& post, const std::string& person) {
    directory::v1::PutShiftRequest request;
    request.mutable_shift()->set_post(post);
    request.mutable_shift()->set_person(person);
    const absl::Time start = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())) +
                             absl::Hours(24 * 60 + 12 * ++shifts_);
    *request.mutable_shift()->mutable_start() = base::ToProto(start);
    *request.mutable_shift()->mutable_end() = base::ToProto(start + absl::Hours(8));
    return client.Call("directory.PutShift", request).status();
  }
  static void Play(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      ASSERT_EQ(row.may.size(), std::size(kPosts)) << row.call;
      for (size_t i = 0; i < row.may.size(); ++i) {
        const absl::Status status = row.make(As(kPosts[i]));
        EXPECT_EQ(status.ok(), row.may[i]) << row.call << " by " << kPosts[i] << ": " << status;
        if (!row.may[i]) EXPECT_TRUE(absl::IsPermissionDenied(status)) << row.call << status;
      }
    }
  }

  static System* system_;
  static int shifts_;
};
System* ReachTest::system_ = nullptr;
int ReachTest::shifts_ = 0;

TEST_F(ReachTest, EveryReadOfAlertsShowsEachKindOfPostItsOwn) {
  const std::string alert = NoticeOfLingbei();
  const auto named = [&alert](auto request, const char* method, auto response) {
    request.set_alert(alert);
    return [request, method, response](Client& client) {
      return client.Call<std::decay_t<decltype(response)>>(method, request).status();
    };
  };
  alert::v1::GetAlertRequest get;
  get.set_name(alert);
  alert::v1::ListAlertsRequest list;
  list.set_area(kLingbei);
  //                                 district police lingbei lingnan pingan dongxing mine
  const std::vector<bool> hears = {true, true, true, false, true, false, false};
  const std::vector<bool> subtree = {true, true, true, false, false, false, false};
  Play({{"GetAlert",
         [get](Client& c) {
           return c.Call<alert::v1::GetAlertResponse>("alert.GetAlert", get).status();
         },
         hears},
        {"ListRecipients",
         named(alert::v1::ListRecipientsRequest(), "alert.ListRecipients",
               alert::v1::ListRecipientsResponse()),
         hears},
        {"ListEscalations",
         named(alert::v1::ListEscalationsRequest(), "alert.ListEscalations",
               alert::v1::ListEscalationsResponse()),
         hears},
        {"GetRollUp", named(alert::v1::GetRollUpRequest(), "alert.GetRollUp", alert::v1::RollUp()),
         hears},
        {"ListAlerts(area)",
         [list](Client& c) {
           return c.Call<alert::v1::ListAlertsResponse>("alert.ListAlerts", list).status();
         },
         subtree}});
}

TEST_F(ReachTest, AStreamTellsNobodyWhatARefusedReadWouldNot) {
  const std::string alert = NoticeOfLingbei();
  Listener own(As("posts/lingbei-duty"), {}, kLingbei);
  Listener above(As("posts/district-duty"), {}, kLingbei);
  Listener mine(As("posts/mine-dispatch"), {}, kLingbei);
  Listener sibling(As("posts/lingnan-duty"), {}, kLingbei);
  Listener mines_own(As("posts/mine-dispatch"));
  EXPECT_TRUE(own.WaitForAlert(alert, kSoon));
  EXPECT_TRUE(above.WaitForAlert(alert, kSoon));
  EXPECT_TRUE(mines_own.WaitForSnapshot(kSoon));
  EXPECT_EQ(mines_own.alerts().count(alert), 0u);
  for (Listener* refused : {&mine, &sibling}) {
    EXPECT_TRUE(
        Eventually([refused] { return absl::IsPermissionDenied(refused->feed().refusal()); }));
    EXPECT_TRUE(refused->alerts().empty());
  }
}

TEST_F(ReachTest, AnAnswerInAnothersSteadIsOfWhoHasTheDutyOverIt) {
  const std::string alert = NoticeOfLingbei();
  auto answer = AnswerTo(alert, alert::v1::ON_POST);
  answer.set_for_post("posts/guoan-duty");
  answer.set_person_name("张三");
  const auto call = [answer](Client& client) mutable {
    answer.set_request_id(client::NewRequestId());
    return client.Call("alert.Answer", answer).status();
  };
  Play({{"Answer(for_post)", call, {true, false, true, false, false, false, false}}});
}

TEST_F(ReachTest, WhatASubdistrictSentIsEndedThereOrAbove) {
  const auto lift = [](Client& client) {
    alert::v1::LiftAlertRequest request;
    request.set_name(NoticeOfLingbei());
    request.set_reason("核查完毕");
    return client.Call("alert.LiftAlert", request).status();
  };
  const auto retract = [](Client& client) {
    alert::v1::RetractAlertRequest request;
    request.set_name(NoticeOfLingbei());
    request.set_reason("误发");
    return client.Call("alert.RetractAlert", request).status();
  };
  Play({{"LiftAlert", lift, {true, false, true, false, false, false, false}},
        {"RetractAlert", retract, {true, false, true, false, false, false, false}}});
}

TEST_F(ReachTest, AnIncidentIsReadWhereItIsAndAbove) {
  const auto taken = TakeIntake(As("posts/pingan-duty"), "230407001001");
  ASSERT_TRUE(taken.ok()) << taken.status();
  incident::v1::GetIncidentRequest get;
  get.set_name(taken->name());
  incident::v1::ListReportsRequest reports;
  reports.set_incident(taken->name());
  const std::vector<bool> may = {true, true, true, false, true, false, false};
  Play({{"GetIncident",
         [get](Client& c) {
           return c.Call<incident::v1::GetIncidentResponse>("incident.GetIncident", get).status();
         },
         may},
        {"ListReports",
         [reports](Client& c) {
           return c.Call<incident::v1::ListReportsResponse>("incident.ListReports", reports)
               .status();
         },
         may}});
}

TEST_F(ReachTest, ARosterIsWrittenByItsOwnUnitAndTheGovernmentAbove) {
  Play(
      {{"PutShift(lingbei-duty)",
        [](Client& client) { return Roster(client, "posts/lingbei-duty", "people/cao-chunsheng"); },
        {true, false, true, false, false, false, false}},
       {"PutShift(commander)",
        [](Client& client) { return Roster(client, "posts/commander", "people/wang-chengyuan"); },
        {true, false, false, false, false, false, false}}});
}

// EXTERNAL has the smallest number of the tiers, and stands beneath all of them.
TEST_F(ReachTest, APostOutsideTheThreeTiersReachesNoMethodThatAsksForOne) {
  Client& mine = As("posts/mine-dispatch");
  for (const auto& [method, request] :
       std::map<std::string, std::shared_ptr<google::protobuf::Message>>{
           {"alert.IssueNotice", std::make_shared<alert::v1::IssueNoticeRequest>()},
           {"alert.DraftWarning", std::make_shared<alert::v1::DraftWarningRequest>()},
           {"plan.ImportPlan", std::make_shared<plan::v1::ImportPlanRequest>()},
           {"plan.AbolishPlan", std::make_shared<plan::v1::AbolishPlanRequest>()},
           {"directory.PutPost", std::make_shared<directory::v1::PutPostRequest>()},
           {"directory.PutShift", std::make_shared<directory::v1::PutShiftRequest>()},
           {"incident.ConfirmIncident", std::make_shared<incident::v1::ConfirmIncidentRequest>()},
           {"incident.RecordFigures", std::make_shared<incident::v1::RecordFiguresRequest>()}}) {
    EXPECT_TRUE(absl::IsPermissionDenied(mine.Call(method, *request).status())) << method;
  }
}

}  // namespace
}  // namespace huying::testing
