// SPDX-License-Identifier: Apache-2.0
//
// Bad input of every kind, through the real server: which code, why, which field, by which rule and what to do
// next; and not a row of any ledger changes.
#include "tests/faults/bad_input.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/platform/base/clock.h"
#include "tests/support/notices.h"

namespace huying::testing {
namespace {

using absl::StatusCode;
using base::Reason;

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kDrafter[] = "posts/alert-drafter";
constexpr char kReviewer[] = "posts/alert-reviewer";
constexpr char kSigner[] = "posts/alert-signer";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kPinganArea[] = "230407001001";

class BadInputTest : public BadInput {
 protected:
  static void SetUpTestSuite() {
    BadInput::SetUpTestSuite();
    if (HasFatalFailure()) return;
    for (const char* post : {kDistrict, kDrafter, kReviewer, kSigner, kPingan}) {
      (void)system_->As(post);
    }
    alert::v1::DraftWarningRequest draft;
    draft.set_request_id(client::NewRequestId());
    *draft.mutable_content() = Warning();
    const auto drafted = system_->As(kDrafter).Call("alert.DraftWarning", draft);
    ASSERT_TRUE(drafted.ok()) << drafted.status();
    draft_ = drafted->name();
    const auto notice = system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}));
    ASSERT_TRUE(notice.ok()) << notice.status();
    notice_ = notice->name();
  }

  static alert::v1::WarningContent Warning() {
    alert::v1::WarningContent content;
    content.set_category("11B03");
    content.set_color(alert::v1::YELLOW);
    *content.mutable_effective_at() = base::ToProto(absl::Now());
    content.add_target_areas(kPinganArea);
    content.set_cautions("低洼处可能被淹");
    content.set_measures("抢险队伍待命，低洼处居民随时准备转移");
    content.set_title("暴雨预警");
    return content;
  }

  static alert::v1::IssueNoticeRequest Notice(
      const std::function<void(alert::v1::IssueNoticeRequest&)>& spoil) {
    alert::v1::IssueNoticeRequest request = NoticeTo({kPinganArea});
    spoil(request);
    return request;
  }

  static std::string draft_;
  static std::string notice_;
};
std::string BadInputTest::draft_;
std::string BadInputTest::notice_;

TEST_F(BadInputTest, Areas) {
  const auto to = [](const std::string& area) { return NoticeTo({area}); };
  Refused(kDistrict, "alert.IssueNotice", to("230499"),
          {StatusCode::kInvalidArgument, Reason::UNKNOWN_AREA, "target_areas[0]",
           "directory.area-known"});
  Refused(
      kDistrict, "alert.IssueNotice", to("23"),
      {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "target_areas[0]", "alert.area-code"});
  Refused(kDistrict, "alert.IssueNotice", NoticeTo({}),
          {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "target_areas",
           "platform.field-missing"});
  Refused(kPingan, "alert.IssueNotice", to("230407001"),
          {StatusCode::kPermissionDenied, Reason::OUTSIDE_AREA, "target_areas", "alert.own-subtree",
           "alert"});
}

TEST_F(BadInputTest, FieldsOfANotice) {
  Refused(kDistrict, "alert.IssueNotice", Notice([](auto& r) { r.clear_title(); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "title", "platform.field-missing"});
  Refused(kDistrict, "alert.IssueNotice",
          Notice([](auto& r) { r.set_title(std::string(41, 'x')); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_TOO_LONG, "title", "alert.title-max"});
  Refused(
      kDistrict, "alert.IssueNotice", Notice([](auto& r) { r.clear_refers_to(); }),
      {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "refers_to", "alert.notice-refers"});
  Refused(kDistrict, "alert.IssueNotice", Notice([](auto& r) { r.set_refers_to("weather/1"); }),
          {StatusCode::kInvalidArgument, Reason::UNKNOWN_REFERENCE, "refers_to",
           "alert.notice-refers"});
  Refused(kDistrict, "alert.IssueNotice", Notice([](auto& r) {
            *r.mutable_expires_at() = base::ToProto(absl::Now() - absl::Hours(1));
          }),
          {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "expires_at", "alert.period"});
  Refused(kDistrict, "alert.IssueNotice",
          Notice([](auto& r) { r.add_tiers(static_cast<common::v1::Tier>(77)); }),
          {StatusCode::kInvalidArgument, Reason::UNKNOWN_ENUM_VALUE, "tiers[0]",
           "platform.unknown-enum-value"});
  Refused(kDistrict, "alert.IssueNotice", Notice([](auto& r) { r.set_title(kNotUtf8); }),
          {StatusCode::kInvalidArgument, Reason::INVALID_UTF8, "title", "platform.invalid-utf8"});
  Refused(
      kDistrict, "alert.IssueNotice",
      Notice([](auto& r) { r.set_text(std::string(2 << 20, 'x')); }),
      {StatusCode::kInvalidArgument, Reason::MESSAGE_TOO_LARGE, "", "platform.message-too-large"});
}

TEST_F(BadInputTest, LengthsRangesAndCharactersOfANotice) {
  Refused(
      kDistrict, "alert.IssueNotice", Notice([](auto& r) { r.set_title(std::string(200, 'x')); }),
      {StatusCode::kInvalidArgument, Reason::FIELD_TOO_LONG, "title", "platform.field-too-long"});
  // What would clear or turn the screen of whoever lists it.
  for (const char* text : {"a\n\x1b[2Jb", "a\u202e"}) {
    Refused(
        kDistrict, "alert.IssueNotice", Notice([&](auto& r) { r.set_title(text); }),
        {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "title", "platform.visible-text"});
  }
  Refused(kDistrict, "alert.IssueNotice", Notice([](auto& r) { r.set_text("\x1b[2J"); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "text", "platform.visible-text"});
  // What no other program can show: one such time would stop everybody's list.
  for (const auto& [seconds, nanos] :
       {std::pair<int64_t, int>{int64_t{1} << 62, 0}, {absl::ToUnixSeconds(absl::Now()), -5}}) {
    Refused(
        kDistrict, "alert.IssueNotice", Notice([&](auto& r) {
          r.mutable_expires_at()->set_seconds(seconds);
          r.mutable_expires_at()->set_nanos(nanos);
        }),
        {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "expires_at", "platform.time-range"});
  }
  Refused(kDistrict, "alert.IssueNotice", Notice([](auto& r) {
            for (int i = 0; i < 3000; ++i) r.add_legal_basis()->set_title("法");
          }),
          {StatusCode::kInvalidArgument, Reason::FIELD_TOO_LONG, "legal_basis",
           "platform.field-too-long"});
  Refused(
      kDistrict, "alert.IssueNotice", Notice([](auto& r) {
        for (int i = 0; i < 200'000; ++i) r.add_tiers(common::v1::COMMUNITY);
      }),
      {StatusCode::kInvalidArgument, Reason::FIELD_TOO_LONG, "tiers", "platform.field-too-long"});
}

TEST_F(BadInputTest, RequestIds) {
  Refused(kDistrict, "alert.IssueNotice", Notice([](auto& r) { r.clear_request_id(); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "request_id",
           "platform.field-missing"});
  Refused(kDistrict, "alert.IssueNotice",
          Notice([](auto& r) { r.set_request_id(std::string(200, 'x')); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_TOO_LONG, "request_id",
           "platform.field-too-long"});
  Refused(kDistrict, "alert.IssueNotice", Notice([](auto& r) { r.set_request_id("编号 1"); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "request_id",
           "platform.field-invalid"});
}

TEST_F(BadInputTest, WhoMayAct) {
  alert::v1::DraftWarningRequest draft;
  draft.set_request_id(client::NewRequestId());
  *draft.mutable_content() = Warning();
  Refused(kPingan, "alert.DraftWarning", draft,
          {StatusCode::kPermissionDenied, Reason::PERMISSION_MISSING, "",
           "platform.permission-missing"});
  // The right permission, by a post of too low a tier: in this district somebody gave a community the role.
  directory::v1::PutPostRequest put;
  for (const auto& post : system_->directory().posts()) {
    if (post.name() == kPingan) *put.mutable_post() = post;
  }
  put.mutable_post()->add_roles("roles/alert-signer");
  const auto given = system_->Administrator().Call("directory.PutPost", put);
  ASSERT_TRUE(given.ok()) << given.status();
  ASSERT_TRUE(system_->Confirm(*given).ok());
  const auto community = system_->SignInAgain(kPingan);
  ASSERT_TRUE(community.ok()) << community.status();
  alert::v1::IssueWarningRequest issue;
  issue.set_request_id(client::NewRequestId());
  issue.set_name(draft_);
  Refused(kPingan, "alert.IssueWarning", issue,
          {StatusCode::kPermissionDenied, Reason::PERMISSION_MISSING, "",
           "platform.permission-missing"});
  Refused(**community, "alert.IssueWarning", issue,
          {StatusCode::kPermissionDenied, Reason::TIER_TOO_LOW, "", "platform.tier-too-low"});

  const auto nobody = system_->WithToken("");
  Refused(*nobody, "alert.IssueNotice", NoticeTo({kPinganArea}),
          {StatusCode::kUnauthenticated, Reason::SIGN_IN_NEEDED, "", "platform.sign-in-needed"});
  const auto liar = system_->WithToken("not-a-token");
  Refused(*liar, "alert.IssueNotice", NoticeTo({kPinganArea}),
          {StatusCode::kUnauthenticated, Reason::SIGN_IN_NEEDED, "", "platform.sign-in-needed"});
  std::string changed = system_->As(kPingan).token();
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  const auto forger = system_->WithToken(changed);
  Refused(*forger, "alert.IssueNotice", NoticeTo({kPinganArea}),
          {StatusCode::kUnauthenticated, Reason::SIGN_IN_NEEDED, "", "platform.sign-in-needed"});
}

TEST_F(BadInputTest, StatesAndVersions) {
  alert::v1::SignWarningRequest sign;
  sign.set_request_id(client::NewRequestId());
  sign.set_name(draft_);
  Refused(kSigner, "alert.SignWarning", sign,
          {StatusCode::kFailedPrecondition, Reason::ILLEGAL_TRANSITION, "", "alert.lifecycle"});
  alert::v1::ReviewWarningRequest review;
  review.set_request_id(client::NewRequestId());
  review.set_name(draft_);
  review.set_opinion("同意");
  review.set_expected_version(99);
  Refused(
      kReviewer, "alert.ReviewWarning", review,
      {StatusCode::kAborted, Reason::STALE_VERSION, "expected_version", "platform.stale-version"});
  sign.set_name(notice_);
  Refused(kSigner, "alert.SignWarning", sign,
          {StatusCode::kFailedPrecondition, Reason::ILLEGAL_TRANSITION, "name", "alert.lifecycle"});
  sign.set_name("alerts/2026-9999");
  Refused(kSigner, "alert.SignWarning", sign,
          {StatusCode::kNotFound, Reason::NOT_FOUND, "", "platform.not-found"});
}

TEST_F(BadInputTest, Answers) {
  auto answer = AnswerTo(notice_, alert::v1::CANNOT);
  answer.clear_text();
  Refused(
      kPingan, "alert.Answer", answer,
      {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "text", "alert.cannot-needs-reason"});
  answer = AnswerTo(notice_, static_cast<alert::v1::AnswerKind>(55));
  Refused(kPingan, "alert.Answer", answer,
          {StatusCode::kInvalidArgument, Reason::UNKNOWN_ENUM_VALUE, "kind",
           "platform.unknown-enum-value"});
  Refused(kPingan, "alert.ReportReceipts", ReceiptFor(notice_, alert::v1::ANSWERED),
          {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "items[0].state",
           "alert.read-is-not-answered"});
  Refused("posts/alert-signer", "alert.LiftAlert",
          [] {
            alert::v1::LiftAlertRequest lift;
            lift.set_request_id(client::NewRequestId());
            lift.set_name(draft_);
            lift.set_reason("不再需要");
            return lift;
          }(),
          {StatusCode::kFailedPrecondition, Reason::ILLEGAL_TRANSITION, "", "alert.lifecycle"});
}

TEST_F(BadInputTest, Methods) {
  Refused(kDistrict, "huying.alert.v1.AlertService/IssueNotise", NoticeTo({kPinganArea}),
          {StatusCode::kUnimplemented, Reason::NOT_FOUND, "", "platform.not-found"});
}

TEST_F(BadInputTest, Directory) {
  directory::v1::PutUnitRequest unit;
  unit.set_request_id(client::NewRequestId());
  *unit.mutable_unit() = system_->directory().units(0);
  unit.mutable_unit()->set_title("改了名字");
  unit.set_expected_version(77);
  Refused(system_->Administrator(), "directory.PutUnit", unit,
          {StatusCode::kAborted, Reason::STALE_VERSION, "expected_version",
           "directory.expected-version"});
  directory::v1::ImportAreasRequest areas;
  areas.set_request_id(client::NewRequestId());
  areas.set_csv(
      "tier,code,code12,name,parent\n"
      "SUBDISTRICT,230407009,230407009000,新街道,230407\n"
      "COMMUNITY,230407009001,230407009001,新社区,230499009\n");
  Refused(system_->Administrator(), "directory.ImportAreas", areas,
          {StatusCode::kInvalidArgument, Reason::UNKNOWN_AREA, "csv", "directory.area-parent"});
  directory::v1::SignInRequest sign_in;
  sign_in.set_account("admin");
  sign_in.set_password("not the password");
  Refused(system_->Administrator(), "directory.SignIn", sign_in,
          {StatusCode::kUnauthenticated, Reason::SIGN_IN_FAILED, "", "platform.sign-in-failed"});
  sign_in.set_account("nobody-of-this-name");
  Refused(system_->Administrator(), "directory.SignIn", sign_in,
          {StatusCode::kUnauthenticated, Reason::SIGN_IN_FAILED, "", "platform.sign-in-failed"});
}

}  // namespace
}  // namespace huying::testing
