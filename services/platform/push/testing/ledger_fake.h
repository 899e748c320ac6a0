// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger.h"

// A journal in memory, only as much of a ledger as followers see: entries with channels. Commands,
// records and deadlines are not there.
//
//   FakeLedger ledger("live", "alert");
//   int64_t seq = ledger.Append({"down:230407000000"}, "act");
namespace huying::push::testing {

class FakeLedger final : public ledger::Ledger {
 public:
  FakeLedger(std::string_view realm, std::string_view service) {
    header_.set_realm(std::string(realm));
    header_.set_ledger(std::string(service));
    header_.set_epoch(1);
  }

  int64_t Append(std::vector<std::string> channels, std::string_view act) {
    absl::MutexLock lock(&mutex_);
    ledger::Reader::ChannelEntry item;
    const int64_t seq = static_cast<int64_t>(entries_.size()) + 1;
    item.entry.entry.set_seq(seq);
    item.entry.entry.set_act(std::string(act));
    for (const std::string& channel : channels) {
      item.entry.entry.add_channels(channel);
      item.prev[channel] = std::exchange(heads_[channel], seq);
    }
    if (!channels.empty()) published_ = seq;
    entries_.push_back(std::move(item));
    return seq;
  }
  // Reads fail until told otherwise.
  void SetBroken(bool broken) {
    absl::MutexLock lock(&mutex_);
    broken_ = broken;
  }
  // As after a restore: the last entries are gone, the epoch is new. Reads under way are waited for, none
  // begins meanwhile.
  void Restore(size_t keep) {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](int* readers) { return *readers == 0; }, &readers_));
    entries_.resize(std::min(keep, entries_.size()));
    heads_.clear();
    for (const auto& item : entries_) {
      for (const auto& [channel, prev] : item.prev) heads_[channel] = item.entry.entry.seq();
    }
    header_.set_epoch(header_.epoch() + 1);
  }

  void Execute(ledger::Command, ledger::Done done) override { done(No()); }
  absl::StatusOr<std::optional<common::v1::Receipt>> FindReceipt(std::string_view, std::string_view,
                                                                 std::string_view) override {
    return No();
  }
  absl::StatusOr<std::unique_ptr<ledger::Reader>> Read() override;
  Position Head() const override {
    absl::MutexLock lock(&mutex_);
    return {header_.epoch(), static_cast<int64_t>(entries_.size()), ""};
  }
  const platform::v1::LedgerHeader& header() const override { return header_; }
  int64_t WaitPast(int64_t seq, absl::Duration wait) const override {
    absl::MutexLock lock(&mutex_);
    const int64_t wakes = wakes_;
    const auto past = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return static_cast<int64_t>(entries_.size()) > seq || wakes_ != wakes;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&past), wait);
    return static_cast<int64_t>(entries_.size());
  }
  int64_t WaitPublished(int64_t seq, absl::Duration wait) const override {
    return WaitPast(seq, wait);
  }
  int64_t LastPublished() const override {
    absl::MutexLock lock(&mutex_);
    return published_;
  }
  void WakeFollowers() override {
    absl::MutexLock lock(&mutex_);
    ++wakes_;
  }
  int64_t InFlight() const override { return 0; }
  absl::Time OldestUndecided() const override { return absl::InfiniteFuture(); }
  absl::Time Expect() override { return absl::InfinitePast(); }
  void NoLongerExpect(absl::Time) override {}
  absl::StatusOr<std::vector<DueDeadline>> Due(absl::Time, int) override { return No(); }
  absl::StatusOr<absl::Time> NextDue() override { return absl::InfiniteFuture(); }
  absl::StatusOr<Position> LoadCursor(std::string_view) override { return No(); }
  absl::Status SaveCursor(std::string_view, const Position&) override { return No(); }
  absl::Status BackUpTo(const std::string&) override { return No(); }
  void Stop() override {}

 private:
  friend class FakeReader;
  static absl::Status No() {
    return base::Unavailable(base::Reason::REASON_UNSPECIFIED, "测试账本", "a fake ledger");
  }

  mutable absl::Mutex mutex_;
  platform::v1::LedgerHeader header_;
  std::vector<ledger::Reader::ChannelEntry> entries_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> heads_ ABSL_GUARDED_BY(mutex_);
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;
  int readers_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t wakes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t published_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Sees what was there when it was opened.
class FakeReader final : public ledger::Reader {
 public:
  // Counted by the ledger, with its lock held.
  FakeReader(FakeLedger& ledger, int64_t head, std::map<std::string, int64_t> heads)
      : ledger_(ledger), head_(head), heads_(std::move(heads)) {}
  ~FakeReader() override {
    absl::MutexLock lock(&ledger_.mutex_);
    --ledger_.readers_;
  }

  absl::StatusOr<int64_t> HeadSeq() override { return head_; }
  absl::StatusOr<std::vector<ledger::StoredEntry>> Entries(int64_t after, int limit) override {
    std::vector<ledger::StoredEntry> found;
    absl::MutexLock lock(&ledger_.mutex_);
    for (int64_t i = after; i < head_ && static_cast<int>(found.size()) < limit; ++i) {
      found.push_back(ledger_.entries_[static_cast<size_t>(i)].entry);
    }
    return found;
  }
  absl::StatusOr<std::map<std::string, int64_t>> ChannelHeads(
      absl::Span<const std::string> channels) override {
    std::map<std::string, int64_t> found;
    for (const std::string& channel : channels) {
      if (const auto it = heads_.find(channel); it != heads_.end()) found.insert(*it);
    }
    return found;
  }
  absl::StatusOr<std::vector<ChannelEntry>> ChannelEntries(absl::Span<const std::string> channels,
                                                           int64_t after, int limit) override {
    std::vector<ChannelEntry> found;
    absl::MutexLock lock(&ledger_.mutex_);
    for (int64_t i = after; i < head_ && static_cast<int>(found.size()) < limit; ++i) {
      const ChannelEntry& item = ledger_.entries_[static_cast<size_t>(i)];
      const auto on = [&](const std::string& channel) { return item.prev.contains(channel); };
      if (std::any_of(channels.begin(), channels.end(), on)) found.push_back(item);
    }
    return found;
  }
  absl::StatusOr<std::vector<ledger::StoredEntry>> CaseEntries(std::string_view, int64_t,
                                                               int) override {
    return FakeLedger::No();
  }
  absl::StatusOr<std::optional<ledger::Deadline>> FindDeadline(std::string_view) override {
    return FakeLedger::No();
  }
  absl::StatusOr<sql::Result> Query(const sql::Statement&) override { return FakeLedger::No(); }

 protected:
  absl::StatusOr<std::optional<Raw>> FindRaw(const ledger::RecordRef&) override {
    return FakeLedger::No();
  }
  absl::StatusOr<RawPage> ListRaw(const ledger::KindSchema&, const ledger::Filter&, int,
                                  std::string_view) override {
    return FakeLedger::No();
  }

 private:
  FakeLedger& ledger_;
  const int64_t head_;
  const std::map<std::string, int64_t> heads_;
};

inline absl::StatusOr<std::unique_ptr<ledger::Reader>> FakeLedger::Read() {
  absl::MutexLock lock(&mutex_);
  if (broken_) return No();
  ++readers_;
  return std::make_unique<FakeReader>(*this, static_cast<int64_t>(entries_.size()), heads_);
}

}  // namespace huying::push::testing
