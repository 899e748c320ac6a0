// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "services/platform/ledger/kinds.h"
#include "services/platform/ledger/reader.h"
#include "services/platform/ledger/reader_pool.h"

namespace huying::ledger {

// A Reader on one pooled connection inside one snapshot.
class SnapshotReader final : public Reader {
 public:
  // Begins the snapshot. `kinds` and the pool must outlive the reader.
  static absl::StatusOr<std::unique_ptr<Reader>> Begin(ReaderPool& pool, const Kinds& kinds);

  absl::StatusOr<int64_t> HeadSeq() override { return head_; }
  absl::StatusOr<std::vector<StoredEntry>> Entries(int64_t after_seq, int limit) override;
  absl::StatusOr<std::vector<StoredEntry>> CaseEntries(std::string_view case_id, int64_t after_seq,
                                                       int limit) override;
  absl::StatusOr<std::optional<Deadline>> FindDeadline(std::string_view key) override;
  absl::StatusOr<std::map<std::string, int64_t>> ChannelHeads(
      absl::Span<const std::string> channels) override;
  absl::StatusOr<std::vector<ChannelEntry>> ChannelEntries(absl::Span<const std::string> channels,
                                                           int64_t after_seq, int limit) override;
  absl::StatusOr<sql::Result> Query(const sql::Statement& statement) override;

 protected:
  absl::StatusOr<std::optional<Raw>> FindRaw(const RecordRef& ref) override;
  absl::StatusOr<RawPage> ListRaw(const KindSchema& kind, const Filter& filter, int page_size,
                                  std::string_view page_token) override;

 private:
  SnapshotReader(ReaderPool::Lease lease, const Kinds& kinds)
      : lease_(std::move(lease)), kinds_(kinds) {}
  absl::Status AddLinks(std::vector<ChannelEntry>& entries);

  ReaderPool::Lease lease_;
  const Kinds& kinds_;
  int64_t head_ = 0;
};

}  // namespace huying::ledger
