// SPDX-License-Identifier: Apache-2.0
//
// Issue → last of N subscribers: N gRPC streams on Subscribe, one notice after another, the time from
// before the call to each stream's AlertChanged. Also the server's memory per idle subscriber.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/rpc/channel.h"

namespace {

using huying::alert::v1::SubscribeEvent;
using SteadyClock = std::chrono::steady_clock;

// Resident kB of a process.
int64_t ResidentKb(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (status >> word) {
    int64_t kb = 0;
    if (word == "VmRSS:" && status >> kb) return kb;
  }
  return 0;
}

class Crowd {
 public:
  // One stream per subscriber over `connections` connections, all live when it returns.
  Crowd(const std::string& target, const std::string& token, int subscribers, int connections) {
    for (int i = 0; i < connections; ++i) {
      channels_.push_back(*huying::rpc::Channel::Open(
          {.target = target, .server_name = "", .default_limit = absl::Seconds(30 + i)}));
    }
    huying::alert::v1::SubscribeRequest request;
    for (int i = 0; i < subscribers; ++i) {
      streams_.push_back(channels_[i % connections]->OpenTypedStream<SubscribeEvent>(
          "huying.alert.v1.AlertService/Subscribe", token, absl::InfiniteFuture(), request,
          [this](const SubscribeEvent& event) { On(event); },
          [this](const absl::Status& status) { Ended(status); }));
    }
    absl::MutexLock lock(&mutex_);
    auto all = [this, subscribers] { return live_ >= subscribers; };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&all), absl::Seconds(60)))
      Die("not all streams are live");
  }
  ~Crowd() {
    {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
    }
    streams_.clear();
  }

  // Milliseconds from `start` to each stream's sight of `alert`.
  std::vector<double> Wait(const std::string& alert, SteadyClock::time_point start) {
    absl::MutexLock lock(&mutex_);
    auto all = [&] { return seen_[alert].size() >= streams_.size(); };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&all), absl::Seconds(30)))
      Die("an alert did not reach all");
    std::vector<double> times;
    for (auto at : seen_[alert]) {
      times.push_back(std::chrono::duration<double, std::milli>(at - start).count());
    }
    return times;
  }

  huying::rpc::Channel& channel() { return *channels_[0]; }

 private:
  [[noreturn]] static void Die(const char* why) {
    std::cerr << why << "\n";
    std::exit(1);
  }
  void On(const SubscribeEvent& event) {
    const auto now = SteadyClock::now();
    absl::MutexLock lock(&mutex_);
    if (event.has_snapshot_end()) ++live_;
    if (event.has_alert()) seen_[event.alert().alert().name()].push_back(now);
  }
  void Ended(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (!closing_) Die(std::string(status.message()).c_str());
  }

  absl::Mutex mutex_;
  int live_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, std::vector<SteadyClock::time_point>> seen_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<huying::rpc::Channel>> channels_;
  std::vector<std::unique_ptr<huying::rpc::ClientStream>> streams_;
};

// Issues one notice; its name.
std::string Issue(Crowd& crowd, const std::string& token, int number) {
  huying::alert::v1::IssueNoticeRequest request;
  request.set_request_id("bench-" + std::to_string(SteadyClock::now().time_since_epoch().count()));
  request.set_title("演示通知 " + std::to_string(number));
  request.set_text(std::string(300, 'x'));
  request.add_target_areas("230407");
  request.set_refers_to("incidents/2026-0001");
  auto* basis = request.add_legal_basis();
  basis->set_kind(huying::common::v1::LegalBasis::LAW);
  basis->set_title("突发事件应对法");
  basis->set_article("第七十三条");
  huying::common::v1::Receipt receipt;
  const absl::Status status = crowd.channel().Call(
      "huying.alert.v1.AlertService/IssueNotice", token,
      huying::base::SystemClock().Now() + absl::Seconds(20), request, &receipt);
  if (!status.ok()) {
    std::cerr << status.message() << "\n";
    std::exit(1);
  }
  return receipt.name();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"alert fan-out, part of ./dev bench"};
  std::string target;
  std::string token;
  int subscribers = 100;
  int connections = 10;
  int alerts = 20;
  int server_pid = 0;
  app.add_option("--target", target)->required();
  app.add_option("--token", token)->required();
  app.add_option("--subscribers", subscribers)->check(CLI::Range(1, 20000));
  app.add_option("--connections", connections)->check(CLI::Range(1, 1000));
  app.add_option("--alerts", alerts)->check(CLI::Range(1, 1000));
  app.add_option("--server_pid", server_pid);
  CLI11_PARSE(app, argc, argv);

  const int64_t before = server_pid > 0 ? ResidentKb(server_pid) : 0;
  Crowd crowd(target, token, subscribers, connections);
  const int64_t after = server_pid > 0 ? ResidentKb(server_pid) : 0;
  std::vector<double> all;
  std::vector<double> last;
  for (int i = 0; i < alerts; ++i) {
    const auto start = SteadyClock::now();
    const std::string name = Issue(crowd, token, i);
    std::vector<double> times = crowd.Wait(name, start);
    last.push_back(*std::max_element(times.begin(), times.end()));
    all.insert(all.end(), times.begin(), times.end());
  }
  std::sort(all.begin(), all.end());
  std::sort(last.begin(), last.end());
  std::cout << "{\"p50_ms\": " << all[all.size() / 2]
            << ", \"p99_ms\": " << all[all.size() * 99 / 100]
            << ", \"last_ms\": " << last[last.size() / 2]
            << ", \"memory_per_subscriber\": " << (after - before) * 1024 / subscribers << "}"
            << std::endl;
}
