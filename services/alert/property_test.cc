// SPDX-License-Identifier: Apache-2.0
//
// Random commands by random actors, with jumps of time: what must always hold.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>

#include <random>
#include <set>

#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/rules/warning.h"
#include "services/alert/testing/alert_bench.h"

namespace huying::alert {
namespace {
using EventSink = KeptSink<v1::SubscribeEvent>;

class AlertProperties : public AlertBench, public ::testing::WithParamInterface<int> {
 protected:
  int Any(int below) { return static_cast<int>(random_() % below); }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[random_() % from.size()];
  }

  // Mostly one of the last few, so that chains and papers get to their ends.
  const std::string& Recent() {
    const int few = std::min<int>(static_cast<int>(names_.size()), Any(8) == 0 ? 1000 : 3);
    return names_[names_.size() - 1 - Any(few)];
  }

  void Draft() {
    v1::WarningContent content = testing::RedContent();
    content.set_color(static_cast<v1::Color>(1 + Any(4)));
    content.clear_target_areas();
    content.add_target_areas(Pick(areas_));
    *content.mutable_effective_at() = base::ToProto(clock_.Now());
    *content.mutable_expires_at() = base::ToProto(clock_.Now() + absl::Minutes(30 + Any(600)));
    absl::StatusOr<Receipt> receipt = absl::UnknownError("");
    if (!names_.empty() && Any(2) == 0) {
      v1::AdjustWarningRequest request;
      request.set_name(Recent());
      request.set_reason("变化");
      *request.mutable_content() = content;
      receipt = Do(As(Pick(drafters_)), "AdjustWarning", &AlertService::AdjustWarning, request);
    } else {
      v1::DraftWarningRequest request;
      *request.mutable_content() = content;
      receipt = Do(As(Pick(drafters_)), "DraftWarning", &AlertService::DraftWarning, request);
    }
    if (receipt.ok()) names_.push_back(receipt->name());
  }
  void Paper() {
    v1::ReviewWarningRequest review;
    review.set_name(Recent());
    (void)Do(As(Pick(reviewers_)), "ReviewWarning", &AlertService::ReviewWarning, review);
    v1::SignWarningRequest sign;
    sign.set_name(Recent());
    (void)Do(As(Pick(signers_)), "SignWarning", &AlertService::SignWarning, sign);
  }
  void Send() {
    v1::IssueWarningRequest request;
    request.set_name(Recent());
    if (Any(3) == 0) {
      auto* urgency = request.mutable_urgency();
      urgency->set_reason("急");
      urgency->set_authorised_by("某");
      urgency->set_channel(common::v1::Urgency::PHONE);
      *urgency->mutable_at() = base::ToProto(clock_.Now());
    }
    (void)Do(As(Pick(senders_)), "IssueWarning", &AlertService::IssueWarning, request);
  }
  void End() {
    v1::LiftAlertRequest lift;
    lift.set_name(Recent());
    lift.set_reason("解除");
    if (Any(2) == 0) {
      (void)Do(As("alert-signer"), "LiftAlert", &AlertService::LiftAlert, lift);
      return;
    }
    v1::ExtendWarningRequest extend;
    extend.set_name(lift.name());
    extend.set_reason("延长");
    *extend.mutable_expires_at() = base::ToProto(clock_.Now() + absl::Hours(5 + Any(20)));
    (void)Do(As("alert-signer"), "ExtendWarning", &AlertService::ExtendWarning, extend);
  }
  void AnswerSometimeLater() {
    v1::AnswerRequest request;
    request.set_alert(Recent());
    request.set_kind(Any(4) == 0 ? v1::CANNOT : v1::RECEIVED);
    request.set_text("路断");
    const auto context = As(Pick(grassroots_));  // received now, decided later
    clock_.Advance(absl::Seconds(Any(400)));
    (void)Do(context, "Answer", &AlertService::Answer, request);
  }
  void Step() {
    switch (names_.empty() ? 0 : Any(9)) {
      case 0:
        return Draft();
      case 1:
      case 2:
      case 3:
        return Paper();
      case 4:
      case 5:
        return Send();
      case 6:
        return AnswerSometimeLater();
      case 7:
        FireAfter(absl::Minutes(Any(30)));
        return;
      default:
        return End();
    }
  }

  // Invariant 6: proposer ≠ reviewer ≠ signer, or an open make-up row.
  void ThreePersonsOrARow(const v1::Alert& alert) {
    if (!rules::WasIssued(alert.state())) return;
    std::set<std::string> persons = {alert.drafter().person()};
    size_t acts = 1;
    const auto check = [&](bool there, const common::v1::Actor& actor, const char* rule) {
      if (there) {
        persons.insert(actor.person());
        ++acts;
        return;
      }
      EXPECT_THAT(alert.open_make_ups(),
                  ::testing::Contains(rules::MakeUpName(alert.name(), rule)));
    };
    check(alert.has_reviewer(), alert.reviewer(), rules::kReviewRule);
    check(alert.has_signer(), alert.signer(), rules::kSignatureRule);
    EXPECT_EQ(persons.size(), acts) << alert.ShortDebugString();
  }
  // Invariant 16: lateness is judged by the time of receipt of the first answer, and stays.
  void LateByReceipt() {
    auto reader = *ledger_->Read();
    const auto entries = *reader->Entries(0, 100'000);
    std::map<std::string, bool> late;
    for (const auto& stored : entries) {
      for (const auto& change : stored.entry.changes()) {
        if (change.kind() != kRecipients.name()) continue;
        const v1::Recipient recipient = kRecipients.Parse(change.image());
        if (!rules::Spoke(recipient.state())) continue;
        const bool is_late =
            base::FromProto(stored.entry.received_at()) > base::FromProto(recipient.limit_at());
        const auto [first, fresh] = late.emplace(change.key(), is_late);
        EXPECT_EQ(recipient.late(), first->second) << change.key();
      }
    }
  }
  // Invariant 17: records equal the last after-images of their journal.
  void RecordsEqualTheJournal() {
    auto reader = *ledger_->Read();
    std::map<std::string, std::string> last;
    const auto entries = *reader->Entries(0, 100'000);
    for (const auto& entry : entries) {
      for (const auto& change : entry.entry.changes()) {
        if (change.kind() == kAlerts.name()) last[change.key()] = change.image();
      }
    }
    auto alerts = reader->All(kAlerts, {});
    ASSERT_TRUE(alerts.ok()) << alerts.status();
    EXPECT_EQ(alerts->size(), last.size());
    for (const auto& alert : *alerts) {
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
          kAlerts.Parse(last.at(alert.value.name())), alert.value));
    }
  }

  std::mt19937 random_{static_cast<uint32_t>(GetParam())};
  std::vector<std::string> names_;
  const std::vector<std::string> areas_ = {directory::kXingshan, directory::kLingbei,
                                           directory::kPingan, directory::kLingnan};
  const std::vector<std::string> drafters_ = {"alert-drafter", "emergency-duty", "lingbei-duty"};
  const std::vector<std::string> reviewers_ = {"alert-reviewer", "district-leader"};
  const std::vector<std::string> signers_ = {"alert-signer", "commander"};
  const std::vector<std::string> senders_ = {"district-duty", "alert-signer", "emergency-duty"};
  const std::vector<std::string> grassroots_ = {"lingbei-duty", "pingan-duty", "guoan-duty",
                                                "jingxiao-duty", "pingan-deputy"};
};

// A client keeps what it was shown last, by name; `also` comes with the same event.
struct Client {
  std::shared_ptr<EventSink> sink = std::make_shared<EventSink>();
  size_t read = 0;
  std::map<std::string, v1::Alert> shown;

  // Invariant 4: after no event does a client show two colours of one chain.
  void CatchUp() {
    const auto events = sink->events();
    for (; read < events.size(); ++read) {
      if (!events[read].has_alert()) continue;
      const auto& change = events[read].alert();
      shown[change.alert().name()] = change.alert();
      for (const auto& other : change.also()) shown[other.name()] = other;
      std::map<std::string, std::string> in_force;  // by chain
      for (const auto& [name, alert] : shown) {
        if (!rules::InForce(alert.state())) continue;
        const auto [it, first] = in_force.emplace(RootOf(name), name);
        EXPECT_TRUE(first) << name << " and " << it->second << " of one chain";
      }
    }
  }
  std::string RootOf(std::string name) const {
    for (auto it = shown.find(name); it != shown.end() && !it->second.previous().empty();
         it = shown.find(name)) {
      name = it->second.previous();
    }
    return name;
  }
};

TEST_P(AlertProperties, HoldAfterAnySequenceOfCommands) {
  // Two posts held by one person: three posts are not three persons.
  directory_.SetHolder("posts/commander", "people/alert-reviewer");
  directory_.SetHolder("posts/emergency-duty", "people/district-leader");
  std::map<std::string, Client> clients;
  for (const char* post : {"district-duty", "lingbei-duty", "pingan-duty", "jingxiao-duty"}) {
    ASSERT_TRUE(alerts_
                    ->Subscribe(As(post), v1::SubscribeRequest(),
                                rpc::Sink<v1::SubscribeEvent>(clients[post].sink))
                    .ok());
  }
  for (int i = 0; i < 250; ++i) {
    Step();
    if (Any(5) != 0) continue;
    hub_->Pump(Any(2) == 0);
    for (auto& [post, client] : clients) client.CatchUp();
  }
  hub_->Pump();
  int issued = 0;
  int superseded = 0;
  for (const std::string& name : names_) {
    const v1::Alert alert = Get(name);
    ThreePersonsOrARow(alert);
    if (!rules::WasIssued(alert.state())) continue;
    ++issued;
    superseded += alert.state() == v1::SUPERSEDED ? 1 : 0;
    for (auto& [post, client] : clients) {
      client.CatchUp();
      const auto seen = client.shown.find(name);
      if (seen == client.shown.end()) continue;
      EXPECT_EQ(seen->second.state(), alert.state()) << post;
    }
    EXPECT_EQ(clients["district-duty"].shown.count(name), 1u);
  }
  LateByReceipt();
  RecordsEqualTheJournal();
  EXPECT_GT(issued, 5) << "the walk must get somewhere";
  EXPECT_GT(superseded, 0) << "no chain was walked";
}

INSTANTIATE_TEST_SUITE_P(Seeds, AlertProperties, ::testing::Range(1, 6));

}  // namespace
}  // namespace huying::alert
