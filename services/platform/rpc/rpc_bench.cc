// SPDX-License-Identifier: Apache-2.0
//
// What the pipeline costs beside a bare callback echo: same process, same client, same bytes, rounds in
// turn. Prints calls per second and processor time per call (both ends), and their ratio.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "services/platform/rpc/server.h"
#include "services/platform/rpc/testing/toy.h"

namespace huying::rpc {
namespace {

class Echo final : public grpc::ServerGenericBidiReactor {
 public:
  Echo() { StartRead(&bytes_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartWriteAndFinish(&bytes_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer bytes_;
};
class EchoService final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Echo();
  }
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return t.tv_sec + t.tv_usec * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Round {
  double per_second = 0;
  double cpu_us = 0;
};

// Keeps `in_flight` calls going until `calls` were answered.
class Load {
 public:
  Load(Channel& channel, std::string method, std::string token, int calls)
      : channel_(channel),
        method_(std::move(method)),
        token_(std::move(token)),
        left_(calls),
        unanswered_(calls) {
    request_.set_key(std::string(200, 'k'));
  }
  Round Run(int in_flight) {
    const int calls = left_;
    const absl::Time start = clock_.Now();
    const double cpu = CpuSeconds();
    for (int i = 0; i < in_flight; ++i) Next();
    done_.WaitForNotification();
    const double seconds = absl::ToDoubleSeconds(clock_.Now() - start);
    return {calls / seconds, (CpuSeconds() - cpu) / calls * 1e6};
  }

 private:
  void Next() {
    if (left_.fetch_sub(1) <= 0) return;
    channel_.CallAsync(method_, token_, absl::InfiniteFuture(), request_,
                       [this](absl::StatusOr<std::string> answer) {
                         if (!answer.ok())
                           std::fprintf(stderr, "%s\n", answer.status().ToString().c_str());
                         Next();
                         if (unanswered_.fetch_sub(1) == 1) done_.Notify();
                       });
  }
  Channel& channel_;
  const std::string method_;
  const std::string token_;
  base::SystemClock clock_;
  rpctest::v1::GetRequest request_;
  std::atomic<int> left_;
  std::atomic<int> unanswered_;
  absl::Notification done_;
};

Round Median(std::vector<Round> rounds) {
  std::sort(rounds.begin(), rounds.end(),
            [](const Round& a, const Round& b) { return a.cpu_us < b.cpu_us; });
  return rounds[rounds.size() / 2];
}

int Main() {
  // As huyingd does: Debian's Abseil is built with its deadlock graph on.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  EchoService echo;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&echo);
  auto bare = builder.BuildAndStart();
  testing::Toy toy;
  auto server = Server::Start(*toy.router, {.addresses = {"127.0.0.1:0"}});
  if (bare == nullptr || !server.ok()) return 1;
  auto to_bare = *Channel::Open({.target = "127.0.0.1:" + std::to_string(port)});
  auto to_ours = *Channel::Open({.target = "127.0.0.1:" + std::to_string((*server)->port())});
  const std::string token = toy.Token(toy.Officer());

  constexpr int kRounds = 7;
  constexpr int kCalls = 6000;
  std::printf("in flight | bare echo/s cpu us | routed read/s cpu us | ratio by cpu\n");
  for (const int in_flight : {1, 32, 128}) {
    std::vector<Round> bare_rounds;
    std::vector<Round> our_rounds;
    const int calls = in_flight == 1 ? kCalls / 4 : kCalls;
    for (int round = 0; round < kRounds; ++round) {
      bare_rounds.push_back(Load(*to_bare, testing::kGet, token, calls).Run(in_flight));
      our_rounds.push_back(Load(*to_ours, testing::kGet, token, calls).Run(in_flight));
    }
    const Round a = Median(bare_rounds);
    const Round b = Median(our_rounds);
    std::printf("%9d | %8.0f %8.1f | %8.0f %8.1f | %.2f\n", in_flight, a.per_second, a.cpu_us,
                b.per_second, b.cpu_us, b.cpu_us / a.cpu_us);
  }
  (*server)->Stop(absl::Seconds(1));
  bare->Shutdown();
  return 0;
}

}  // namespace
}  // namespace huying::rpc

int main() { return huying::rpc::Main(); }
