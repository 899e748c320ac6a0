// SPDX-License-Identifier: Apache-2.0
//
// `huying watch`: a post's screen on a terminal: alerts of its area, calls, and what it owes. Resumes by itself
// where it was.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/types/span.h"
#include "clients/cli/commands/commands.h"
#include "clients/cli/commands/watch_screen.h"
#include "clients/cli/resumed_stream.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/common/v1/inbox.pb.h"
#include "services/platform/base/status.h"

namespace huying::cli {
namespace {

using alert::v1::SubscribeEvent;
using alert::v1::SubscribeRequest;
using common::v1::InboxEvent;
using common::v1::InboxRequest;

constexpr char kSubscribe[] = "huying.alert.v1.AlertService/Subscribe";
constexpr char kInbox[] = "huying.incident.v1.IncidentService/WatchInbox";
constexpr char kReport[] = "huying.alert.v1.AlertService/ReportReceipts";
constexpr char kWhoAmI[] = "huying.directory.v1.DirectoryService/RenewToken";
constexpr char kExerciseMark[] = "【演练】";
constexpr absl::Duration kBackOffFirst = absl::Seconds(1);
constexpr absl::Duration kBackOffMax = absl::Seconds(15);
constexpr absl::Duration kOffsetMax = absl::Minutes(1);
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
    absl::Status known = LearnWhoWatches();
    while (!known.ok() && ExitCodeOf(known) == kUnreachable && !stop_watching) {
      SayLost(known, wait, /*never=*/true);
      Pause(std::exchange(wait, std::min(wait * 2, kBackOffMax)));
      known = LearnWhoWatches();
    }
    if (stop_watching) return kOk;
    return known.ok() ? WatchBoth() : cli_.Fail(known);
  }

 private:
  // Own posts and realm: a call of the own post rings, and each line says live or exercise.
  absl::Status LearnWhoWatches() {
    directory::v1::RenewTokenRequest request;
    directory::v1::TokenResponse me;
    RETURN_IF_ERROR(cli_.session().Call(kWhoAmI, request, &me));
    WatchScreen::Reader reader;
    for (const std::string& post : {me.actor().post(), me.actor().acting_for_post()}) {
      if (!post.empty()) reader.posts.insert(post);
    }
    live_ = me.realm() == kLiveRealm;
    if (!live_) reader.mark = kExerciseMark;
    absl::MutexLock lock(&mutex_);
    screen_ = std::make_unique<WatchScreen>(cli_.say(), std::cout, std::move(reader));
    return absl::OkStatus();
  }

  int WatchBoth() {
    ResumedStream<SubscribeEvent, SubscribeRequest> alerts(
        cli_.session(), kSubscribe, request_, [this](const SubscribeEvent& event) { On(event); });
    ResumedStream<InboxEvent, InboxRequest> inbox(cli_.session(), kInbox, InboxRequest(),
                                                  [this](const InboxEvent& event) {
                                                    absl::MutexLock lock(&mutex_);
                                                    if (cli_.json()) return cli_.PrintLine(event);
                                                    screen_->Show(event);
                                                  });
    absl::Duration wait = kBackOffFirst;
    absl::Duration inbox_wait = kBackOffFirst;
    bool has_inbox = true;
    while (!stop_watching) {
      if (const auto refused = KeepOne(alerts, &wait)) return cli_.Fail(*refused);
      if (has_inbox) {
        if (const auto refused = KeepOne(inbox, &inbox_wait)) {
          has_inbox = false;
          SayNoInbox(*refused);
        }
      }
      SendReceipts();
      KeepTokenFresh();
      Pause(kLook);
    }
    return kOk;
  }

  // A full queue or a lost link is resumed; a refusal, returned, is not.
  template <typename Stream>
  std::optional<absl::Status> KeepOne(Stream& stream, absl::Duration* wait) {
    const std::optional<absl::Status> end = stream.Keep();
    if (!end || stop_watching) return std::nullopt;
    // A stream ends with the token it was opened with; the one of now goes on at once.
    if (stream.heard() && base::ProblemOf(*end).reason() == base::Reason::TOKEN_EXPIRED) {
      return std::nullopt;
    }
    if (ExitCodeOf(*end) != kUnreachable && !end->ok()) return end;
    *wait = stream.heard() ? kBackOffFirst : std::min(*wait * 2, kBackOffMax);
    stream.PauseFor(*wait);
    SayLost(*end, *wait, !stream.ever_heard());
    return std::nullopt;
  }

  // Quiet streams make no calls, and a token that nobody renews is of no use when the link breaks. What
  // cannot be reached now is tried again, as long as the streams live.
  void KeepTokenFresh() {
    if (SteadyNow() < renew_again_at_) return;
    if (cli_.session().FreshToken().ok()) return;
    renew_again_at_ = SteadyNow() + kBackOffMax;
  }

  void SayLost(const absl::Status& status, absl::Duration wait, bool never) {
    const base::Problem problem = base::ProblemOf(status);
    const std::string& server = cli_.session().server();
    const std::string seconds = std::to_string(absl::ToInt64Seconds(wait));
    absl::MutexLock lock(&mutex_);
    // The transport's own words, in English, say what a person can mend: refused, unknown host, certificate.
    std::cerr << cli_.say()("… 连接中断: ", "… connection lost: ") << server << ": "
              << cli_.say()(problem.message() + " (" + problem.message_en() + ")；" + seconds +
                                " 秒后续接",
                            problem.message_en() + "; resuming in " + seconds + " s");
    if (ExitCodeOf(status) == kUnreachable && never) {
      std::cerr << cli_.say()("。还没有连上过：核对 --server 与 --ca",
                              ". Never connected yet: check --server and --ca");
    }
    std::cerr << std::endl;
  }
  void SayNoInbox(const absl::Status& status) {
    const base::Problem problem = base::ProblemOf(status);
    absl::MutexLock lock(&mutex_);
    std::cerr << cli_.say()("⚠ 收不到待办 (只收预警与叫应): ",
                            "⚠ no to-do matters, only alerts and calls: ")
              << cli_.say()(problem.message(), problem.message_en()) << std::endl;
  }

  static void Pause(absl::Duration wait) {
    absl::Notification never;
    for (absl::Duration waited; waited < wait && !stop_watching; waited += kLook) {
      never.WaitForNotificationWithTimeout(std::min(kLook, wait));
    }
  }

  void On(const SubscribeEvent& event) {
    if (event.has_snapshot()) Remember(event.snapshot().alert());
    if (event.has_alert()) Remember(event.alert().alert());
    absl::MutexLock lock(&mutex_);
    if (event.has_heartbeat()) WarnOfClock(event.heartbeat());
    if (event.has_heartbeat() && !event.heartbeat().degraded()) return;
    if (cli_.json()) return cli_.PrintLine(event);
    screen_->Show(event);
  }

  // A person reads limits by the clock on his wall. An exercise has a time of its own.
  void WarnOfClock(const common::v1::Heartbeat& beat) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!live_ || warned_of_clock_) return;
    const absl::Duration ahead = cli_.session().clock().Now() - base::FromProto(beat.server_time());
    if (absl::AbsDuration(ahead) <= kOffsetMax) return;
    warned_of_clock_ = true;
    const std::string minutes = std::to_string(absl::ToInt64Minutes(absl::AbsDuration(ahead)));
    std::cerr << "\a"
              << cli_.say()("⚠ 本机时钟比服务器" +
                                std::string(ahead > absl::ZeroDuration() ? "快 " : "慢 ") +
                                minutes + " 分钟以上：请校时，时限以服务器时间为准",
                            "⚠ this machine's clock is more than " + minutes + " min " +
                                (ahead > absl::ZeroDuration() ? "ahead of" : "behind") +
                                " the server's: set it; limits go by the server's time")
              << std::endl;
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

  Cli& cli_;
  const bool receipts_;
  SubscribeRequest request_;
  bool live_ = true;
  absl::Time renew_again_at_ = absl::InfinitePast();
  absl::Mutex mutex_;
  std::unique_ptr<WatchScreen> screen_ ABSL_GUARDED_BY(mutex_);
  bool warned_of_clock_ ABSL_GUARDED_BY(mutex_) = false;
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
  CLI::App* watch = cli.AddCommand(
      nullptr, "watch", "实时接收预警、叫应与待办, 断线自动续接",
      "live alerts, calls and what your post owes; resumes by itself", "watch --area 230407001",
      [&cli, words] { return Watch(cli, words->area, !words->quiet).Run(); });
  watch->add_option("--area", words->area,
                    cli.say()("区划 (缺省: 本岗位的)", "area (default: your post's)"));
  watch->add_flag("--no-receipts", words->quiet, cli.say()("不上报送达", "do not report delivery"));
}

}  // namespace huying::cli
