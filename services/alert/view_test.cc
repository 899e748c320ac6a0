// SPDX-License-Identifier: Apache-2.0
//
// Who may read what, on a real ledger: the district all, a subdistrict its subtree, a community its own,
// each what it was told (DOMAIN 5.2).
#include <gmock/gmock.h>

#include <set>

#include "services/alert/testing/alert_bench.h"

namespace huying::alert {
namespace {
using base::Reason;
using directory::kGuoan;
using directory::kLingbei;
using directory::kLingnan;
using directory::kPingan;
using directory::kXingshan;
using ::testing::ElementsAre;

class ViewTest : public AlertBench {
 protected:
  absl::StatusOr<v1::GetAlertResponse> Look(const std::string& post, const std::string& name) {
    v1::GetAlertRequest request;
    request.set_name(name);
    return alerts_->GetAlert(As(post), request);
  }
  std::vector<std::string> Posts(const std::string& post, const std::string& name) {
    v1::ListRecipientsRequest request;
    request.set_alert(name);
    std::vector<std::string> posts;
    auto list = alerts_->ListRecipients(As(post), request);
    EXPECT_TRUE(list.ok()) << post << ": " << list.status();
    if (list.ok()) {
      for (const auto& recipient : list->recipients()) posts.push_back(recipient.post());
    }
    return posts;
  }
  std::vector<std::string> RollUpAreas(const std::string& post, const std::string& name) {
    v1::GetRollUpRequest request;
    request.set_alert(name);
    const auto picture = alerts_->GetRollUp(As(post), request);
    EXPECT_TRUE(picture.ok()) << post << ": " << picture.status();
    std::vector<std::string> areas;
    if (picture.ok()) {
      for (const auto& node : picture->nodes()) areas.push_back(node.area());
    }
    return areas;
  }
  // Every page of a reader's list, by pages of `size`; `pages` counts them.
  std::set<std::string> Listed(const std::string& post, int size = 50, int* pages = nullptr) {
    std::set<std::string> names;
    v1::ListAlertsRequest request;
    request.set_page_size(size);
    for (int page = 0; page < 100; ++page) {
      auto list = alerts_->ListAlerts(As(post), request);
      EXPECT_TRUE(list.ok()) << post << ": " << list.status();
      if (!list.ok()) break;
      for (const auto& alert : list->alerts()) {
        EXPECT_TRUE(names.insert(alert.name()).second) << "twice: " << alert.name();
        EXPECT_TRUE(alert.parents().empty()) << "the area table is the server's";
      }
      if (pages != nullptr) ++*pages;
      if (list->next_page_token().empty()) break;
      EXPECT_EQ(list->alerts_size(), size) << "a page is full as long as there is more";
      request.set_page_token(list->next_page_token());
    }
    return names;
  }
};

TEST_F(ViewTest, EachTierReadsWhatItsAreaHearsAndNothingElse) {
  const std::map<std::string, std::set<std::string>> readers = {
      {kXingshan, {"district-duty", "lingbei-duty", "pingan-duty", "guoan-duty", "lingnan-duty"}},
      {kLingbei, {"district-duty", "lingbei-duty", "pingan-duty", "guoan-duty"}},
      {kPingan, {"district-duty", "lingbei-duty", "pingan-duty"}},
      {kLingnan, {"district-duty", "lingnan-duty"}}};
  std::map<std::string, std::string> sent;
  for (const auto& [area, who] : readers) sent[area] = Issue("district-duty", Notice(area));
  for (const bool down : {false, true}) {
    directory_.SetDown(down);
    for (const std::string post :
         {"district-duty", "lingbei-duty", "pingan-duty", "guoan-duty", "lingnan-duty"}) {
      std::set<std::string> mine;
      for (const auto& [area, who] : readers) {
        const auto seen = Look(post, sent[area]);
        EXPECT_EQ(seen.ok(), who.count(post) > 0) << post << " reads " << area << ": down " << down;
        if (seen.ok()) {
          mine.insert(sent[area]);
          continue;
        }
        EXPECT_EQ(ReasonOf(seen.status()), Reason::OUTSIDE_AREA);
        EXPECT_EQ(base::ProblemOf(seen.status()).rule_id(), "alert.own-view");
      }
      EXPECT_EQ(Listed(post), mine) << post << ": a list shows what may be opened; down " << down;
    }
  }
}

TEST_F(ViewTest, OfRecipientsRollUpAndLadderEachSeesTheOwnSubtree) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  FireAfter(absl::Minutes(10));
  EXPECT_THAT(Posts("district-duty", name),
              ElementsAre("posts/guoan-duty", "posts/lingbei-duty", "posts/pingan-duty"));
  EXPECT_THAT(Posts("lingbei-duty", name),
              ElementsAre("posts/guoan-duty", "posts/lingbei-duty", "posts/pingan-duty"));
  EXPECT_THAT(Posts("pingan-duty", name), ElementsAre("posts/pingan-duty"));
  EXPECT_THAT(RollUpAreas("district-duty", name),
              ElementsAre(kXingshan, kLingbei, kPingan, kGuoan));
  EXPECT_THAT(RollUpAreas("lingbei-duty", name), ElementsAre(kLingbei, kPingan, kGuoan));
  EXPECT_THAT(RollUpAreas("pingan-duty", name), ElementsAre(kPingan));
  EXPECT_EQ(Look("pingan-duty", name)->recipients().recipients_size(), 1);
  EXPECT_EQ(Look("district-duty", name)->recipients().recipients_size(), 3);
  EXPECT_TRUE(Look("pingan-duty", name)->alert().parents().empty());

  v1::ListEscalationsRequest steps;
  steps.set_alert(name);
  for (const std::string post : {"pingan-duty", "guoan-duty"}) {
    const auto seen = alerts_->ListEscalations(As(post), steps);
    ASSERT_TRUE(seen.ok()) << seen.status();
    for (const auto& step : seen->escalations()) {
      EXPECT_THAT(step.silent_posts(), ElementsAre("posts/" + post));
    }
    EXPECT_EQ(seen->escalations_size(), 1) << "the subdistrict's silence is not theirs to see";
  }
  EXPECT_EQ(alerts_->ListEscalations(As("district-duty"), steps)->escalations_size(), 2);
  EXPECT_EQ(ReasonOf(alerts_->ListEscalations(As("lingnan-duty"), steps).status()),
            Reason::OUTSIDE_AREA);
  steps.clear_alert();
  EXPECT_EQ(alerts_->ListEscalations(As("lingnan-duty"), steps)->escalations_size(), 0);
  EXPECT_EQ(alerts_->ListEscalations(As("lingbei-duty"), steps)->escalations_size(), 2);
}

TEST_F(ViewTest, TheLiveRollUpIsThatOfTheOwnSubtreeToo) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  v1::GetRollUpRequest request;
  request.set_alert(name);
  auto own = std::make_shared<KeptSink<v1::RollUp>>();
  ASSERT_TRUE(alerts_->WatchRollUp(As("pingan-duty"), request, rpc::Sink<v1::RollUp>(own)).ok());
  ASSERT_TRUE(own->Await([](const auto& pictures) { return !pictures.empty(); }));
  ASSERT_EQ(own->events()[0].nodes_size(), 1);
  EXPECT_EQ(own->events()[0].nodes(0).area(), kPingan);
  auto none = std::make_shared<KeptSink<v1::RollUp>>();
  EXPECT_EQ(
      ReasonOf(alerts_->WatchRollUp(As("lingnan-duty"), request, rpc::Sink<v1::RollUp>(none))),
      Reason::OUTSIDE_AREA);
}

TEST_F(ViewTest, APostThatMustAnswerReadsItWhereverItStands) {
  directory::v1::Directory moved = directory::XingshanForTests();
  for (auto& post : *moved.mutable_posts()) {
    if (post.name() == "posts/pingan-duty") post.add_deputies("posts/jingxiao-duty");
  }
  directory_.Replace(moved);
  const std::string name = Issue("district-duty", Notice(kPingan));
  EXPECT_TRUE(Look("jingxiao-duty", name).ok()) << "deputy of one that is called";
  EXPECT_THAT(Posts("jingxiao-duty", name), ElementsAre("posts/pingan-duty"));
  EXPECT_EQ(ReasonOf(Look("dongxing-duty", name).status()), Reason::OUTSIDE_AREA);
  EXPECT_EQ(Listed("jingxiao-duty"), std::set<std::string>{name});
}

TEST_F(ViewTest, ADraftIsReadWhereItIsWrittenAndAboveAndItsPaperWhereItIsOwed) {
  v1::DraftWarningRequest request;
  *request.mutable_content() = testing::RedContent();
  auto drafted = Do(As("lingbei-duty"), "DraftWarning", &AlertService::DraftWarning, request);
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  EXPECT_TRUE(Look("lingbei-leader", drafted->name()).ok());
  EXPECT_TRUE(Look("alert-reviewer", drafted->name()).ok());
  EXPECT_EQ(ReasonOf(Look("pingan-duty", drafted->name()).status()), Reason::OUTSIDE_AREA);
  v1::IssueWarningRequest issue;
  issue.set_name(drafted->name());
  issue.mutable_urgency()->set_reason("来势迅猛");
  issue.mutable_urgency()->set_authorised_by("区长 王某（虚构）");
  issue.mutable_urgency()->set_channel(common::v1::Urgency::PHONE);
  *issue.mutable_urgency()->mutable_at() = base::ToProto(clock_.Now());
  ASSERT_TRUE(Do(As("district-duty"), "IssueWarning", &AlertService::IssueWarning, issue).ok());
  EXPECT_TRUE(Look("pingan-duty", drafted->name()).ok()) << "now it was told";
  EXPECT_EQ(alerts_->ListMakeUps(As("district-duty"), {})->make_ups_size(), 2);
  EXPECT_EQ(alerts_->ListMakeUps(As("lingbei-duty"), {})->make_ups_size(), 0);
}

TEST_F(ViewTest, AProcessOfThisInstallationReadsAll) {
  const std::string name = Issue("district-duty", Notice(kPingan));
  auto reactor = As("lingnan-duty");
  reactor.actor.set_system("incident.reactor");
  v1::GetAlertRequest request;
  request.set_name(name);
  EXPECT_TRUE(alerts_->GetAlert(reactor, request).ok());
  context::CallContext node;
  node.principal = "node:incident";
  EXPECT_TRUE(alerts_->GetAlert(node, request).ok());
  EXPECT_EQ(ReasonOf(alerts_->GetAlert(context::CallContext(), request).status()),
            Reason::OUTSIDE_AREA);
}

TEST_F(ViewTest, AnotherAreasListIsForThoseAboveIt) {
  v1::ListAlertsRequest request;
  request.set_area(kPingan);
  EXPECT_TRUE(alerts_->ListAlerts(As("lingbei-duty"), request).ok());
  EXPECT_TRUE(alerts_->ListAlerts(As("pingan-duty"), request).ok());
  EXPECT_EQ(ReasonOf(alerts_->ListAlerts(As("guoan-duty"), request).status()),
            Reason::OUTSIDE_AREA);
  request.set_area(kLingbei);
  EXPECT_EQ(ReasonOf(alerts_->ListAlerts(As("pingan-duty"), request).status()),
            Reason::OUTSIDE_AREA);
}

TEST_F(ViewTest, TheNewestComesFirstBeyondTenThousandOfAYear) {
  const std::vector<std::string> newest_first = {"alerts/2027-0001", "alerts/2026-10001",
                                                 "alerts/2026-10000", "alerts/2026-9999"};
  ledger::Command many;
  many.decide = [&](ledger::Transaction& tx) {
    tx.Subject(kAlerts, newest_first.front());
    for (const std::string& name : newest_first) {
      v1::Alert alert;
      alert.set_name(name);
      alert.set_state(v1::ISSUED);
      alert.add_told_areas(kPingan);
      tx.Create(kAlerts, name, alert);
    }
    return absl::OkStatus();
  };
  ASSERT_TRUE(Run(As("district-duty"), "Fill", std::move(many)).ok());
  for (const std::string post : {"district-duty", "pingan-duty"}) {
    std::vector<std::string> listed;
    v1::ListAlertsRequest request;
    request.set_page_size(1);
    do {
      const auto page = alerts_->ListAlerts(As(post), request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const auto& alert : page->alerts()) listed.push_back(alert.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() && listed.size() < 10);
    EXPECT_EQ(listed, newest_first) << post;
  }
}

// What is not for the reader takes no room on his pages.
TEST_F(ViewTest, PagesAreFilledByReadingOn) {
  std::set<std::string> mine;
  for (int i = 0; i < 30; ++i) {
    const bool near = i % 4 == 0;
    const std::string name = Issue("district-duty", Notice(near ? kPingan : kLingnan));
    if (near) mine.insert(name);
  }
  for (const int size : {1, 3, 8, 50}) {
    int pages = 0;
    EXPECT_EQ(Listed("pingan-duty", size, &pages), mine) << size;
    EXPECT_LE(pages, static_cast<int>(mine.size()) / size + 1) << size;
  }
  EXPECT_EQ(Listed("district-duty", 7).size(), 30u);
  v1::ListAlertsRequest wrong;
  wrong.set_page_size(-1);
  EXPECT_EQ(base::ProblemOf(alerts_->ListAlerts(As("district-duty"), wrong).status()).field(),
            "page_size");
  wrong.set_page_size(5);
  wrong.set_page_token("x");
  EXPECT_EQ(base::ProblemOf(alerts_->ListAlerts(As("pingan-duty"), wrong).status()).field(),
            "page_token");
}

}  // namespace
}  // namespace huying::alert
