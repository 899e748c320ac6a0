// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/sql/fake_driver.h"
#include "services/platform/sql/sqlite/sqlite.h"

// For tests only: a ledger of plain documents on a real SQLite file in a folder of its own.
namespace huying::ledger {

using common::v1::MakeUp;
using common::v1::Receipt;

inline const RecordKind<MakeUp>& Docs() {
  static const auto* const kind = new RecordKind<MakeUp>(
      "doc", [](const MakeUp& doc) { return MakeUp::State_Name(doc.state()); },
      {{"state", [](const MakeUp& doc) { return Int(doc.state()); }},
       {"subject", [](const MakeUp& doc) { return Text(doc.subject()); }}});
  return *kind;
}

inline MakeUp Doc(std::string name, std::string text) {
  MakeUp doc;
  doc.set_name(std::move(name));
  doc.set_text(std::move(text));
  doc.set_state(MakeUp::OPEN);
  return doc;
}

// Blocks the writer thread inside a decision, so that what is sent meanwhile becomes one batch.
class Gate {
 public:
  // Waits for those who are on their way out: they still hold the mutex.
  ~Gate() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](int* within) { return *within == 0; }, &within_));
  }
  void Open() {
    absl::MutexLock lock(&mutex_);
    open_ = true;
  }
  void Enter() {
    absl::MutexLock lock(&mutex_);
    entered_ = true;
    ++within_;
    mutex_.Await(absl::Condition(&open_));
    --within_;
  }
  void WaitUntilEntered() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&entered_));
  }

 private:
  absl::Mutex mutex_;
  bool open_ = false;
  bool entered_ = false;
  int within_ = 0;
};

class LedgerFixture : public ::testing::Test {
 protected:
  LedgerFixture() {
    std::string pattern = std::filesystem::temp_directory_path() / "ledger-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LedgerFixture() override {
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }

  LedgerOptions Options() {
    return {.service = "alert",
            .realm = "live",
            .path = folder_ + "/alert.db",
            .installation = "test",
            .clock = &clock_,
            .machine_clock = &machine_clock_};
  }
  absl::Status TryOpen() {
    ledger_.reset();
    auto opened = Ledger::Open(engine_, Options(), {Docs().schema()});
    if (!opened.ok()) return opened.status();
    ledger_ = *std::move(opened);
    return absl::OkStatus();
  }
  void Open() {
    const absl::Status status = TryOpen();
    ASSERT_TRUE(status.ok()) << status;
  }

  Command Write(std::function<absl::Status(Transaction&)> decide, std::string request_id = "") {
    Command command;
    command.decide = std::move(decide);
    command.act = "test.Write";
    command.context.principal = "accounts/test";
    command.context.actor.set_account("accounts/test");
    command.context.realm = "live";
    command.context.received_at = clock_.Now();
    command.payload_hash = request_id.empty() ? "" : "payload";
    command.context.request_id = std::move(request_id);
    return command;
  }
  // Puts one document, whatever was there.
  Command Put(const std::string& name, const std::string& text, std::string request_id = "") {
    Command command = Write(
        [name, text](Transaction& tx) {
          tx.Set(Docs(), name, Doc(name, text));
          return absl::OkStatus();
        },
        std::move(request_id));
    command.reads = {Docs().Ref(name)};
    return command;
  }
  Command Refusing(bool keep = false) {
    return Write([keep](Transaction& tx) -> absl::Status {
      tx.Set(Docs(), "docs/refused", Doc("docs/refused", "never"));
      tx.SetDeadline({.key = "docs/refused/limit", .handler = "h", .due_at = tx.now()});
      tx.Publish("down:refused");
      if (keep) tx.KeepRefusal();
      return base::Refused(base::Reason::CONDITION_NOT_MET, "不可以", "no");
    });
  }
  Command Hold(Gate& gate) {
    return Write([&gate](Transaction&) {
      gate.Enter();
      return absl::OkStatus();
    });
  }

  absl::StatusOr<Receipt> Run(Command command) {
    return ledger_->ExecuteAndWait(std::move(command), absl::Seconds(20));
  }

  // Sends all while the writer is held, so that they are decided as one batch; answers in order.
  std::vector<absl::StatusOr<Receipt>> RunAsOneBatch(std::vector<Command> commands) {
    Gate gate;
    absl::Mutex mutex;
    size_t left = commands.size() + 1;
    std::vector<absl::StatusOr<Receipt>> answers(commands.size(), absl::UnknownError("none"));
    const auto one_less = [&] {
      absl::MutexLock lock(&mutex);
      --left;
    };
    ledger_->Execute(Hold(gate), [&](const absl::StatusOr<Receipt>&) { one_less(); });
    gate.WaitUntilEntered();
    for (size_t i = 0; i < commands.size(); ++i) {
      ledger_->Execute(std::move(commands[i]), [&, i](absl::StatusOr<Receipt> answer) {
        answers[i] = std::move(answer);
        one_less();
      });
    }
    engine_.Reset();  // the held batch still has its commit to run: see kHeldRuns
    gate.Open();
    absl::MutexLock lock(&mutex);
    const auto done = [&left] { return left == 0; };
    mutex.Await(absl::Condition(&done));
    return answers;
  }
  static constexpr int kHeldRuns = 1;

  // Every row of every table but the followers' cursors: equal before and after = nothing stored.
  std::vector<std::string> Dump() {
    std::vector<std::string> lines;
    auto database = *engine_.Open(folder_ + "/alert.db");
    auto reader = *database->OpenReader();
    for (const char* table : {"meta", "entry", "case_head", "channel", "channel_entry", "deadline",
                              "r_doc", "r_counter"}) {
      auto rows = reader->RunOne({absl::StrCat("SELECT * FROM ", table)});
      EXPECT_TRUE(rows.ok()) << table;
      for (const sql::Row& row : rows->rows) {
        std::string line = table;
        for (const sql::Value& value : row) {
          if (const auto* n = std::get_if<int64_t>(&value)) absl::StrAppend(&line, "|", *n);
          if (const auto* t = std::get_if<std::string>(&value)) absl::StrAppend(&line, "|", *t);
          if (const auto* b = std::get_if<sql::Blob>(&value)) absl::StrAppend(&line, "|", b->bytes);
        }
        lines.push_back(std::move(line));
      }
    }
    return lines;
  }

  std::string folder_;
  base::ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  base::ManualClock machine_clock_{absl::FromUnixSeconds(1'800'000'000)};
  sql::CountingEngine engine_{sql::MakeSqliteEngine()};
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace huying::ledger
