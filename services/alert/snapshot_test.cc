// SPDX-License-Identifier: Apache-2.0
//
// A snapshot is the fold of the events: who connects later sees what who was there all the time holds, and
// no more; whoever is called hears that he is called.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>

#include <map>
#include <random>
#include <set>

#include "services/alert/rules/lifecycle.h"
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
using ::testing::IsEmpty;
using Sink = KeptSink<v1::SubscribeEvent>;

// A client as the protocol wants it to be.
class Client {
 public:
  struct Row {
    std::string alert;  // "": only called for it
    std::map<std::string, std::string> recipients;
    std::map<std::string, std::string> steps;
    bool operator==(const Row&) const = default;
  };

  Client(std::string area, std::set<std::string> posts, bool governs)
      : area_(std::move(area)), posts_(std::move(posts)), governs_(governs) {}

  void Take(const v1::SubscribeEvent& event) {
    for (const auto& [area, name] : event.area_names()) {
      EXPECT_TRUE(names_.insert(area).second) << "told twice: " << area;
    }
    if (event.has_snapshot()) {
      TakeAlert(event.snapshot().alert());
      for (const auto& recipient : event.snapshot().recipients()) TakeRecipient(recipient);
      for (const auto& step : event.snapshot().escalations()) TakeStep(step);
    }
    if (event.has_alert()) {
      TakeAlert(event.alert().alert());
      for (const auto& other : event.alert().also()) TakeAlert(other);
      for (const auto& step : event.alert().escalations()) TakeStep(step);
    }
    for (const auto& recipient : event.recipient().recipients()) TakeRecipient(recipient);
    for (const auto& step : event.recipient().escalations()) TakeStep(step);
    if (event.has_escalation()) TakeStep(event.escalation().escalation());
  }
  const std::map<std::string, Row>& rows() const { return rows_; }

 private:
  void TakeAlert(const v1::Alert& alert) {
    EXPECT_TRUE(alert.parents().empty() && alert.area_tiers().empty()) << "the server's";
    EXPECT_TRUE(alert.area_names().empty()) << "names stand once in the stream";
    EXPECT_TRUE(alert.has_concerns_you());
    if (!rules::InForce(alert.state())) {
      rows_.erase(alert.name());
      ended_.insert(alert.name());
      return;
    }
    ended_.erase(alert.name());
    Row& row = rows_[alert.name()];
    row.alert = alert.Utf8DebugString();
    // A make-up that was made up is owed no more.
    for (auto it = row.steps.begin(); it != row.steps.end();) {
      const auto& open = alert.open_make_ups();
      const bool paper = it->first.find("makeups/") == 0;
      const bool made_up = paper && std::find(open.begin(), open.end(), it->first) == open.end();
      it = made_up ? row.steps.erase(it) : std::next(it);
    }
  }
  void TakeRecipient(v1::Recipient recipient) {
    const bool own = (governs_ && recipient.area() == area_) || posts_.count(recipient.post()) > 0;
    // SENT is the state of who has done nothing yet: it stands on no stream.
    if (!own || recipient.state() == v1::SENT) return;
    if (ended_.count(recipient.alert()) > 0) return;
    recipient.clear_escalated();
    rows_[recipient.alert()].recipients[recipient.post()] = recipient.Utf8DebugString();
  }
  void TakeStep(const v1::Escalation& step) {
    EXPECT_TRUE(step.parents().empty()) << "siblings would be told who else is silent";
    if (ended_.count(step.alert()) > 0) return;
    v1::Escalation kept = step;
    kept.clear_in_outage();
    rows_[step.alert()].steps[step.name()] = kept.Utf8DebugString();
  }

  const std::string area_;
  const std::set<std::string> posts_;
  const bool governs_;
  std::set<std::string> names_;
  std::map<std::string, Row> rows_;
  std::set<std::string> ended_;  // may still be answered; they stand no more
};

class SnapshotTest : public AlertBench {
 protected:
  struct Who {
    std::string post;
    std::string area;        // listened for; "": its own
    std::string acting_for;  // called posts have it in another area
  };
  context::CallContext Context(const Who& who) {
    context::CallContext context = As(who.post);
    if (!who.acting_for.empty()) context.actor.set_acting_for_post("posts/" + who.acting_for);
    return context;
  }
  std::shared_ptr<Sink> Listen(const Who& who, absl::Status* status = nullptr) {
    auto sink = std::make_shared<Sink>();
    v1::SubscribeRequest request;
    request.set_area(who.area);
    const absl::Status opened =
        alerts_->Subscribe(Context(who), request, rpc::Sink<v1::SubscribeEvent>(sink));
    if (status != nullptr) *status = opened;
    EXPECT_TRUE(status != nullptr || opened.ok()) << opened;
    return sink;
  }
  std::map<std::string, Client::Row> FoldOf(const Who& who, const Sink& sink) {
    const common::v1::Actor actor = Context(who).actor;
    std::set<std::string> posts = {actor.post()};
    if (!actor.acting_for_post().empty()) posts.insert(actor.acting_for_post());
    Client client(who.area.empty() ? actor.area() : who.area, posts,
                  actor.tier() != common::v1::EXTERNAL);
    for (const auto& event : sink.events()) client.Take(event);
    return client.rows();
  }
  static std::vector<v1::Escalation> StepsOf(const Sink& sink) {
    std::vector<v1::Escalation> steps;
    for (const auto& event : sink.events()) {
      const auto& of_snapshot = event.snapshot().escalations();
      steps.insert(steps.end(), of_snapshot.begin(), of_snapshot.end());
      if (event.has_escalation()) steps.push_back(event.escalation().escalation());
    }
    return steps;
  }
};

TEST_F(SnapshotTest, WhatALateJoinerIsShownIsTheFoldOfWhatTheSameListenerWasShown) {
  const std::vector<Who> everybody = {
      {"district-duty"}, {"lingbei-duty"},           {"pingan-duty"},
      {"guoan-duty"},    {"guoan-deputy"},           {"jingxiao-duty"},
      {"mine-dispatch"}, {"district-duty", kPingan}, {"lingbei-duty", kGuoan}};
  std::vector<std::shared_ptr<Sink>> whole;
  for (const Who& who : everybody) whole.push_back(Listen(who));
  std::mt19937 random(20091121);
  const auto any = [&](size_t below) { return random() % below; };
  const std::vector<std::string> areas = {kXingshan, kLingbei, kPingan, kGuoan, kLingnan};
  const std::vector<std::string> posts = {"lingbei-duty", "pingan-duty", "guoan-duty",
                                          "jingxiao-duty", "guoan-deputy"};
  std::vector<std::string> names;
  int steps = 0;
  for (int i = 0; i < 60; ++i) {
    switch (names.empty() ? 0 : any(6)) {
      case 0:
        names.push_back(any(3) == 0 ? Issue("lingbei-duty", Notice(kLingbei))
                                    : Issue("district-duty", Notice(areas[any(areas.size())])));
        break;
      case 1:
      case 2:
        (void)Answer(posts[any(posts.size())], names[any(names.size())],
                     any(3) == 0 ? v1::CANNOT : v1::RECEIVED, "桥断");
        break;
      case 3: {
        v1::LiftAlertRequest lift;
        lift.set_name(names[any(names.size())]);
        lift.set_reason("已排除");
        (void)Do(As("district-duty"), "LiftAlert", &AlertService::LiftAlert, lift);
        break;
      }
      default:
        FireAfter(absl::Minutes(any(12)));
    }
    hub_->Pump(any(2) == 0);
    for (size_t k = 0; k < everybody.size(); ++k) {
      const auto fold = FoldOf(everybody[k], *whole[k]);
      const auto snapshot = FoldOf(everybody[k], *Listen(everybody[k]));
      for (const auto& [name, row] : fold) {
        ASSERT_EQ(snapshot.count(name), 1u)
            << everybody[k].post << " after step " << i << " holds more: " << name << " "
            << ::testing::PrintToString(row.steps) << ::testing::PrintToString(row.recipients);
      }
      ASSERT_EQ(snapshot.size(), fold.size()) << everybody[k].post << " after step " << i;
      for (const auto& [name, row] : fold) {
        // Who is only called is told of the call; the alert itself comes with the snapshot.
        if (!row.alert.empty()) {
          EXPECT_EQ(snapshot.at(name).alert, row.alert) << everybody[k].post;
        }
        EXPECT_EQ(snapshot.at(name).recipients, row.recipients) << everybody[k].post;
        EXPECT_EQ(snapshot.at(name).steps, row.steps) << everybody[k].post;
        steps += static_cast<int>(row.steps.size());
      }
    }
  }
  EXPECT_GT(steps, 100) << "the ladder was climbed";
}

TEST_F(SnapshotTest, ACalledDeputyWhoConnectsLaterSeesThatHeIsCalledAndWhy) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  FireAfter(absl::Minutes(10));
  const auto sink = Listen({"guoan-deputy"});
  const auto steps = StepsOf(*sink);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_THAT(steps[0].called_posts(), ElementsAre("posts/guoan-deputy"));
  EXPECT_THAT(steps[0].silent_posts(), ElementsAre("posts/guoan-duty"));
  EXPECT_EQ(steps[0].post_titles().at("posts/guoan-deputy"), "国安社区副主任");
  EXPECT_EQ(steps[0].post_titles().at("posts/guoan-duty"), "国安社区网格员值班岗");
  EXPECT_EQ(steps[0].alert_title(), Get(name).title());
  EXPECT_EQ(base::FromProto(steps[0].limit_at()), testing::kNow + absl::Minutes(10));
  ASSERT_EQ(sink->events()[0].snapshot().recipients_size(), 1);
  EXPECT_TRUE(sink->events()[0].snapshot().recipients(0).escalated());
}

// The deputy of a unit outside the three tiers, and any other post that is called from elsewhere.
TEST_F(SnapshotTest, APostThatIsCalledHearsItWhereverItStandsLiveAndLater) {
  const Who mine = {"mine-dispatch", "", "guoan-deputy"};
  const auto live = Listen(mine);
  const std::string name = Issue("district-duty", Notice(kLingbei));
  EXPECT_THAT(StepsOf(*live), IsEmpty());
  v1::GetAlertRequest get;
  get.set_name(name);
  FireAfter(absl::Minutes(10));
  hub_->Pump();
  ASSERT_EQ(StepsOf(*live).size(), 1u);
  const v1::Escalation step = StepsOf(*live)[0];
  EXPECT_THAT(step.silent_posts(), ElementsAre("posts/guoan-duty")) << "not who else is silent";
  EXPECT_THAT(step.called_posts(), ElementsAre("posts/guoan-deputy"));
  EXPECT_TRUE(alerts_->GetAlert(Context(mine), get).ok()) << "and may read what it is called for";
  const auto later = Listen(mine);
  ASSERT_EQ(StepsOf(*later).size(), 1u);
  EXPECT_EQ(later->events()[0].snapshot().alert().name(), name);
  EXPECT_EQ(FoldOf(mine, *later).at(name).steps, FoldOf(mine, *live).at(name).steps);
  v1::LiftAlertRequest lift;
  lift.set_name(name);
  lift.set_reason("已排除");
  ASSERT_TRUE(Do(As("district-duty"), "LiftAlert", &AlertService::LiftAlert, lift).ok());
  hub_->Pump();
  EXPECT_EQ(live->events().back().alert().alert().state(), v1::LIFTED) << "and that it is over";
  EXPECT_THAT(FoldOf(mine, *live), IsEmpty());
}

TEST_F(SnapshotTest, AUnitOutsideTheThreeTiersSubscribesToItsOwnAreaOnly) {
  Issue("lingbei-duty", Notice(kPingan));
  for (const char* area : {kLingbei, kPingan, kGuoan}) {
    absl::Status status;
    const auto sink = Listen({"mine-dispatch", area}, &status);
    EXPECT_EQ(ReasonOf(status), Reason::OUTSIDE_AREA) << area;
    EXPECT_THAT(sink->events(), IsEmpty());
  }
  EXPECT_TRUE(Listen({"mine-dispatch", kXingshan})->events().back().has_snapshot_end());
}

// An internal opinion stays with those who wrote the warning and those above; the same in every answer.
TEST_F(SnapshotTest, TheReviewersOpinionIsShownToItsAuthorsOnlyInEveryAnswer) {
  const auto draft = [&](const auto& act, auto use_case, const auto& request,
                         const std::string& post) {
    auto receipt = Do(As(post), act, use_case, request);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  };
  v1::DraftWarningRequest content;
  *content.mutable_content() = testing::RedContent();
  content.mutable_content()->clear_target_areas();
  content.mutable_content()->add_target_areas(kLingbei);
  const std::string name =
      draft("DraftWarning", &AlertService::DraftWarning, content, "alert-drafter");
  v1::ReviewWarningRequest review;
  review.set_name(name);
  review.set_opinion("内部：数据存疑，先发");
  draft("ReviewWarning", &AlertService::ReviewWarning, review, "alert-reviewer");
  v1::SignWarningRequest sign;
  sign.set_name(name);
  draft("SignWarning", &AlertService::SignWarning, sign, "alert-signer");
  const auto live = Listen({"pingan-duty"});
  const auto above = Listen({"district-duty"});
  v1::IssueWarningRequest issue;
  issue.set_name(name);
  draft("IssueWarning", &AlertService::IssueWarning, issue, "district-duty");
  hub_->Pump();
  const std::string opinion = review.opinion();
  EXPECT_EQ(live->events().back().alert().alert().review_opinion(), "");
  EXPECT_EQ(above->events().back().alert().alert().review_opinion(), opinion);
  EXPECT_EQ(Listen({"pingan-duty"})->events()[0].snapshot().alert().review_opinion(), "");
  EXPECT_EQ(Listen({"district-duty"})->events()[0].snapshot().alert().review_opinion(), opinion);
  v1::GetAlertRequest get;
  get.set_name(name);
  EXPECT_EQ(alerts_->GetAlert(As("pingan-duty"), get)->alert().review_opinion(), "");
  EXPECT_EQ(alerts_->GetAlert(As("district-duty"), get)->alert().review_opinion(), opinion);
  EXPECT_EQ(alerts_->ListAlerts(As("pingan-duty"), {})->alerts(0).review_opinion(), "");
}

TEST_F(SnapshotTest, EveryReaderIsToldWhetherAnAlertConcernsItsArea) {
  const std::string name = Issue("district-duty", Notice(kPingan));
  const std::map<std::string, bool> concerned = {
      {"district-duty", true}, {"lingbei-duty", true}, {"pingan-duty", true}};
  for (const auto& [post, concerns] : concerned) {
    EXPECT_EQ(Listen({post})->events()[0].snapshot().alert().concerns_you(), concerns) << post;
  }
  Issue("district-duty", Notice(kXingshan));
  EXPECT_TRUE(Listen({"mine-dispatch"})->events()[0].snapshot().alert().concerns_you());
}

TEST_F(SnapshotTest, NamesOfAreasAreSentOncePerStream) {
  for (int i = 0; i < 3; ++i) Issue("district-duty", Notice(kLingbei));
  const auto sink = Listen({"pingan-duty"});
  Issue("district-duty", Notice(kLingbei));
  hub_->Pump();
  size_t told = 0;
  for (const auto& event : sink->events()) told += event.area_names().size();
  EXPECT_EQ(told, sink->events()[0].area_names().size());
  EXPECT_EQ(sink->events()[0].area_names().at(kLingbei), "岭北街道");
}

}  // namespace
}  // namespace huying::alert
