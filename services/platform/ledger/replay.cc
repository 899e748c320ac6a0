// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/replay.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/journal.h"

namespace huying::ledger {

void Replay::Found(Finding::Kind kind, int64_t seq, std::string what) {
  findings_.push_back({kind, seq, std::move(what)});
}

void Replay::Add(const Row& row) {
  if (row.seq != last_seq_ + 1) {
    Found(Finding::Kind::kSequence, row.seq,
          absl::StrCat("entry ", last_seq_ + 1, " is missing before ", row.seq));
  }
  platform::v1::Entry entry;
  const std::string hash = EntryHash(row.bytes);
  if (hash != row.hash) {
    Found(Finding::Kind::kBytes, row.seq, "the entry's bytes do not fit its hash");
  }
  if (!entry.ParseFromString(row.bytes)) {
    Found(Finding::Kind::kBytes, row.seq, "the entry's bytes cannot be read");
  } else {
    CheckLinks(row, entry);
    CheckColumns(row, entry);
    Apply(entry);
  }
  if (!entry.case_id().empty()) cases_[entry.case_id()] = {row.seq, row.hash};
  last_seq_ = row.seq;
  prev_hash_ = row.hash;
}

void Replay::CheckLinks(const Row& row, const platform::v1::Entry& entry) {
  if (entry.prev_hash() != prev_hash_) {
    Found(Finding::Kind::kLink, row.seq, "the entry does not hang on the one before it");
  }
  const auto found = cases_.find(entry.case_id());
  const CaseEnd end = found == cases_.end() ? CaseEnd() : found->second;
  if (entry.case_prev_seq() != end.seq || entry.case_prev_hash() != end.hash) {
    Found(Finding::Kind::kCaseLink, row.seq,
          absl::StrCat("the entry does not hang on entry ", end.seq, " of case ", entry.case_id()));
  }
}

void Replay::CheckColumns(const Row& row, const platform::v1::Entry& entry) {
  const std::string request_id = entry.has_refusal() ? "" : entry.request_id();
  if (entry.seq() != row.seq || entry.case_id() != row.case_id ||
      entry.case_prev_seq() != row.case_prev || entry.principal() != row.principal ||
      request_id != row.request_id || entry.payload_hash() != row.payload_hash) {
    Found(Finding::Kind::kIndex, row.seq, "a look-up column differs from the entry");
  }
}

void Replay::Apply(const platform::v1::Entry& entry) {
  for (const platform::v1::Change& change : entry.changes()) {
    Record& record = records_[{change.kind(), change.key()}];
    const bool was_there = record.seq != 0 && !record.deleted;
    if (change.version() != (was_there ? record.version + 1 : 1)) {
      Found(Finding::Kind::kRecord, entry.seq(),
            absl::StrCat("version ", change.version(), " of ", change.key(), " does not follow ",
                         was_there ? record.version : 0));
    }
    record = {change.version(), change.deleted() ? "" : EntryHash(change.image()), entry.seq(),
              change.deleted()};
  }
  ApplyDeadlines(entry);
  for (const std::string& channel : entry.channels()) {
    links_[{channel, entry.seq()}] = channels_[channel];
    channels_[channel] = entry.seq();
  }
}

void Replay::ApplyDeadlines(const platform::v1::Entry& entry) {
  if (entry.act() == kOutageAct) {
    // The outage's own times say what fell due in it.
    const absl::Time from = base::FromProto(entry.received_at());
    const absl::Time to = base::FromProto(entry.decided_at());
    for (auto& [key, deadline] : deadlines_) {
      const absl::Time due = base::FromProto(deadline.row.due_at());
      const absl::Time fires = due + absl::Milliseconds(deadline.row.grace_ms());
      if (due <= to && fires > from) deadline.in_outage = true;
    }
  }
  for (const platform::v1::DeadlineChange& change : entry.deadlines()) {
    if (change.cleared()) {
      deadlines_.erase(change.key());
    } else {
      deadlines_[change.key()] = {change, false, entry.seq()};
    }
  }
}

}  // namespace huying::ledger
