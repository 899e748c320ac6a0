// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "clients/cli/commands/commands.h"
#include "clients/cli/fields.h"
#include "clients/cli/table.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "services/platform/base/status.h"

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

// Every row of every table names an RPC and fields that exist: building the parser checks the RPCs,
// this the paths.
TEST(Commands, EveryCommandShowsItsHelpInBothLanguages) {
  for (const char* language : {"zh", "en"}) {
    setenv("HUYING_LANG", language, 1);
    CLI::App app{"t", "huying"};
    Cli cli(app);
    AddSessionCommands(cli);
    AddIncidentCommands(cli);
    AddReportCommands(cli);
    AddResponseCommands(cli);
    AddAlertCommands(cli);
    AddWatchCommand(cli);
    AddDirectoryCommands(cli);
    AddPlanCommands(cli);
    AddCaseFileCommands(cli);
    const std::string help = app.help("", CLI::AppFormatMode::All);
    EXPECT_THAT(help, HasSubstr("take-over"));
    EXPECT_THAT(help, HasSubstr(std::string(language) == "zh" ? "应答" : "answer"));
  }
  unsetenv("HUYING_LANG");
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

TEST(Session, RequestIdsDiffer) {
  EXPECT_NE(NewRequestId(), NewRequestId());
  EXPECT_EQ(NewRequestId().size(), 32u);
}

}  // namespace
}  // namespace huying::cli
