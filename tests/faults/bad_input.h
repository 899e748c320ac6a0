// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "google/protobuf/wrappers.pb.h"
#include "services/platform/base/status.h"
#include "tests/support/dumps.h"
#include "tests/support/system.h"

// Bad input, through a whole server: what every refusal says, and that it leaves every ledger as it was.
namespace huying::testing {

inline constexpr char kNotUtf8[] = "\xe9\xbb";

struct Expected {
  absl::StatusCode code;
  base::Reason reason;
  std::string field;
  std::string rule;           // never empty: every refusal can be asked about
  std::string keeps_entry{};  // ledger where a denied act is recorded; no record changes
};

class BadInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System({.redis = false});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }

  // Every ledger of the live realm.
  static std::map<std::string, Dump> Tables() {
    std::map<std::string, Dump> tables;
    for (const char* service : {"directory", "plan", "alert", "incident", "drill"}) {
      tables[service] = *DumpOf(system_->LedgerFile(service));
    }
    return tables;
  }

  // Calls once and compares the answer, and the ledgers before and after.
  static void Refused(const std::string& post, const std::string& method,
                      const google::protobuf::Message& request, const Expected& expected) {
    Refused(system_->As(post), method, request, expected);
  }
  static void Refused(Client& client, const std::string& method,
                      const google::protobuf::Message& request, const Expected& expected) {
    SCOPED_TRACE(method + " " + expected.field);
    const std::map<std::string, Dump> before = Tables();
    const absl::Status status = client.Once<google::protobuf::BytesValue>(method, request).status();
    const base::Problem problem = base::ProblemOf(status);
    EXPECT_EQ(status.code(), expected.code) << status;
    EXPECT_EQ(common::v1::Reason_Name(problem.reason()), common::v1::Reason_Name(expected.reason))
        << status;
    EXPECT_EQ(problem.field(), expected.field) << status;
    EXPECT_EQ(problem.rule_id(), expected.rule) << status;
    EXPECT_NE(problem.rule_id(), "") << status << " names no rule";
    EXPECT_FALSE(problem.message().empty());
    EXPECT_FALSE(problem.message_en().empty());
    EXPECT_FALSE(problem.next_step().empty()) << status << " does not say what to do";
    EXPECT_FALSE(problem.next_step_en().empty());
    std::map<std::string, Dump> after = Tables();
    if (!expected.keeps_entry.empty()) {
      after[expected.keeps_entry]["entry"] = before.at(expected.keeps_entry).at("entry");
    }
    for (const auto& [service, dump] : before) {
      EXPECT_EQ(DifferenceOf(dump, after.at(service)), "") << service;
    }
  }

  static System* system_;
};
inline System* BadInput::system_ = nullptr;

}  // namespace huying::testing
