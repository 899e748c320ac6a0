// SPDX-License-Identifier: Apache-2.0
//
// `huying watch`: a community's or district's screen on a terminal. Resumes by itself where it was.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/types/span.h"
#include "clients/cli/commands/commands.h"
#include "clients/cli/fields.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/base/status.h"

namespace huying::cli {
namespace {

using alert::v1::SubscribeEvent;
using alert::v1::SubscribeRequest;

constexpr char kSubscribe[] = "huying.alert.v1.AlertService/Subscribe";
constexpr char kReport[] = "huying.alert.v1.AlertService/ReportReceipts";
constexpr absl::Duration kBackOffFirst = absl::Seconds(1);
constexpr absl::Duration kBackOffMax = absl::Seconds(15);
constexpr size_t kReceiptsMax = 200;  // of one call
constexpr absl::Duration kLook = absl::Milliseconds(200);

// Set by a signal, read by the thread that watches.
std::atomic<bool> stop_watching = false;
static_assert(std::atomic<bool>::is_always_lock_free);

class Watch {
 public:
  Watch(Cli& cli, std::string area, bool receipts) : cli_(cli), receipts_(receipts) {
    request_.set_area(std::move(area));
  }

  int Run() {
    std::signal(SIGINT, [](int) { stop_watching = true; });
    absl::Duration wait = kBackOffFirst;
    while (!stop_watching) {
      const absl::Status status = RunOnce();
      if (stop_watching) break;
      // A stream ends with the token it was opened with; the one of now goes on at once.
      if (heard_ && base::ProblemOf(status).reason() == base::Reason::TOKEN_EXPIRED) continue;
      // A full queue or a lost link is resumed; a refusal is not.
      if (ExitCodeOf(status) != kUnreachable && !status.ok()) return cli_.Fail(status);
      wait = heard_ ? kBackOffFirst : std::min(wait * 2, kBackOffMax);
      SayLost(status, wait);
      Pause(wait);
    }
    return kOk;
  }

 private:
  // One stream, from open to end.
  absl::Status RunOnce() {
    heard_ = false;
    ASSIGN_OR_RETURN(const std::string token, cli_.session().FreshToken());
    ASSIGN_OR_RETURN(rpc::Channel * channel, cli_.session().channel());
    absl::Notification ended;
    absl::Status end;
    auto stream = channel->OpenTypedStream<SubscribeEvent>(
        kSubscribe, token, absl::InfiniteFuture(), request_,
        [this](const SubscribeEvent& event) { On(event); },
        [&](const absl::Status& status) {
          end = status;
          ended.Notify();
        });
    absl::Status renewed;
    while (!stop_watching && !ended.WaitForNotificationWithTimeout(kLook)) {
      SendReceipts();
      renewed = KeepTokenFresh();
      if (!renewed.ok()) break;
    }
    if (!ended.HasBeenNotified()) stream->Cancel();
    ended.WaitForNotification();
    return renewed.ok() ? end : renewed;
  }

  // A quiet stream makes no calls, and a token that nobody renews is of no use when the link breaks.
  // What cannot be reached now is tried again, as long as the stream lives.
  absl::Status KeepTokenFresh() {
    if (cli_.session().clock().Now() < renew_again_at_) return absl::OkStatus();
    absl::Status status = cli_.session().FreshToken().status();
    if (status.ok() || ExitCodeOf(status) != kUnreachable) return status;
    renew_again_at_ = cli_.session().clock().Now() + kBackOffMax;
    return absl::OkStatus();
  }

  void SayLost(const absl::Status& status, absl::Duration wait) const {
    const base::Problem problem = base::ProblemOf(status);
    const std::string& server = cli_.session().server();
    const std::string seconds = std::to_string(absl::ToInt64Seconds(wait));
    // The transport's own words, in English, say what a person can mend: refused, unknown host, certificate.
    std::cerr << cli_.say()("… 连接中断: ", "… connection lost: ") << server << ": "
              << cli_.say()(problem.message() + " (" + problem.message_en() + ")；" + seconds +
                                " 秒后续接",
                            problem.message_en() + "; resuming in " + seconds + " s");
    if (ExitCodeOf(status) == kUnreachable && !ever_heard_) {
      std::cerr << cli_.say()("。还没有连上过：核对 --server 与 --ca",
                              ". Never connected yet: check --server and --ca");
    }
    std::cerr << std::endl;
  }

  void Pause(absl::Duration wait) {
    absl::Notification never;
    for (absl::Duration waited; waited < wait && !stop_watching; waited += kLook) {
      never.WaitForNotificationWithTimeout(kLook);
    }
  }

  void On(const SubscribeEvent& event) {
    heard_ = true;
    ever_heard_ = true;
    if (event.has_cursor()) *request_.mutable_resume_from() = event.cursor();
    if (event.has_resync()) seen_.clear();
    // Order is promised per alert, not over all of them: what was seen is remembered by seq.
    const bool entry = event.has_alert() || event.has_recipient() || event.has_escalation();
    if (entry && !seen_.insert(event.seq()).second) return;
    seen_.erase(seen_.begin(), seen_.lower_bound(request_.resume_from().seq()));
    if (event.has_snapshot()) Remember(event.snapshot().alert());
    if (event.has_alert()) Remember(event.alert().alert());
    if (!event.has_heartbeat() || event.heartbeat().degraded()) Print(event);
  }

  void Remember(const alert::v1::Alert& alert) {
    absl::MutexLock lock(&mutex_);
    if (alert.state() == alert::v1::ISSUED && told_.insert(alert.name()).second) {
      to_report_[alert.case_id()].push_back(alert.name());
    }
  }

  // Delivered to this terminal; read and answered are a person's acts.
  void SendReceipts() {
    std::map<std::string, std::vector<std::string>> to_report;
    {
      absl::MutexLock lock(&mutex_);
      to_report.swap(to_report_);
    }
    if (!receipts_) return;
    // Each case by itself: a batch over several stands in no case file.
    for (const auto& [of_case, names] : to_report) {
      for (size_t first = 0; first < names.size() && !stop_watching; first += kReceiptsMax) {
        SendBatch(absl::MakeConstSpan(names).subspan(first, kReceiptsMax));
      }
    }
  }

  void SendBatch(absl::Span<const std::string> names) {
    alert::v1::ReportReceiptsRequest request;
    for (const std::string& name : names) {
      auto* item = request.add_items();
      item->set_alert(name);
      item->set_state(alert::v1::DELIVERED);
    }
    common::v1::Receipt receipt;
    const absl::Status status = cli_.session().Call(kReport, request, &receipt);
    // Who only looks on need not report.
    if (status.ok() || base::ProblemOf(status).rule_id() == "alert.recipient-only") return;
    (void)cli_.Fail(status);
  }

  void Print(const SubscribeEvent& event) const {
    if (cli_.json()) return cli_.PrintLine(event);
    const Say& say = cli_.say();
    if (event.has_snapshot()) PrintAlert("•", event.snapshot().alert());
    if (event.has_snapshot_end()) {
      std::cout << say("— 以上是现在有效的, 以下是实时 —", "— in force now; live from here —")
                << std::endl;
    }
    if (event.has_alert()) PrintAlert("▶", event.alert().alert());
    for (const auto& other : event.alert().also()) PrintAlert("▷", other);
    for (const auto& recipient : event.recipient().recipients()) {
      std::cout << "  " << recipient.area_name() << " " << recipient.post_title() << ": "
                << FieldText(say, recipient, "state") << " " << recipient.answer_text()
                << std::endl;
    }
    if (event.has_escalation()) {
      std::cout << "  ‼ " << say("叫应: ", "ladder: ")
                << FieldText(say, event.escalation(), "silent_posts") << " → "
                << FieldText(say, event.escalation(), "called_posts") << std::endl;
    }
    if (event.has_heartbeat()) {
      std::cout << say("… 推送降级 (Redis 不可用), 变慢但不丢",
                       "… push degraded: slower, nothing is lost")
                << std::endl;
    }
  }

  void PrintAlert(const char* sign, const alert::v1::Alert& alert) const {
    const Say& say = cli_.say();
    std::cout << sign << " " << alert.mark() << alert.name() << " ["
              << FieldText(say, alert, "kind") << " " << FieldText(say, alert, "color") << " "
              << FieldText(say, alert, "state") << "] " << alert.title() << "\n    " << alert.text()
              << std::endl;
  }

  Cli& cli_;
  const bool receipts_;
  SubscribeRequest request_;
  std::set<int64_t> seen_;  // entries not older than the cursor
  bool heard_ = false;
  bool ever_heard_ = false;
  absl::Time renew_again_at_ = absl::InfinitePast();
  absl::Mutex mutex_;
  std::set<std::string> told_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<std::string>> to_report_ ABSL_GUARDED_BY(mutex_);  // by case
};

}  // namespace

void AddWatchCommand(Cli& cli) {
  struct Words {
    std::string area;
    bool quiet = false;
  };
  auto words = std::make_shared<Words>();
  CLI::App* watch =
      cli.AddCommand(nullptr, "watch", "实时接收预警与通知, 断线自动续接",
                     "live alerts; resumes by itself", "watch --area 230407001",
                     [&cli, words] { return Watch(cli, words->area, !words->quiet).Run(); });
  watch->add_option("--area", words->area,
                    cli.say()("区划 (缺省: 本岗位的)", "area (default: your post's)"));
  watch->add_flag("--no-receipts", words->quiet, cli.say()("不上报送达", "do not report delivery"));
}

}  // namespace huying::cli
