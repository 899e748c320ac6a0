// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/retract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/alert/testing/records.h"
#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {

using ::testing::ElementsAre;
using testing::kGuoAn;
using testing::kNow;
using testing::kPingAn;
using testing::Person;

v1::Alert Issued(v1::AlertKind kind = v1::WARNING) {
  v1::Alert alert;
  alert.set_name("alerts/2026-0007");
  alert.set_kind(kind);
  alert.set_state(v1::ISSUED);
  alert.add_target_areas(kPingAn);
  *alert.mutable_issuer() = Person("district-duty");
  return alert;
}

common::v1::Urgency ByPhone() {
  common::v1::Urgency urgency;
  urgency.set_reason("误发");
  urgency.set_authorised_by("带班领导");
  urgency.set_channel(common::v1::Urgency::PHONE);
  *urgency.mutable_at() = base::ToProto(kNow);
  return urgency;
}

TEST(RetractRules, WhoeverIssuedItAloneTakesItBackAloneInUrgencyAndTheSignatureIsMadeUp) {
  const common::v1::Urgency urgency = ByPhone();
  const auto done = Retract(Issued(), "系误发", &urgency, {}, Person("district-duty"), kNow);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->alert.state(), v1::RETRACTED);
  EXPECT_EQ(done->alert.lift_reason(), "系误发");
  EXPECT_TRUE(done->alert.awaiting_stop());
  ASSERT_EQ(done->make_ups.size(), 1u);
  EXPECT_EQ(done->make_ups[0].rule_id(), kRetractionRule);
}

TEST(RetractRules, WithoutUrgencyTheIssuerIsAskedForIt) {
  const auto refused = Retract(Issued(), "系误发", nullptr, {}, Person("district-duty"), kNow);
  EXPECT_EQ(base::ProblemOf(refused.status()).reason(), base::Reason::GUARD_NEEDS_URGENCY);
}

TEST(RetractRules, APostThatMaySignOwesNoPaper) {
  const auto done =
      Retract(Issued(), "系误发", nullptr, {.may_sign = true}, Person("signer"), kNow);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_TRUE(done->make_ups.empty());
}

TEST(RetractRules, SomebodyWhoNeitherIssuedNorSignsMayNotEvenInUrgency) {
  const common::v1::Urgency urgency = ByPhone();
  const auto refused = Retract(Issued(), "系误发", &urgency, {}, Person("passer-by"), kNow);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(RetractRules, OnlyWhatIsOutIsRetractedAndOnce) {
  for (const auto state : {v1::DRAFT, v1::SIGNED, v1::LIFTED, v1::RETRACTED}) {
    v1::Alert alert = Issued();
    alert.set_state(state);
    EXPECT_EQ(
        base::ProblemOf(
            Retract(alert, "系误发", nullptr, {.may_sign = true}, Person("signer"), kNow).status())
            .reason(),
        base::Reason::ILLEGAL_TRANSITION)
        << state;
  }
}

TEST(RetractRules, AfterItHavingStoppedIsTheOnlyAnswer) {
  v1::Alert alert = Issued(v1::NOTICE);
  alert.set_state(v1::RETRACTED);
  v1::Recipient evacuated;
  evacuated.set_state(v1::ANSWERED);
  evacuated.set_answer(v1::EVACUATED);
  evacuated.set_evacuated(120);
  EXPECT_EQ(AsAsked(alert, evacuated).state(), v1::SENT);
  v1::Recipient stopped = evacuated;
  stopped.set_answer(v1::STOPPED);
  EXPECT_EQ(AsAsked(alert, stopped).state(), v1::ANSWERED);
  alert.set_state(v1::ISSUED);
  EXPECT_EQ(AsAsked(alert, evacuated).state(), v1::ANSWERED);
}

TEST(RetractRules, ACorrectionSaysWhichAreasItAddsAndDrops) {
  v1::Alert old = Issued();
  v1::Alert next = Issued();
  next.clear_target_areas();
  next.add_target_areas(kGuoAn);
  SayWhatChanged(old, next);
  EXPECT_THAT(next.added_areas(), ElementsAre(kGuoAn));
  EXPECT_THAT(next.dropped_areas(), ElementsAre(kPingAn));
}

TEST(RetractRules, WhoWasToldAndIsNoTargetAnyMoreIsAskedToStopOnce) {
  v1::RecipientList old;
  old.add_recipients()->set_post("posts/pingan-duty");
  old.add_recipients()->set_post("posts/guoan-duty");
  v1::RecipientList next;
  next.add_recipients()->set_post("posts/guoan-duty");
  EXPECT_EQ(AddStoodDown(old, Issued(), next), 1);
  ASSERT_EQ(next.recipients_size(), 2);
  EXPECT_EQ(next.recipients(1).post(), "posts/pingan-duty");
  EXPECT_TRUE(next.recipients(1).stood_down());
  v1::RecipientList third;
  EXPECT_EQ(AddStoodDown(next, Issued(), third), 1)
      << "who was stood down before is not asked again";
}

}  // namespace
}  // namespace huying::alert::rules
