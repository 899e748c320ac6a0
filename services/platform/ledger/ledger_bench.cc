// SPDX-License-Identifier: Apache-2.0
//
// Durable commands per second of one ledger, by number in flight: `ledger_bench <folder>
// [seconds]`.
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::ledger {
namespace {

using common::v1::MakeUp;

constexpr int kRecords = 10'000;

const RecordKind<MakeUp>& Docs() {
  static const auto* const kind = new RecordKind<MakeUp>(
      "doc", [](const MakeUp& doc) { return MakeUp::State_Name(doc.state()); },
      {{"state", [](const MakeUp& doc) { return Int(doc.state()); }}});
  return *kind;
}

// Keeps `in_flight` commands under way until the time is over.
class Load {
 public:
  Load(Ledger& ledger, const base::Clock& clock, absl::Time end, std::string name)
      : ledger_(ledger), clock_(clock), end_(end), name_(std::move(name)) {}

  int64_t Run(int in_flight) {
    {
      absl::MutexLock lock(&mutex_);
      running_ = in_flight;
    }
    for (int i = 0; i < in_flight; ++i) Send();
    absl::MutexLock lock(&mutex_);
    const auto over = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return running_ == 0; };
    mutex_.Await(absl::Condition(&over));
    return done_;
  }

 private:
  void Send() {
    int64_t n = 0;
    {
      absl::MutexLock lock(&mutex_);
      n = ++sent_;
    }
    const std::string key = absl::StrCat("docs/", (n * 7919) % kRecords);
    Command command;
    command.reads = {Docs().Ref(key)};
    command.decide = [key](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(auto found, tx.Find(Docs(), key));
      MakeUp doc = found ? found->value : MakeUp();
      doc.set_name(key);
      doc.set_text("一份不长的文书，用来测量每秒能持久写入多少条命令");
      doc.set_state(MakeUp::OPEN);
      tx.Set(Docs(), key, doc);
      return absl::OkStatus();
    };
    command.act = "bench.Put";
    command.context.principal = "accounts/bench";
    command.context.actor.set_account("accounts/bench");
    command.context.actor.set_person_name("测量");
    command.context.actor.set_post("posts/bench");
    command.context.request_id = absl::StrCat(name_, "-", n);
    command.context.received_at = clock_.Now();
    command.payload_hash = std::string(32, 'h');
    ledger_.Execute(std::move(command), [this](const absl::StatusOr<common::v1::Receipt>& answer) {
      Answered(answer.ok());
    });
  }

  void Answered(bool ok) {
    if (ok && clock_.Now() < end_) {
      {
        absl::MutexLock lock(&mutex_);
        ++done_;
      }
      Send();
      return;
    }
    absl::MutexLock lock(&mutex_);
    if (!ok) std::fprintf(stderr, "a command failed\n");
    --running_;
  }

  Ledger& ledger_;
  const base::Clock& clock_;
  const absl::Time end_;
  const std::string name_;
  absl::Mutex mutex_;
  int64_t sent_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
};

int Main(const std::string& folder, int seconds) {
  const base::SystemClock clock;
  auto engine = sql::MakeSqliteEngine();
  std::printf("%10s %14s\n", "in flight", "commands/s");
  for (const int in_flight : {1, 32, 128, 512}) {
    const std::string path = absl::StrCat(folder, "/bench-", in_flight, ".db");
    std::filesystem::remove(path);
    std::filesystem::remove(path + "-wal");
    auto ledger = Ledger::Open(*engine,
                               {.service = "bench",
                                .realm = "test",
                                .path = path,
                                .clock = &clock,
                                .machine_clock = &clock},
                               {Docs().schema()});
    if (!ledger.ok()) {
      std::fprintf(stderr, "%s\n", ledger.status().ToString().c_str());
      return 1;
    }
    const absl::Time start = clock.Now();
    Load load(**ledger, clock, start + absl::Seconds(seconds), absl::StrCat("r", in_flight));
    const int64_t done = load.Run(in_flight);
    const double took = absl::ToDoubleSeconds(clock.Now() - start);
    std::printf("%10d %14.0f\n", in_flight, static_cast<double>(done) / took);
    (*ledger)->Stop();
    ledger->reset();
    for (const char* suffix : {"", "-wal", "-shm", ".heartbeat"}) {
      std::filesystem::remove(path + suffix);
    }
  }
  return 0;
}

}  // namespace
}  // namespace huying::ledger

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: ledger_bench <folder> [seconds]\n");
    return 2;
  }
  return huying::ledger::Main(argv[1], argc > 2 ? std::atoi(argv[2]) : 3);
}
