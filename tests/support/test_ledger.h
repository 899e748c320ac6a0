// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/sql/sqlite/sqlite.h"

// For tests of services: a real ledger on a SQLite file in a folder of its own, with clocks that move
// when told. Pass each command its context, as the pipeline would.
//
//   TestLedger ledger("plan", PlanKinds());
//   auto receipt = ledger.Run(service.ImportPlan(context, request), context, "plan.ImportPlan");
namespace huying::testing {

class TestLedger {
 public:
  TestLedger(std::string service, std::vector<ledger::KindSchema> kinds,
             absl::Time start = absl::FromUnixSeconds(1'800'000'000))
      : clock(start), machine_clock(start), service_(std::move(service)), kinds_(std::move(kinds)) {
    std::string pattern = ::testing::TempDir() + "/huying-" + service_ + "-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    Open();
  }
  ~TestLedger() {
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }
  TestLedger(const TestLedger&) = delete;
  TestLedger& operator=(const TestLedger&) = delete;

  ledger::Ledger& operator*() { return *ledger_; }
  ledger::Ledger* operator->() { return ledger_.get(); }
  const std::string& folder() const { return folder_; }

  // Closes and opens again, as after a restart. References to the old ledger die.
  void Open() {
    ledger_.reset();
    auto opened = ledger::Ledger::Open(*engine_,
                                       {.service = service_,
                                        .realm = "live",
                                        .path = absl::StrCat(folder_, "/", service_, ".db"),
                                        .installation = "test",
                                        .clock = &clock,
                                        .machine_clock = &machine_clock},
                                       kinds_);
    if (!opened.ok())
      ADD_FAILURE() << opened.status();
    else
      ledger_ = *std::move(opened);
  }

  // As when the process dies; Open brings it back.
  void Close() { ledger_.reset(); }

  // What the pipeline does with a mutation after its use case.
  absl::StatusOr<common::v1::Receipt> Run(absl::StatusOr<ledger::Command> command,
                                          context::CallContext context, std::string act) {
    if (!command.ok()) return command.status();
    if (context.received_at == absl::Time()) context.received_at = clock.Now();
    if (!context.request_id.empty()) command->payload_hash = "payload";
    command->context = std::move(context);
    command->act = std::move(act);
    return ledger_->ExecuteAndWait(*std::move(command), absl::Seconds(20));
  }

  base::ManualClock clock;
  base::ManualClock machine_clock;

 private:
  const std::string service_;
  const std::vector<ledger::KindSchema> kinds_;
  std::string folder_;
  std::unique_ptr<sql::Engine> engine_ = sql::MakeSqliteEngine();
  std::unique_ptr<ledger::Ledger> ledger_;
};

}  // namespace huying::testing
