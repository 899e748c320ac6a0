// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/drill_screen.h"

#include <unistd.h>

#include <iostream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/table.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/clock.h"

namespace huying::cli {
namespace {

using drill_client::Progress;
using drill_client::RunResult;
using drill_client::TierCounts;
using drill_client::TimelineItem;

constexpr int kHashShown = 16;
constexpr int kTextWidthMax = 56;

const char* Mark(const TimelineItem& item) {
  if (item.bad) return "!";
  if (item.kind == "inject") return "▶";
  if (item.kind == "alert") return "◉";
  if (item.kind == "answer") return "✓";
  if (item.kind == "task") return "▪";
  return "·";
}

std::string Counts(const TierCounts& c) {
  return absl::StrCat(c.sent, "/", c.delivered, "/", c.read, "/", c.answered);
}

}  // namespace

DrillScreen::DrillScreen(const Say& say, bool quiet)
    : say_(say), quiet_(quiet), terminal_(isatty(STDOUT_FILENO) == 1) {}

void DrillScreen::ClearStatus() {
  if (status_shown_) std::cout << "\r\x1b[K";
  status_shown_ = false;
}

void DrillScreen::ShowStatus(const Progress& progress) {
  const auto& s = *progress.situation;
  const auto tasks = s.Tasks();
  const auto clocks = s.Clocks();
  const std::string line = absl::StrCat(
      say_("发/达/读/答  区 ", "sent/delivered/read/answered  district "),
      Counts(s.Counts(common::v1::DISTRICT)), say_("  街道 ", "  subdistricts "),
      Counts(s.Counts(common::v1::SUBDISTRICT)), say_("  社区 ", "  communities "),
      Counts(s.Counts(common::v1::COMMUNITY)), say_("  任务 ", "  tasks "), tasks.done, "/",
      tasks.assigned, say_("  时限 按时", "  limits met "), clocks.met, say_(" 超时", " missed "),
      clocks.missed, say_("  期望 达到", "  expectations met "), progress.score.met,
      say_(" 未达", " missed "), progress.score.missed, say_(" 待定", " open "),
      progress.score.open);
  std::cout << "  " << line;
  if (terminal_) {
    std::cout << std::flush;
    status_shown_ = true;
  } else {
    std::cout << "\n";
  }
}

void DrillScreen::ShowItem(const TimelineItem& item) {
  const std::string when = base::BeijingTime(item.at);  // "2009-11-21 02:30:00"
  if (when.substr(0, 10) != day_) {
    day_ = when.substr(0, 10);
    std::cout << "── " << day_ << " ──\n";
  }
  std::cout << when.substr(11) << " " << Mark(item) << " " << say_(item.zh, item.en);
  if (!item.who.empty() && item.who != " ") std::cout << "  〔" << item.who << "〕";
  std::cout << "\n";
}

void DrillScreen::Show(const Progress& progress) {
  if (quiet_) return;
  const TimelineItem& item = *progress.item;
  const bool copied = item.ledger == "directory" || item.ledger == "plan";
  const bool small = item.kind == "receipt" || item.kind == "routine";
  if (copied || (small && !terminal_)) return;
  ClearStatus();
  if (!small) ShowItem(item);
  if (terminal_ || item.kind == "inject") ShowStatus(progress);
}

void DrillScreen::ShowPause(bool paused) {
  ClearStatus();
  std::cout << (paused ? say_("‖ 演练已暂停，等待继续 (huying drill resume)",
                              "‖ paused; waiting for: huying drill resume")
                       : say_("▶ 演练继续", "▶ resumed"))
            << std::endl;
}

void DrillScreen::ShowResult(const RunResult& result) {
  ClearStatus();
  const bool zh = say_.language() == Language::kChinese;
  const auto text = [zh](absl::Duration d) {
    return zh ? drill::rules::DurationTextZh(d) : drill::rules::DurationText(d);
  };
  std::vector<std::vector<std::string>> rows;
  for (const auto& r : result.exercise.results()) {
    const std::string limit = text(drill::rules::ToDuration(r.limit()));
    rows.push_back(
        {r.met() ? "✓" : "✗",
         CutTo(say_(r.text(), r.text_en().empty() ? r.text() : r.text_en()), kTextWidthMax),
         r.silence() ? say_("沉默 ", "silent ") + limit : limit,
         r.has_measured() ? text(drill::rules::ToDuration(r.measured())) : "—",
         absl::StrCat(r.met() ? say_("达到", "met") : say_("未达", "missed"),
                      r.explanation().empty() ? ""
                      : zh                    ? "："
                                              : ": ",
                      say_(r.explanation(), r.explanation_en()))});
  }
  std::cout << "\n"
            << RenderTable({"", say_("期望", "expectation"), say_("时限", "limit"),
                            say_("实测", "measured"), say_("结果", "result")},
                           rows);
  std::cout << absl::StrFormat("%s %d, %s %d\n", say_("达到", "met"), result.exercise.met(),
                               say_("未达", "missed"), result.exercise.missed());
  const auto clocks = result.situation.Clocks();
  std::cout << absl::StrFormat("%s %d, %s %d, %s %d\n",
                               say_("报告等时限  按时", "limits of reports and duties  met"),
                               clocks.met, say_("超时", "missed"), clocks.missed,
                               say_("未到时限", "still running"), clocks.running);
  for (const auto& problem : result.problems) {
    std::cout << "✗ " << base::BeijingTime(problem.at) << " " << problem.act << ": "
              << say_(problem.zh, problem.en) << "\n";
  }
  for (const auto& ledger : result.verified.ledgers) {
    std::cout << say_("  链头 ", "  chain head ") << ledger.name << " #" << ledger.head_seq << " "
              << ledger.head_hash.substr(0, kHashShown) << "…\n";
  }
  for (const auto& finding : result.verified.findings) std::cout << "✗ " << finding.text << "\n";
}

}  // namespace huying::cli
