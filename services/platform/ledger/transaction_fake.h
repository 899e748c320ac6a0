// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/ledger/command.h"

namespace huying::ledger {

// A transaction over a map, for tests of what a decision does. Changes are seen at once and never
// rolled back; a create of what exists and a change of what does not fail the test. The ledger's own
// tests prove the real one.
//
//   FakeTransaction tx(context, now);
//   ASSERT_TRUE(command.decide(tx).ok());
//   EXPECT_EQ(tx.Get(kAlerts, "alerts/1")->value.state(), Alert::ISSUED);
class FakeTransaction final : public Transaction {
 public:
  FakeTransaction(context::CallContext context, absl::Time now)
      : context_(std::move(context)), now_(now) {}

  const context::CallContext& context() const override { return context_; }
  absl::Time now() const override { return now_; }
  bool in_outage() const override { return outage; }
  void Set(absl::Time received_at) { context_.received_at = now_ = received_at; }

  absl::StatusOr<int64_t> NextNumber(std::string_view series) override {
    return ++numbers[std::string(series)];
  }
  absl::StatusOr<std::optional<Deadline>> FindDeadline(std::string_view key) override {
    const auto it = deadlines.find(std::string(key));
    if (it == deadlines.end()) return std::optional<Deadline>();
    return std::optional<Deadline>(it->second);
  }
  void SetDeadline(Deadline deadline) override { deadlines[deadline.key] = deadline; }
  void ClearDeadline(std::string_view key) override { deadlines.erase(std::string(key)); }
  void Publish(std::string_view channel) override { channels.insert(std::string(channel)); }
  void SetCase(std::string_view case_id) override { this->case_id = std::string(case_id); }
  void AddBasis(const common::v1::LegalBasis& basis) override { bases.push_back(basis); }
  std::vector<common::v1::LegalBasis> Bases() const override { return bases; }
  void AddSource(std::string_view ledger, int64_t seq) override {
    sources.emplace_back(std::string(ledger), seq);
  }
  void AddFlag(common::v1::Flag flag) override { flags.push_back(std::move(flag)); }
  void KeepRefusal() override { refusal_kept = true; }

  std::map<std::string, int64_t> numbers;
  std::map<std::string, Deadline> deadlines;
  std::set<std::string> channels;
  std::string case_id;
  std::optional<RecordRef> subject;
  std::vector<common::v1::LegalBasis> bases;
  std::vector<std::pair<std::string, int64_t>> sources;
  std::vector<common::v1::Flag> flags;
  bool refusal_kept = false;
  bool outage = false;

 protected:
  absl::StatusOr<std::optional<Raw>> FindRaw(const RecordRef& ref) override {
    const auto it = records_.find({ref.kind, ref.key});
    if (it == records_.end()) return std::optional<Raw>();
    return std::optional<Raw>(it->second);
  }
  void Write(Verb verb, const RecordRef& ref, std::string image) override {
    const bool exists = records_.contains({ref.kind, ref.key});
    if (verb != Verb::kSet && exists == (verb == Verb::kCreate)) {
      ADD_FAILURE() << (exists ? "creates a record that exists: " : "changes what does not exist: ")
                    << ref.kind << " " << ref.key;
      return;
    }
    Raw& raw = records_[{ref.kind, ref.key}];
    raw.image = std::move(image);
    ++raw.version;
  }
  void NameSubject(const RecordRef& ref) override { subject = ref; }
  void DeleteRaw(const RecordRef& ref) override { records_.erase({ref.kind, ref.key}); }

 private:
  context::CallContext context_;
  absl::Time now_;
  std::map<std::pair<std::string, std::string>, Raw> records_;
};

}  // namespace huying::ledger
