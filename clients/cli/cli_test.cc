// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "clients/cli/commands/commands.h"
#include "clients/cli/fields.h"
#include "clients/cli/table.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"

namespace huying::cli {
namespace {

using ::testing::HasSubstr;

TEST(Table, AChineseCharacterTakesTwoColumns) {
  EXPECT_EQ(DisplayWidth("岭北街道 A"), 10);
  EXPECT_EQ(RenderTable({"名称", "n"}, {{"沟北", "1"}, {"abc", "22"}}),
            "名称  n\n────  ──\n沟北  1\nabc   22\n");
}

TEST(Table, ALongCellIsCutWithAnEllipsis) {
  EXPECT_EQ(CutTo("新兴煤矿爆炸", 7), "新兴煤…");
  EXPECT_EQ(CutTo("新兴", 4), "新兴");
  EXPECT_EQ(CutTo("", 4), "");
}

TEST(Fields, WordsBecomeTypedFields) {
  incident::v1::TakeIntakeRequest request;
  ASSERT_TRUE(SetField(&request, "figures.missing", "139").ok());
  ASSERT_TRUE(SetField(&request, "event_class", "public-health").ok());
  ASSERT_TRUE(SetField(&request, "occurred_at", "2009-11-21 02:30").ok());
  EXPECT_EQ(request.figures().missing(), 139);
  EXPECT_EQ(request.event_class(), incident::v1::PUBLIC_HEALTH);
  EXPECT_EQ(request.occurred_at().seconds(), 1258741800);
  const Say say(Language::kChinese);
  EXPECT_EQ(FieldText(say, request, "occurred_at"), "2009-11-21 02:30:00");
  EXPECT_EQ(FieldText(say, request, "event_class"), "公共卫生事件");
}

TEST(Fields, AWrongWordSaysWhatWasExpected) {
  incident::v1::TakeIntakeRequest request;
  const auto status = SetField(&request, "event_class", "fire");
  EXPECT_THAT(base::ProblemOf(status).message_en(), HasSubstr("NATURAL | ACCIDENT"));
  EXPECT_EQ(base::ProblemOf(status).field(), "event_class");
  EXPECT_FALSE(SetField(&request, "figures.missing", "many").ok());
  EXPECT_FALSE(SetField(&request, "occurred_at", "yesterday").ok());
}

TEST(Fields, WhatPeopleTypeNeedsNoJson) {
  incident::v1::DraftReportRequest draft;
  ASSERT_TRUE(SetField(&draft, "content.receivers", "鹤岗市政府总值班室").ok());
  ASSERT_TRUE(SetField(&draft, "content.receivers", "岭北街道办事处:subdistrict").ok());
  ASSERT_TRUE(SetField(&draft, "content.receivers[].skip_reason", "道路中断").ok());
  ASSERT_EQ(draft.content().receivers_size(), 2);
  EXPECT_EQ(draft.content().receivers(0).addressee(), incident::v1::REPORT_TIER_UNSPECIFIED);
  EXPECT_EQ(draft.content().receivers(0).skip_reason(), "");
  EXPECT_EQ(draft.content().receivers(1).body(), "岭北街道办事处");
  EXPECT_EQ(draft.content().receivers(1).addressee(), incident::v1::REPORT_TIER_SUBDISTRICT);
  EXPECT_EQ(draft.content().receivers(1).skip_reason(), "道路中断");
  EXPECT_FALSE(SetField(&draft, "content.receivers", "甲:nowhere").ok());

  incident::v1::ActivateResponseRequest start;
  ASSERT_TRUE(SetField(&start, "legal_basis", "law:突发事件应对法:第七十二条:2024-06-28").ok());
  EXPECT_EQ(start.legal_basis(0).kind(), common::v1::LegalBasis::LAW);
  EXPECT_EQ(start.legal_basis(0).title(), "突发事件应对法");
  EXPECT_EQ(start.legal_basis(0).article(), "第七十二条");
  EXPECT_EQ(start.legal_basis(0).version_date(), "2024-06-28");
  EXPECT_FALSE(SetField(&start, "legal_basis", "minutes:会议纪要").ok()) << "R56";

  plan::v1::DryRunRequest dry_run;
  for (const char* fact : {"missing=139", "area=230407", "controlled=true", "class=ACCIDENT"}) {
    ASSERT_TRUE(SetField(&dry_run, "facts", fact).ok()) << fact;
  }
  EXPECT_EQ(dry_run.facts(0).number(), 139);
  EXPECT_TRUE(dry_run.facts(2).truth());
  EXPECT_EQ(dry_run.facts(3).text(), "ACCIDENT");
  EXPECT_FALSE(SetField(&dry_run, "facts", "missing").ok());
}

TEST(Fields, ARepeatedFieldTakesOneMoreElementAsJson) {
  incident::v1::ActivateResponseRequest request;
  ASSERT_TRUE(SetField(&request, "legal_basis", R"({"kind":"LAW","title":"突发事件应对法"})").ok());
  ASSERT_TRUE(SetField(&request, "areas", "230407001000").ok());
  ASSERT_TRUE(SetField(&request, "areas", "230407002000").ok());
  ASSERT_TRUE(SetField(&request, "expected_period", "7d").ok());
  EXPECT_EQ(request.legal_basis(0).title(), "突发事件应对法");
  EXPECT_EQ(request.areas_size(), 2);
  EXPECT_EQ(request.expected_period().seconds(), 7 * 24 * 3600);
}

TEST(ExitCodes, MeanSomething) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), kOk);
  EXPECT_EQ(ExitCodeOf(absl::FailedPreconditionError("")), kRefused);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("")), kRefused);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("")), kUnreachable);
  EXPECT_EQ(ExitCodeOf(absl::UnauthenticatedError("")), kSignIn);
}

// Building the parser finds every RPC, or ends; the test below finds every field of every row.
TEST(Commands, EveryCommandShowsItsHelpInBothLanguages) {
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    CLI::App app{"t", "huying"};
    Cli cli(app, {.language = language});
    AddAllCommands(cli);
    const std::string help = app.help("", CLI::AppFormatMode::All);
    const bool chinese = language == Language::kChinese;
    EXPECT_THAT(help, HasSubstr("take-over"));
    EXPECT_THAT(help, HasSubstr(chinese ? "应答" : "answer"));
    EXPECT_THAT(help, HasSubstr(chinese ? "用法" : "Usage"));
    EXPECT_THAT(help, HasSubstr(chinese ? "命令:" : "Commands:"));
    EXPECT_EQ(help.find("Options:") == std::string::npos, chinese);
    EXPECT_EQ(help.find("Subcommands"), std::string::npos);
    EXPECT_EQ(help.find("REQUIRED") == std::string::npos, chinese);
  }
}

TEST(Session, ATokenFileIsReadableByItsOwnerOnlyAndBoundToItsServer) {
  char folder[] = "/tmp/huying-cli-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  {
    Session session({.home = folder, .server = "127.0.0.1:1"});
    directory::v1::TokenResponse token;
    token.set_token("secret");
    token.set_realm("live");
    *token.mutable_expires_at() = base::ToProto(absl::FromUnixSeconds(4102444800));
    ASSERT_TRUE(session.Keep(token, "duty").ok());
  }
  struct stat info {};
  ASSERT_EQ(stat((std::string(folder) + "/session.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(Session({.home = folder}).token(), "secret");
  EXPECT_EQ(Session({.home = folder, .server = "127.0.0.1:2"}).token(), "");
}

TEST(Session, TheWayBackFromAnExerciseIsKeptAsLongAsItsTokenIs) {
  const base::TempDir folder;
  base::ManualClock clock(absl::FromUnixSeconds(1800000000));
  const auto token = [&](const char* text, const char* realm, absl::Duration life) {
    directory::v1::TokenResponse response;
    response.set_token(text);
    response.set_realm(realm);
    *response.mutable_expires_at() = base::ToProto(clock.Now() + life);
    return response;
  };
  const SessionOptions options = {.home = folder.path(), .server = "127.0.0.1:1", .clock = &clock};
  ASSERT_TRUE(Session(options).Keep(token("live-1", "live", absl::Minutes(15)), "duty").ok());
  ASSERT_TRUE(
      Session(options).Keep(token("drill-1", "drill-2026-0001", absl::Minutes(30)), "duty").ok());
  EXPECT_EQ(Session(options).realm(), "drill-2026-0001");
  ASSERT_TRUE(Session(options).ReturnToLive().ok());
  EXPECT_EQ(Session(options).token(), "live-1");
  ASSERT_TRUE(
      Session(options).Keep(token("drill-2", "drill-2026-0001", absl::Minutes(30)), "duty").ok());
  clock.Advance(absl::Minutes(16));
  EXPECT_EQ(ExitCodeOf(Session(options).ReturnToLive()), kSignIn);
  EXPECT_EQ(Session(options).token(), "drill-2");
}

TEST(Session, RequestIdsDiffer) {
  EXPECT_NE(NewRequestId(), NewRequestId());
  EXPECT_EQ(NewRequestId().size(), 32u);
}

}  // namespace
}  // namespace huying::cli
