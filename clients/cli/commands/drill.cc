// SPDX-License-Identifier: Apache-2.0
//
// `huying drill …`: write, check, play and steer exercises.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/commands.h"
#include "clients/cli/commands/common_fields.h"
#include "clients/cli/commands/drill_screen.h"
#include "clients/cpp/session.h"
#include "clients/drill/new_scenario.h"
#include "clients/drill/record.h"
#include "clients/drill/report/report.h"
#include "clients/drill/runner.h"
#include "clients/drill/scenario.h"
#include "clients/verify/verify.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/status.h"

namespace huying::cli {
namespace {

using drill_client::Findings;
using drill_client::Scenario;

volatile std::sig_atomic_t stop_asked = 0;

struct RunWords {
  std::string file;
  std::string report;
  std::string record;
  std::string table;
  std::string case_file;
  std::string public_key;
  std::vector<std::string> remotes;  // "alert=127.0.0.1:7402"
  std::optional<int64_t> seed;
  std::string start;
  bool quiet = false;
};

// huying-verify beside this program, as it is built and installed; else by its name.
std::string VerifyProgram() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / "huying-verify";
  return !error && std::filesystem::exists(beside, error) ? beside.string() : "huying-verify";
}

absl::Status CannotWrite(const std::string& path) {
  return base::Refused(base::Reason::CONDITION_NOT_MET, absl::StrCat("写不了文件 ", path),
                       absl::StrCat("cannot write ", path));
}

absl::Status BadStart() {
  return base::Invalid(base::Reason::FIELD_INVALID,
                       "--start 应为 2026-12-07 或 2026-12-07T01:30:00+08:00",
                       "--start wants 2026-12-07 or 2026-12-07T01:30:00+08:00");
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (in) return text.str();
  return base::Refused(base::Reason::NOT_FOUND, absl::StrCat("读不了文件 ", path),
                       absl::StrCat("cannot read ", path));
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  return out ? absl::OkStatus() : CannotWrite(path);
}

void PrintFindings(const Cli& cli, const std::string& file, const Findings& findings) {
  if (cli.json()) {
    for (const auto& finding : findings) {
      std::cerr << nlohmann::json{{"file", file},
                                  {"line", finding.line},
                                  {"column", finding.column},
                                  {"error", finding.error},
                                  {"message", finding.zh},
                                  {"message_en", finding.en}}
                << "\n";
    }
    return;
  }
  for (const auto& finding : findings) {
    std::cerr << file << ":" << finding.line << ":" << finding.column << ": "
              << (finding.error ? cli.say()("错误", "error") : cli.say()("提醒", "warning")) << ": "
              << cli.say()(finding.zh, finding.en) << "\n";
  }
}

// Posts and plans of the server, when somebody is signed in and it answers.
drill_client::Known AskServer(Cli& cli) {
  drill_client::Known known;
  if (cli.session().token().empty()) return known;
  directory::v1::ListPostsRequest posts;
  posts.set_page_size(500);
  directory::v1::ListPostsResponse post_page;
  do {
    post_page.Clear();
    if (!cli.session()
             .Call("huying.directory.v1.DirectoryService/ListPosts", posts, &post_page)
             .ok()) {
      return {};
    }
    for (const auto& post : post_page.posts()) known.posts.insert(post.name());
    posts.set_page_token(post_page.next_page_token());
  } while (!posts.page_token().empty());
  plan::v1::ListPlansRequest plans;
  plans.set_in_force_only(true);
  plan::v1::ListPlansResponse plan_page;
  if (cli.session().Call("huying.plan.v1.PlanService/ListPlans", plans, &plan_page).ok()) {
    for (const auto& plan : plan_page.plans()) known.plans.insert(plan.name());
  }
  return known;
}

// Nothing when the file has errors; they are printed then.
std::optional<Scenario> Load(Cli& cli, const std::string& file, int* exit_code) {
  const absl::StatusOr<std::string> text = ReadFile(file);
  if (!text.ok()) {
    *exit_code = cli.Fail(text.status());
    return std::nullopt;
  }
  Findings findings;
  std::optional<Scenario> scenario = drill_client::ParseScenario(*text, findings);
  if (scenario) drill_client::CheckAgainst(*scenario, AskServer(cli), findings);
  PrintFindings(cli, file, findings);
  *exit_code = kUnexpected;
  if (drill_client::HasErrors(findings)) return std::nullopt;
  return scenario;
}

int Lint(Cli& cli, const std::string& file) {
  int exit_code = kOk;
  const auto scenario = Load(cli, file, &exit_code);
  if (!scenario) return exit_code;
  const std::string counts = cli.say()(
      absl::StrCat(scenario->actors.size(), " 个角色, ", scenario->injects.size(), " 个情景, ",
                   scenario->acts.size(), " 个动作, ", scenario->expectations.size(), " 项期望"),
      absl::StrCat(scenario->actors.size(), " actors, ", scenario->injects.size(), " injects, ",
                   scenario->acts.size(), " acts, ", scenario->expectations.size(),
                   " expectations"));
  cli.Tell({{"file", file},
            {"actors", scenario->actors.size()},
            {"injects", scenario->injects.size()},
            {"acts", scenario->acts.size()},
            {"expectations", scenario->expectations.size()}},
           absl::StrCat("✓ ", file, ": ", counts));
  return kOk;
}

int New(Cli& cli, const std::string& file) {
  if (std::ifstream(file).good()) {
    return cli.Fail(base::AlreadyExists(absl::StrCat(file, " 已经存在"),
                                        absl::StrCat(file, " is there already")));
  }
  const absl::Status written = WriteFile(file, std::string(drill_client::NewScenario()));
  if (!written.ok()) return cli.Fail(written);
  cli.Tell({{"file", file}},
           absl::StrCat("✓ ", file, "\n  huying drill lint ", file, "\n  huying drill run ", file));
  return kOk;
}

// The exported case against the key that was published, not the one it brings along.
absl::Status CheckKey(const RunWords& words, const drill_client::RunResult& result) {
  if (words.public_key.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string file, ReadFile(words.public_key));
  const std::string key = verify::PublicKeyFrom(file);
  if (!key.empty() && verify::VerifyCaseFile(result.case_file, key).findings.empty()) {
    return absl::OkStatus();
  }
  return base::Refused(base::Reason::CONDITION_NOT_MET,
                       absl::StrCat("案卷与公钥 ", words.public_key, " 不符"),
                       absl::StrCat("the case file does not fit the key ", words.public_key));
}

int KeepAndPrint(Cli& cli, const RunWords& words, const drill_client::RunResult& result,
                 absl::Duration took) {
  const drill_client::RecordOptions options = {.case_file_path = words.case_file,
                                               .public_key_path = words.public_key,
                                               .verify_program = VerifyProgram(),
                                               .machine_seconds = absl::ToDoubleSeconds(took)};
  const nlohmann::json record = drill_client::ToRecord(result, options);
  absl::Status status = CheckKey(words, result);
  if (!words.record.empty()) status.Update(WriteFile(words.record, record.dump(1)));
  if (!words.table.empty()) {
    status.Update(WriteFile(words.table, drill_client::ScoreTable(result.exercise)));
  }
  if (!words.case_file.empty()) status.Update(WriteFile(words.case_file, result.case_file));
  if (!words.report.empty()) {
    status.Update(WriteFile(words.report, drill_report::RenderReport(record)));
  }
  if (cli.json()) {
    std::cout << record.dump(1) << "\n";
  } else {
    DrillScreen(cli.say(), words.quiet).ShowResult(result);
    std::cout << cli.say()("用时 ", "took ")
              << absl::FormatDuration(absl::Trunc(took, absl::Milliseconds(1))) << "\n";
    if (!words.case_file.empty()) {
      std::cout << cli.say()("案卷, 离线核验: ", "case file; to check it offline: ")
                << drill_client::VerifyCommand(options) << "\n";
    }
    if (!words.report.empty()) {
      std::cout << cli.say()("报告: ", "report: ") << words.report << "\n";
    }
  }
  if (!status.ok()) return cli.Fail(status);
  return result.passed() ? kOk : kUnexpected;
}

int Run(Cli& cli, const RunWords& words) {
  int exit_code = kOk;
  std::optional<Scenario> scenario = Load(cli, words.file, &exit_code);
  if (!scenario) return exit_code;
  if (words.seed) scenario->seed = *words.seed;
  if (!words.start.empty()) {
    scenario->start = drill_client::ParseStart(words.start, *scenario);
    if (!scenario->start) return cli.Fail(BadStart());
  }
  const auto token = cli.session().FreshToken();
  if (!token.ok()) return cli.Fail(token.status());
  client::ConnectionOptions where = {.server = cli.session().server(),
                                     .ca_file = cli.options().root_certificate};
  for (const std::string& remote : words.remotes) {
    const size_t equals = remote.find('=');
    if (equals != std::string::npos) {
      where.elsewhere[remote.substr(0, equals)] = remote.substr(equals + 1);
    }
  }
  auto connection = client::Connection::Open(std::move(where));
  if (!connection.ok()) return cli.Fail(connection.status());
  client::Session director(**connection, *token, [&cli] { return cli.session().FreshToken(); });
  DrillScreen screen(cli.say(), words.quiet || cli.json());
  std::signal(SIGINT, [](int) { stop_asked = 1; });
  drill_client::RunOptions options;
  options.on_progress = [&screen](const drill_client::Progress& progress) {
    screen.Show(progress);
  };
  options.on_pause = [&screen](bool paused) { screen.ShowPause(paused); };
  options.stop_requested = [] { return stop_asked != 0; };
  if (!cli.json() && !scenario->notice.empty()) {
    std::cout << cli.say()(scenario->notice,
                           scenario->notice_en.empty() ? scenario->notice : scenario->notice_en)
              << "\n";
  }
  const absl::Time began = cli.session().clock().Now();
  const auto result = drill_client::RunScenario(director, *scenario, options);
  if (!result.ok()) return cli.Fail(result.status());
  return KeepAndPrint(cli, words, *result, cli.session().clock().Now() - began);
}

int Report(Cli& cli, const std::string& record, const std::string& page) {
  const absl::StatusOr<std::string> text = ReadFile(record);
  if (!text.ok()) return cli.Fail(text.status());
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return cli.Fail(base::Invalid(base::Reason::MALFORMED_REQUEST,
                                  absl::StrCat(record, " 不是演练记录"),
                                  absl::StrCat(record, " is no record of a drill")));
  }
  const absl::Status written = WriteFile(page, drill_report::RenderReport(json));
  if (!written.ok()) return cli.Fail(written);
  cli.Tell({{"page", page}}, absl::StrCat("✓ ", page));
  return kOk;
}

void AddSteering(Cli& cli, CLI::App* group) {
  const std::string service = "huying.drill.v1.DrillService/";
  const Field name = {"name", "name", "演练编号", "exercise", kRequired};
  cli.AddCall(group, {.name = "list",
                      .zh = "列出演练",
                      .en = "list exercises",
                      .method = service + "ListExercises",
                      .fields = PageFields(),
                      .list = "exercises",
                      .columns = {{"编号", "name", "name"},
                                  {"标题", "title", "title"},
                                  {"状态", "state", "state"},
                                  {"达到", "met", "met"},
                                  {"未达", "missed", "missed"},
                                  {"环境", "realm", "realm"}},
                      .example = "drill list"});
  cli.AddCall(group, {.name = "show",
                      .zh = "查看一次演练",
                      .en = "show one exercise",
                      .method = service + "GetExercise",
                      .fields = {name},
                      .example = "drill show exercises/2026-0001"});
  cli.AddCall(group, {.name = "pause",
                      .zh = "暂停 (时钟不走)",
                      .en = "pause: the clock stands",
                      .method = service + "PauseExercise",
                      .fields = {name, {"--reason", "reason", "原因", "why"}},
                      .example = "drill pause exercises/2026-0001 --reason 转入实战"});
  cli.AddCall(group, {.name = "resume",
                      .zh = "继续",
                      .en = "resume",
                      .method = service + "ResumeExercise",
                      .fields = {name},
                      .example = "drill resume exercises/2026-0001"});
  cli.AddCall(group, {.name = "stop",
                      .zh = "意外终止",
                      .en = "end it before its time",
                      .method = service + "StopExercise",
                      .fields = {name, {"--reason", "reason", "原因", "why"}},
                      .example = "drill stop exercises/2026-0001 --reason 转入实战"});
  cli.AddCall(group, {.name = "score",
                      .zh = "评分 (结束之后; 脚本运行时自动评分)",
                      .en = "score it after its end; a run does so by itself",
                      .method = service + "ScoreExercise",
                      .fields = {name},
                      .example = "drill score exercises/2026-0001"});
  cli.AddCall(group, {.name = "archive",
                      .zh = "归档 (关闭演练环境)",
                      .en = "archive: close its realm",
                      .method = service + "ArchiveExercise",
                      .fields = {name},
                      .example = "drill archive exercises/2026-0001"});
}

}  // namespace

void AddDrillCommands(Cli& cli) {
  CLI::App* group = cli.AddGroup("drill", "演练: 编写, 检查, 运行, 评分", "drills");
  const Say& say = cli.say();
  auto file = std::make_shared<std::string>();
  cli.AddCommand(group, "new", "写一个可运行的小脚本", "write a small scenario that runs",
                 "drill new my-drill.yaml", [&cli, file] { return New(cli, *file); })
      ->add_option("file", *file, "my-drill.yaml")
      ->required();
  cli.AddCommand(group, "lint", "检查脚本 (登录后还核对岗位与预案)",
                 "check a scenario; signed in, its posts and plans too",
                 "drill lint clients/drill/scenarios/smoke.yaml",
                 [&cli, file] { return Lint(cli, *file); })
      ->add_option("file", *file, "my-drill.yaml")
      ->required();
  auto words = std::make_shared<RunWords>();
  CLI::App* run = cli.AddCommand(group, "run", "在独立环境中演练并评分 (全部达到才返回 0)",
                                 "play it in a realm of its own; 0 only when all is met",
                                 "drill run clients/drill/scenarios/smoke.yaml --report smoke.html",
                                 [&cli, words] { return Run(cli, *words); });
  run->add_option("file", words->file, "xinxing-2009.yaml")->required();
  run->add_option("--report", words->report, say("报告页 (一个 HTML 文件)", "report page (HTML)"));
  run->add_option("--record", words->record, say("记录 (JSON)", "record (JSON)"));
  run->add_option("--table", words->table, say("评分表 (文本)", "score table (text)"));
  CLI::Option* case_file =
      run->add_option("--case-file", words->case_file, say("导出案卷", "export the case file"));
  run->add_option("--seed", words->seed, say("另用一个种子", "another seed"));
  run->add_option(
      "--start", words->start,
      say("演练开始的日期或时刻 (缺省: 现在, 或脚本所定的下一个时刻)",
          "date or time at which it begins (default: now, or the scenario's time of day)"));
  run->add_option("--remote", words->remotes,
                  say("在另一进程的服务: alert=主机:端口", "a service elsewhere: alert=host:port"))
      ->allow_extra_args(false);
  run->add_flag("--quiet", words->quiet, say("只显示结果", "the result only"));
  run->add_option("--public-key", words->public_key,
                  say("公布的公钥文件, 核对案卷并写进报告",
                      "the published key file: checks the case "
                      "file, named in the report"))
      ->check(CLI::ExistingFile)
      ->needs(case_file);
  run->footer(say("开始前先归档你有权归档的、已经结束的各次演练; 其文件夹仍可读.\n",
                  "Earlier exercises that are over and yours to archive are archived first; their "
                  "folders stay readable.\n") +
              run->get_footer());
  auto page = std::make_shared<std::string>("report.html");
  CLI::App* report =
      cli.AddCommand(group, "report", "由记录生成报告页", "make the page of a record",
                     "drill report run.json --to report.html",
                     [&cli, file, page] { return Report(cli, *file, *page); });
  report->add_option("record", *file, "run.json")->required();
  report->add_option("--to", *page, "report.html");
  AddSteering(cli, group);
}

}  // namespace huying::cli
