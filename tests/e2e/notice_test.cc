// SPDX-License-Identifier: Apache-2.0
//
// One path: a notice leaves the district, reaches three tiers, and is not sent until it is answered.
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using alert::v1::RollUp;
using common::v1::Receipt;

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kLeader[] = "posts/district-leader";
constexpr char kLingbei[] = "posts/lingbei-duty";
constexpr char kLingnan[] = "posts/lingnan-duty";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kPinganDeputy[] = "posts/pingan-deputy";
constexpr char kDistrictArea[] = "230407";
constexpr char kPinganArea[] = "230407001001";

const alert::v1::RollUpNode* NodeOf(const RollUp& picture, const std::string& area) {
  for (const auto& node : picture.nodes()) {
    if (node.area() == area) return &node;
  }
  return nullptr;
}

// Urgent notices are given three seconds here, the others the usual two hours.
class NoticeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System({.services = {"directory", "alert"},
                          .limits = {{"alert.answer-limit.urgent", absl::Seconds(3)},
                                     {"alert.ladder-wait", absl::Seconds(2)}}});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }

  static Client& As(const std::string& post) { return system_->As(post); }
  static std::string Issue(const std::string& post, const std::vector<std::string>& areas,
                           bool urgent = false) {
    auto request = NoticeTo(areas);
    request.set_urgent(urgent);
    const auto receipt = As(post).Call("alert.IssueNotice", request);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  static alert::v1::Recipient RecipientOf(const std::string& alert, const std::string& post) {
    alert::v1::ListRecipientsRequest request;
    request.set_alert(alert);
    request.set_page_size(100);
    const auto list =
        As(kDistrict).Call<alert::v1::ListRecipientsResponse>("alert.ListRecipients", request);
    EXPECT_TRUE(list.ok()) << list.status();
    if (!list.ok()) return {};
    for (const auto& recipient : list->recipients()) {
      if (recipient.post() == post) return recipient;
    }
    return {};
  }
  static alert::v1::Alert AlertOf(const std::string& name) {
    alert::v1::GetAlertRequest request;
    request.set_name(name);
    const auto found = As(kDistrict).Call<alert::v1::GetAlertResponse>("alert.GetAlert", request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->alert() : alert::v1::Alert();
  }

  static System* system_;
};
System* NoticeTest::system_ = nullptr;

// R4: delivery to three tiers with receipts. R40: a message down reaches all tiers, with receipt and time
// per tier. R58: who was served, when, by which way.
TEST_F(NoticeTest, R4_R40_R58_ReachesThreeTiersAndIsGreenWhenTheLastHasAnswered) {
  Listener district(As(kDistrict));
  Listener subdistrict(As(kLingbei));
  Listener community(As(kPingan));
  for (Listener* screen : {&district, &subdistrict, &community}) {
    ASSERT_TRUE(screen->WaitForSnapshot(kSoon));
  }
  const std::string notice = Issue(kLeader, {kDistrictArea});
  for (Listener* screen : {&district, &subdistrict, &community}) {
    ASSERT_TRUE(screen->WaitForAlert(notice, kSoon));
    EXPECT_EQ(screen->TimesTold(notice), 1);
  }
  // Every tier has a limit of its own, and the others are merely sent.
  EXPECT_EQ(AlertOf(notice).limits_size(), 3);
  EXPECT_EQ(RecipientOf(notice, kPingan).state(), alert::v1::SENT);

  // Read is not answered.
  RollUpWatch picture(As(kDistrict), notice);
  ASSERT_TRUE(
      As(kPingan).Call("alert.ReportReceipts", ReceiptFor(notice, alert::v1::DELIVERED)).ok());
  ASSERT_TRUE(As(kPingan).Call("alert.ReportReceipts", ReceiptFor(notice, alert::v1::READ)).ok());
  ASSERT_TRUE(picture.WaitFor(
      [](const RollUp& p) {
        const auto* node = NodeOf(p, kPinganArea);
        return node != nullptr && node->read() == 1 && node->answered() == 0 && !node->green();
      },
      kSoon))
      << picture.last().DebugString();

  // One post per area must answer, of every tier.
  EXPECT_EQ(picture.last().nodes(0).recipients(), 13);
  for (const auto& post : system_->directory().posts()) {
    if (!post.receives_alerts()) continue;
    EXPECT_FALSE(picture.last().nodes(0).green());
    const auto answer = As(post.name()).Call("alert.Answer", AnswerTo(notice));
    ASSERT_TRUE(answer.ok()) << post.name() << ": " << answer.status();
  }
  ASSERT_TRUE(picture.WaitFor(
      [](const RollUp& p) { return p.nodes_size() > 0 && p.nodes(0).green(); }, kSoon))
      << picture.last().DebugString();
  EXPECT_EQ(picture.last().nodes(0).answered(), 13);

  const alert::v1::Recipient served = RecipientOf(notice, kPingan);
  EXPECT_EQ(served.state(), alert::v1::ANSWERED);
  EXPECT_EQ(served.channel(), "app");
  EXPECT_EQ(served.answered_by().person(), As(kPingan).actor().person());
  EXPECT_TRUE(served.has_delivered_at());
  EXPECT_TRUE(served.has_read_at());
  EXPECT_LE(served.delivered_at().seconds(), served.read_at().seconds());
  EXPECT_FALSE(served.late());
}

// R40: the report up; and what concerns one branch is not shown to another.
TEST_F(NoticeTest, R40_AnAnswerClimbsToTheDistrictAndSiblingsHearNothingOfEachOther) {
  Listener district(As(kDistrict));
  Listener sibling(As(kLingnan));
  ASSERT_TRUE(district.WaitForSnapshot(kSoon));
  ASSERT_TRUE(sibling.WaitForSnapshot(kSoon));
  const std::string mine = Issue(kLingbei, {kPinganArea});
  ASSERT_TRUE(As(kPingan).Call("alert.Answer", AnswerTo(mine)).ok());
  const auto answered = [&mine](const std::vector<alert::v1::SubscribeEvent>& events) {
    return std::any_of(events.begin(), events.end(), [&mine](const auto& event) {
      return event.has_recipient() && event.recipient().recipients(0).alert() == mine &&
             event.recipient().recipients(0).state() == alert::v1::ANSWERED;
    });
  };
  EXPECT_TRUE(district.WaitFor(answered, kSoon));
  const std::string all = Issue(kDistrict, {kDistrictArea});
  ASSERT_TRUE(sibling.WaitForAlert(all, kSoon));
  EXPECT_FALSE(sibling.alerts().contains(mine));
  EXPECT_FALSE(answered(sibling.events()));
}

// R6 (first form): silence is visible and climbs, first to the deputy, then to the tier above.
TEST_F(NoticeTest, R6_SilenceClimbsToTheDeputyAndThenToTheTierAbove) {
  Listener district(As(kDistrict));
  ASSERT_TRUE(district.WaitForSnapshot(kSoon));
  const std::string notice = Issue(kDistrict, {kPinganArea}, true);
  const auto called = [&notice](const std::string& post) {
    return [&notice, post](const std::vector<alert::v1::SubscribeEvent>& events) {
      return std::any_of(events.begin(), events.end(), [&](const auto& event) {
        const auto& step = event.escalation().escalation();
        const auto& posts = step.called_posts();
        return step.alert() == notice && std::find(posts.begin(), posts.end(), post) != posts.end();
      });
    };
  };
  ASSERT_TRUE(district.WaitFor(called(kPinganDeputy), kSoon));
  ASSERT_TRUE(district.WaitFor(called(kLingbei), kSoon));
  EXPECT_EQ(district.silent_posts(), std::set<std::string>{kPingan});

  // Late is late, and is kept.
  const auto answer = As(kPingan).Call("alert.Answer", AnswerTo(notice));
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->flags_size(), 1);
  EXPECT_EQ(answer->flags(0).rule_id(), "alert.answered-late");
  EXPECT_TRUE(RecipientOf(notice, kPingan).late());
}

TEST_F(NoticeTest, CannotComplyClimbsAtOnce) {
  Listener district(As(kDistrict));
  ASSERT_TRUE(district.WaitForSnapshot(kSoon));
  const std::string notice = Issue(kDistrict, {kPinganArea});
  auto cannot = AnswerTo(notice, alert::v1::CANNOT);
  ASSERT_TRUE(As(kPingan).Call("alert.Answer", cannot).ok());
  EXPECT_TRUE(district.WaitFor(
      [](const std::vector<alert::v1::SubscribeEvent>& events) {
        return std::any_of(events.begin(), events.end(), [](const auto& event) {
          return event.has_recipient() && event.recipient().escalations_size() == 1;
        });
      },
      kSoon));
  EXPECT_EQ(RecipientOf(notice, kPingan).state(), alert::v1::CANNOT_COMPLY);
}

// A phone call is an answer of the person who spoke, written down by another one.
TEST_F(NoticeTest, R58_AnAnswerByPhoneNamesWhoSpokeAndWhoWroteItDown) {
  const std::string notice = Issue(kDistrict, {kPinganArea});
  auto answer = AnswerTo(notice, alert::v1::RECEIVED);
  answer.set_channel("phone");
  answer.set_for_post(kPingan);
  answer.set_person_name("席玉梅");
  const auto receipt = As(kLingbei).Call("alert.Answer", answer);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  const alert::v1::Recipient served = RecipientOf(notice, kPingan);
  EXPECT_EQ(served.channel(), "phone");
  EXPECT_EQ(served.answered_by().person_name(), "席玉梅");
  EXPECT_EQ(served.recorded_by().person(), As(kLingbei).actor().person());
}

// R40: a cut-off tier catches up without loss or doubles.
TEST_F(NoticeTest, R40_ACutOffCommunityCatchesUpWithoutLossOrDoubles) {
  auto community = std::make_unique<Listener>(As(kPingan));
  ASSERT_TRUE(community->WaitForSnapshot(kSoon));
  const std::string before = Issue(kDistrict, {kPinganArea});
  ASSERT_TRUE(community->WaitForAlert(before, kSoon));
  const common::v1::Cursor cursor = community->feed().cursor();
  community.reset();

  std::set<std::string> missed;
  for (int i = 0; i < 5; ++i) missed.insert(Issue(kDistrict, {kPinganArea}));
  Listener again(As(kPingan), cursor);
  ASSERT_TRUE(again.WaitForAlerts(missed, kSoon));
  const std::string live = Issue(kDistrict, {kPinganArea});
  ASSERT_TRUE(again.WaitForAlert(live, kSoon));
  missed.insert(live);
  EXPECT_EQ(again.resyncs(), 0);
  for (const std::string& name : missed) EXPECT_EQ(again.TimesTold(name), 1) << name;
  const std::vector<int64_t> seqs = again.seqs();
  EXPECT_TRUE(std::is_sorted(seqs.begin(), seqs.end()));
  EXPECT_EQ(std::set<int64_t>(seqs.begin(), seqs.end()).size(), seqs.size());
}

// R41: a community acts in its own area by itself, and nowhere else.
TEST_F(NoticeTest, R41_ACommunityNotifiesItsOwnAreaOnlyAndIssuesNoWarning) {
  EXPECT_NE(Issue(kPingan, {kPinganArea}), "");
  const auto above = As(kPingan).Call("alert.IssueNotice", NoticeTo({"230407001"}));
  EXPECT_EQ(above.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(base::ProblemOf(above.status()).reason(), base::Reason::OUTSIDE_AREA);
  const auto beside = As(kPingan).Call("alert.IssueNotice", NoticeTo({"230407001002"}));
  EXPECT_EQ(base::ProblemOf(beside.status()).reason(), base::Reason::OUTSIDE_AREA);

  alert::v1::IssueWarningRequest warning;
  warning.set_name("alerts/2026-0001");
  const auto issued = As(kPingan).Call("alert.IssueWarning", warning);
  EXPECT_EQ(issued.status().code(), absl::StatusCode::kPermissionDenied);
}

// A community that is called cannot stop the calling.
TEST_F(NoticeTest, R41_ANoticeIsNotLiftedFromBelow) {
  const std::string notice = Issue(kDistrict, {kPinganArea});
  alert::v1::LiftAlertRequest lift;
  lift.set_name(notice);
  lift.set_reason("险情已排除");
  for (const char* below : {kPingan, kLingbei}) {
    const auto refused = As(below).Call("alert.LiftAlert", lift);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied) << below;
    EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "alert.not-ended-from-below") << below;
  }
  EXPECT_EQ(AlertOf(notice).state(), alert::v1::ISSUED);
  EXPECT_TRUE(As(kDistrict).Call("alert.LiftAlert", lift).ok());
}

TEST_F(NoticeTest, TheLedgersVerifyAtTheEnd) {
  EXPECT_EQ(system_->Findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace huying::testing
