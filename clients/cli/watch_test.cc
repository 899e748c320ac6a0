// SPDX-License-Identifier: Apache-2.0
//
// What `huying watch` prints, as a person reads it, for each kind of event.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "clients/cli/commands/watch_screen.h"
#include "clients/cli/fields.h"
#include "services/platform/base/clock.h"

namespace huying::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

google::protobuf::Timestamp At(const char* time) {
  absl::Time parsed;
  std::string error;
  EXPECT_TRUE(
      absl::ParseTime("%Y-%m-%d %H:%M:%S %z", std::string(time) + " +0800", &parsed, &error));
  return base::ToProto(parsed);
}

alert::v1::Alert RedCorrection() {
  alert::v1::Alert alert;
  alert.set_name("alerts/2026-0005");
  alert.set_kind(alert::v1::WARNING);
  alert.set_color(alert::v1::RED);
  alert.set_state(alert::v1::ISSUED);
  alert.set_title("暴雨红色预警");
  alert.set_text("预计未来3小时降雨量将达100毫米以上。");
  alert.add_target_areas("230407001000");
  alert.set_concerns_you(false);
  alert.set_cautions("不要外出");
  alert.set_measures("停运班车");
  alert.set_reason("发布区域有误，应为岭北街道");
  alert.set_previous("alerts/2026-0004");
  *alert.mutable_effective_at() = At("2026-11-28 20:00:00");
  *alert.mutable_expires_at() = At("2026-11-29 08:00:00");
  *alert.mutable_issued_at() = At("2026-11-28 19:55:00");
  auto* limit = alert.add_limits();
  limit->set_tier(common::v1::COMMUNITY);
  *limit->mutable_limit_at() = At("2026-11-28 20:05:00");
  alert.mutable_issuer()->set_post_name("区政府值班员");
  alert.mutable_issuer()->set_person_name("冯玉林");
  return alert;
}

alert::v1::Escalation Step() {
  alert::v1::Escalation step;
  step.set_name("alerts/2026-0005/escalations/COMMUNITY-1");
  step.set_alert("alerts/2026-0005");
  step.set_alert_title("暴雨红色预警");
  step.set_step(1);
  step.set_reason("超过应答时限未应答，呼叫副岗");
  step.add_silent_posts("posts/guoan-duty");
  step.add_called_posts("posts/guoan-deputy");
  (*step.mutable_called_for())["posts/guoan-duty"] = "posts/guoan-deputy";
  (*step.mutable_post_titles())["posts/guoan-duty"] = "国安社区网格员值班岗";
  (*step.mutable_post_titles())["posts/guoan-deputy"] = "国安社区副主任";
  auto* held = step.add_holders();
  held->set_post("posts/guoan-deputy");
  held->set_person_name("李秀英");
  *step.mutable_at() = At("2026-11-28 20:05:00");
  *step.mutable_limit_at() = At("2026-11-28 20:05:00");
  return step;
}

class WatchTest : public ::testing::Test {
 protected:
  template <typename Event>
  std::string Printed(const Event& event) {
    out_.str("");
    screen_.Show(event);
    return out_.str();
  }
  const Say say_{Language::kChinese};
  std::ostringstream out_;
  WatchScreen screen_{say_, out_, {.posts = {"posts/guoan-deputy"}, .mark = ""}};
};

// A correction must not look like a second alarm where it does not apply.
TEST_F(WatchTest, AnAlertSaysItsAreasWhetherYoursIsOneAndWhatToDo) {
  alert::v1::SubscribeEvent event;
  *event.mutable_alert()->mutable_alert() = RedCorrection();
  (*event.mutable_area_names())["230407001000"] = "岭北街道";
  const std::string text = Printed(event);
  EXPECT_THAT(
      text,
      StartsWith(
          "\a▶ 2026-11-28 19:55:00 【实战】alerts/2026-0005 [预警 红色 已发布] 暴雨红色预警\n"));
  for (const char* line :
       {"区域：岭北街道（涉及你处：否）", "预计未来3小时降雨量将达100毫米以上。",
        "警示事项：不要外出", "应当采取的措施：停运班车",
        "期间：2026-11-28 20:00:00 至 2026-11-29 08:00:00", "理由：发布区域有误，应为岭北街道",
        "由何预警调整：alerts/2026-0004", "发布：区政府值班员 冯玉林",
        "应答时限：社区 2026-11-28 20:05:00", "应答：huying answer alerts/2026-0005 --kind"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(WatchTest, OneThatEndedSaysWhyAndAsksForNoAnswer) {
  alert::v1::SubscribeEvent event;
  alert::v1::Alert& alert = *event.mutable_alert()->mutable_alert();
  alert = RedCorrection();
  alert.set_state(alert::v1::LIFTED);
  alert.set_lift_reason("误发：请停止转移");
  *alert.mutable_ended_at() = At("2026-11-28 20:20:00");
  EXPECT_THAT(Printed(event),
              AllOf(HasSubstr("\a▶ 2026-11-28 20:20:00 【实战】"), HasSubstr("已解除"),
                    HasSubstr("解除原因：误发：请停止转移"), Not(HasSubstr("huying answer"))));
}

TEST_F(WatchTest, AnExerciseIsMarkedAsPlainlyAsLive) {
  WatchScreen screen(say_, out_, {.posts = {}, .mark = "【演练】"});
  alert::v1::SubscribeEvent event;
  *event.mutable_escalation()->mutable_escalation() = Step();
  screen.Show(event);
  EXPECT_THAT(out_.str(), AllOf(HasSubstr("【演练】"), Not(HasSubstr("【实战】"))));
}

TEST_F(WatchTest, AnAnswerNamesItsAlertItsTimeAndThePerson) {
  alert::v1::SubscribeEvent snapshot;
  *snapshot.mutable_snapshot()->mutable_alert() = RedCorrection();
  Printed(snapshot);
  alert::v1::SubscribeEvent event;
  auto* recipient = event.mutable_recipient()->add_recipients();
  recipient->set_alert("alerts/2026-0005");
  recipient->set_area_name("平安社区");
  recipient->set_post_title("网格员值班岗");
  recipient->set_state(alert::v1::CANNOT_COMPLY);
  recipient->set_answer_text("桥断");
  recipient->mutable_answered_by()->set_person_name("王强");
  *recipient->mutable_answered_at() = At("2026-11-28 20:01:00");
  EXPECT_EQ(Printed(event),
            "  2026-11-28 20:01:00 【实战】alerts/2026-0005《暴雨红色预警》 平安社区 "
            "网格员值班岗：无法执行"
            "（桥断） · 王强\n");
}

TEST_F(WatchTest, AStepSaysWhoIsSilentWhoIsCalledAndTheLimit) {
  alert::v1::SubscribeEvent event;
  alert::v1::Escalation& step = *event.mutable_escalation()->mutable_escalation();
  step = Step();
  WatchScreen other(say_, out_, {.posts = {"posts/lingbei-duty"}, .mark = ""});
  other.Show(event);
  EXPECT_EQ(out_.str(),
            "  2026-11-28 20:05:00 【实战】‼ 叫应：alerts/2026-0005《暴雨红色预警》 "
            "超过应答时限未应答，呼叫副岗；"
            "未应答：国安社区网格员值班岗；已呼叫：国安社区副主任（李秀英）；时限：2026-11-28 "
            "20:05:00\n");
}

TEST_F(WatchTest, WhoIsCalledIsRungAndToldWhatToDoLiveAndInASnapshot) {
  alert::v1::SubscribeEvent live;
  *live.mutable_escalation()->mutable_escalation() = Step();
  alert::v1::SubscribeEvent in_answer;
  *in_answer.mutable_recipient()->add_escalations() = Step();
  alert::v1::SubscribeEvent in_alert;
  *in_alert.mutable_alert()->mutable_alert() = RedCorrection();
  *in_alert.mutable_alert()->add_escalations() = Step();
  alert::v1::SubscribeEvent snapshot;
  *snapshot.mutable_snapshot()->mutable_alert() = RedCorrection();
  *snapshot.mutable_snapshot()->add_escalations() = Step();
  for (const auto& event : {live, in_answer, in_alert, snapshot}) {
    EXPECT_THAT(Printed(event), AllOf(HasSubstr("\a2026-11-28 20:05:00 【实战】‼ 您被叫应："),
                                      HasSubstr("国安社区副主任"),
                                      HasSubstr("请代为应答：huying answer alerts/2026-0005")));
  }
  alert::v1::Escalation& above = *live.mutable_escalation()->mutable_escalation();
  above.set_step(2);
  EXPECT_THAT(Printed(live), HasSubstr("--for-post posts/guoan-duty"));
}

// An overdue make-up climbs like a silent post, without one.
TEST_F(WatchTest, AnOverdueMakeUpSaysWhatIsOwed) {
  alert::v1::SubscribeEvent event;
  alert::v1::Escalation& step = *event.mutable_escalation()->mutable_escalation();
  step.set_name("makeups/alerts/2026-0005/review");
  step.set_alert("alerts/2026-0005");
  step.set_step(2);
  step.set_reason("待补事项逾期：补审核");
  step.add_called_posts("posts/guoan-deputy");
  *step.mutable_at() = At("2026-11-28 21:00:00");
  EXPECT_THAT(Printed(event), AllOf(HasSubstr("您被叫应：alerts/2026-0005"), HasSubstr("补审核"),
                                    HasSubstr("huying alert show alerts/2026-0005")));
}

TEST_F(WatchTest, WhatThePostOwesRingsUntilItIsClosed) {
  common::v1::Obligation owed;
  owed.set_name("incidents/2026-0007/obligations/incident.verify");
  owed.set_subject("incidents/2026-0007");
  owed.set_kind(common::v1::Obligation::VERIFICATION);
  owed.set_state(common::v1::Obligation::RUNNING);
  owed.set_title("核实时限");
  owed.set_matter("燃气爆炸，3 人被埋");
  owed.set_post("posts/district-duty");
  *owed.mutable_start_at() = At("2026-11-28 20:00:00");
  *owed.mutable_due_at() = At("2026-11-28 20:15:00");
  common::v1::InboxEvent event;
  *event.mutable_changed()->add_obligations() = owed;
  EXPECT_EQ(Printed(event),
            "\a2026-11-28 20:00:00 【实战】☎ 待办：[核实 进行中] 核实时限：燃气爆炸，3 "
            "人被埋（incidents/2026-0007），"
            "截止 2026-11-28 20:15:00，责任岗位 posts/district-duty\n");
  auto* changed = event.mutable_changed()->mutable_obligations(0);
  changed->set_state(common::v1::Obligation::OVERDUE);
  changed->set_missed(2);
  *changed->mutable_overdue_at() = At("2026-11-28 20:15:00");
  EXPECT_THAT(Printed(event), AllOf(StartsWith("\a2026-11-28 20:15:00"), HasSubstr("已逾期"),
                                    HasSubstr("已错过 2 次")));
  changed->set_state(common::v1::Obligation::MET_LATE);
  *changed->mutable_closed_at() = At("2026-11-28 20:30:00");
  EXPECT_THAT(Printed(event),
              AllOf(StartsWith("2026-11-28 20:30:00"), HasSubstr("✓ [核实 逾期办结]")));
  common::v1::InboxEvent snapshot;
  *snapshot.mutable_owed() = owed;
  EXPECT_THAT(Printed(snapshot), HasSubstr("\a2026-11-28 20:00:00 【实战】☎ 待办："));
}

TEST_F(WatchTest, TheRestSaysWhereTheStreamStands) {
  alert::v1::SubscribeEvent end;
  end.mutable_snapshot_end();
  EXPECT_THAT(Printed(end), HasSubstr("以下是实时"));
  alert::v1::SubscribeEvent beat;
  beat.mutable_heartbeat()->set_degraded(true);
  EXPECT_THAT(Printed(beat), HasSubstr("变慢但不丢"));
  alert::v1::SubscribeEvent resync;
  resync.mutable_resync()->set_reason("epoch");
  EXPECT_THAT(Printed(resync), HasSubstr("重新列出"));
}

TEST(FieldTextDeathTest, AFieldThatDoesNotExistEndsTheProgramAndIsNotSilence) {
  const Say say(Language::kChinese);
  const alert::v1::EscalationRaised raised;
  EXPECT_DEATH(FieldText(say, raised, "silent_posts"), "has no field silent_posts");
}

}  // namespace
}  // namespace huying::cli
