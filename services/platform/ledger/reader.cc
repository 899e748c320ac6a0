// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/overlay.h"
#include "services/platform/ledger/page.h"
#include "services/platform/ledger/schema.h"
#include "services/platform/ledger/snapshot_reader.h"

namespace huying::ledger {
namespace {

absl::StatusOr<std::vector<StoredEntry>> EntriesOf(sql::Result result) {
  std::vector<StoredEntry> entries;
  entries.reserve(result.rows.size());
  for (sql::Row& row : result.rows) {
    StoredEntry& stored = entries.emplace_back();
    stored.hash = BytesAt(row, 1);
    if (auto* bytes = std::get_if<sql::Blob>(&row[2])) stored.bytes = std::move(bytes->bytes);
    // Bytes that do not parse are for verification to name; a reader shows what there is.
    stored.entry.ParseFromString(stored.bytes);
  }
  return entries;
}

int64_t AtLeastOne(int limit) { return std::max(limit, 1); }

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> SnapshotReader::Begin(ReaderPool& pool,
                                                              const Kinds& kinds) {
  ASSIGN_OR_RETURN(ReaderPool::Lease lease, pool.Take());
  // The first read fixes the snapshot, not the BEGIN.
  const sql::Statement begin[] = {{lease.database().BeginSnapshot()},
                                  {"SELECT seq FROM entry ORDER BY seq DESC LIMIT 1"}};
  ASSIGN_OR_RETURN(std::vector<sql::Result> results, lease.Run(begin));
  lease.set_in_snapshot();
  std::unique_ptr<SnapshotReader> reader(new SnapshotReader(std::move(lease), kinds));
  if (!results[1].rows.empty()) reader->head_ = IntAt(results[1].rows.front(), 0);
  return reader;
}

absl::StatusOr<std::vector<StoredEntry>> SnapshotReader::Entries(int64_t after_seq, int limit) {
  ASSIGN_OR_RETURN(sql::Result result,
                   Query({"SELECT seq, hash, bytes FROM entry WHERE seq > $1 ORDER BY seq LIMIT $2",
                          {after_seq, AtLeastOne(limit)}}));
  return EntriesOf(std::move(result));
}

absl::StatusOr<std::vector<StoredEntry>> SnapshotReader::CaseEntries(std::string_view case_id,
                                                                     int64_t after_seq, int limit) {
  ASSIGN_OR_RETURN(
      sql::Result result,
      Query({"WITH RECURSIVE of_case(seq) AS ("
             "SELECT seq FROM case_head WHERE case_id = $1 AND seq > $2 UNION ALL "
             "SELECT entry.case_prev FROM of_case JOIN entry ON entry.seq = of_case.seq "
             "WHERE entry.case_prev > $2) "
             "SELECT entry.seq, entry.hash, entry.bytes FROM of_case "
             "JOIN entry ON entry.seq = of_case.seq ORDER BY entry.seq LIMIT $3",
             {std::string(case_id), after_seq, AtLeastOne(limit)}}));
  return EntriesOf(std::move(result));
}

absl::StatusOr<std::optional<Deadline>> SnapshotReader::FindDeadline(std::string_view key) {
  ASSIGN_OR_RETURN(
      sql::Result result,
      Query({absl::StrCat("SELECT ", kDeadlineColumns, " FROM deadline WHERE key = $1"),
             {std::string(key)}}));
  if (result.rows.empty()) return std::optional<Deadline>();
  return std::optional<Deadline>(DeadlineOf(result.rows.front()));
}

absl::StatusOr<std::map<std::string, int64_t>> SnapshotReader::ChannelHeads(
    absl::Span<const std::string> channels) {
  std::vector<sql::Statement> statements;
  for (const std::string& channel : channels) {
    statements.push_back({"SELECT last_seq FROM channel WHERE name = $1", {channel}});
  }
  ASSIGN_OR_RETURN(std::vector<sql::Result> results, lease_.Run(statements));
  std::map<std::string, int64_t> heads;
  for (size_t i = 0; i < channels.size(); ++i) {
    if (!results[i].rows.empty()) heads[channels[i]] = IntAt(results[i].rows.front(), 0);
  }
  return heads;
}

absl::StatusOr<std::vector<Reader::ChannelEntry>> SnapshotReader::ChannelEntries(
    absl::Span<const std::string> channels, int64_t after_seq, int limit) {
  std::vector<sql::Statement> statements;
  for (const std::string& channel : channels) {
    statements.push_back(
        {"SELECT seq FROM channel_entry WHERE channel = $1 AND seq > $2 "
         "ORDER BY seq LIMIT $3",
         {channel, after_seq, AtLeastOne(limit)}});
  }
  ASSIGN_OR_RETURN(std::vector<sql::Result> found, lease_.Run(statements));
  std::set<int64_t> seqs;
  for (const sql::Result& result : found) {
    for (const sql::Row& row : result.rows) seqs.insert(IntAt(row, 0));
  }
  statements.clear();
  for (int64_t seq : seqs) {
    if (static_cast<int64_t>(statements.size()) == AtLeastOne(limit)) break;
    statements.push_back({"SELECT seq, hash, bytes FROM entry WHERE seq = $1", {seq}});
  }
  ASSIGN_OR_RETURN(std::vector<sql::Result> results, lease_.Run(statements));
  std::vector<ChannelEntry> entries;
  for (sql::Result& result : results) {
    ASSIGN_OR_RETURN(std::vector<StoredEntry> stored, EntriesOf(std::move(result)));
    for (StoredEntry& entry : stored) entries.push_back({std::move(entry), {}});
  }
  RETURN_IF_ERROR(AddLinks(entries));
  return entries;
}

absl::Status SnapshotReader::AddLinks(std::vector<ChannelEntry>& entries) {
  std::vector<sql::Statement> statements;
  for (const ChannelEntry& entry : entries) {
    for (const std::string& channel : entry.entry.entry.channels()) {
      statements.push_back({"SELECT prev FROM channel_entry WHERE channel = $1 AND seq = $2",
                            {channel, entry.entry.entry.seq()}});
    }
  }
  ASSIGN_OR_RETURN(std::vector<sql::Result> results, lease_.Run(statements));
  size_t next = 0;
  for (ChannelEntry& entry : entries) {
    for (const std::string& channel : entry.entry.entry.channels()) {
      const sql::Result& result = results[next++];
      entry.prev[channel] = result.rows.empty() ? 0 : IntAt(result.rows.front(), 0);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<sql::Result> SnapshotReader::Query(const sql::Statement& statement) {
  return lease_.RunOne(statement);
}

absl::StatusOr<std::optional<Reader::Raw>> SnapshotReader::FindRaw(const RecordRef& ref) {
  const KindTable* kind = kinds_.Find(ref.kind);
  if (kind == nullptr) {
    return absl::InternalError(absl::StrCat("record kind not declared: ", ref.kind));
  }
  ASSIGN_OR_RETURN(sql::Result result, Query({kind->select, {ref.key}}));
  if (result.rows.empty()) return std::optional<Raw>();
  return std::optional<Raw>({BytesAt(result.rows.front(), 1), IntAt(result.rows.front(), 0)});
}

absl::StatusOr<Reader::RawPage> SnapshotReader::ListRaw(const KindSchema& kind,
                                                        const Filter& filter, int page_size,
                                                        std::string_view page_token) {
  ASSIGN_OR_RETURN(PageQuery query, MakePageQuery(kind, filter, page_size, page_token));
  ASSIGN_OR_RETURN(sql::Result result, Query(query.statement));
  RawPage page;
  const size_t size_max = std::min(result.rows.size(), static_cast<size_t>(query.size));
  size_t bytes = 0;
  for (size_t i = 0; i < size_max; ++i) {
    std::string image = BytesAt(result.rows[i], 2);
    bytes += image.size();
    if (bytes > kPageBytesMax && i > 0) break;
    page.items.push_back({std::move(image), IntAt(result.rows[i], 1)});
  }
  const size_t size = page.items.size();
  if (result.rows.size() > size) {
    page.next_page_token = PageToken(query, TextAt(result.rows[size - 1], 0));
  }
  return page;
}

}  // namespace huying::ledger
