// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "huying/platform/v1/journal.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/records.h"

// Reads of one snapshot. They never wait for the writer.
//
//   ASSIGN_OR_RETURN(auto reader, ledger.Read());
//   ASSIGN_OR_RETURN(auto page, reader->List(kAlerts, {.where = {{"state", "=", Int(ISSUED)}}}, 50,
//   token));
namespace huying::ledger {

struct Condition {
  std::string column;  // a declared column
  std::string op;      // = != < <= > >=
  sql::Value value;
};
struct Filter {
  std::vector<Condition> where;  // all must hold
  bool newest_first = false;     // descending; otherwise ascending
  std::string order_by;          // a declared column, then key; empty: by key
};

template <typename T>
struct Page {
  std::vector<Stored<T>> items;
  std::string next_page_token;  // opaque; empty = no more
};

struct StoredEntry {
  platform::v1::Entry entry;
  std::string bytes;  // as stored
  std::string hash;
};

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 500;
// A page ends early, with its token, rather than hold more than this, unless one record alone is larger. A
// gRPC client accepts 4 MiB unless told otherwise, and an entry holds 3 MiB (kEntryBytesMax).
inline constexpr size_t kPageBytesMax = 1 << 20;

// Not thread-safe; hold it shortly: a snapshot older than kSnapshotAgeMax answers UNAVAILABLE (it keeps
// the write-ahead log from shrinking).
class Reader {
 public:
  virtual ~Reader() = default;

  template <typename T>
  absl::StatusOr<std::optional<Stored<T>>> Find(const RecordKind<T>& kind, std::string_view key) {
    ASSIGN_OR_RETURN(auto raw, FindRaw(kind.Ref(key)));
    if (!raw) return std::optional<Stored<T>>();
    return std::optional<Stored<T>>({RecordKind<T>::Parse(raw->image), raw->version});
  }
  template <typename T>
  absl::StatusOr<Stored<T>> Get(const RecordKind<T>& kind, std::string_view key) {
    ASSIGN_OR_RETURN(auto found, Find(kind, key));
    if (!found) return base::NotFound(key);
    return *std::move(found);
  }
  // page_size 0 = default; more than kPageSizeMax is cut to it, and a page has kPageBytesMax. A bad token is INVALID_ARGUMENT.
  template <typename T>
  absl::StatusOr<Page<T>> List(const RecordKind<T>& kind, const Filter& filter, int page_size,
                               std::string_view page_token) {
    ASSIGN_OR_RETURN(RawPage raw, ListRaw(kind.schema(), filter, page_size, page_token));
    Page<T> page;
    for (const Raw& item : raw.items) {
      page.items.push_back({RecordKind<T>::Parse(item.image), item.version});
    }
    page.next_page_token = raw.next_page_token;
    return page;
  }
  // Every record that matches; for sets known to be small. RESOURCE_EXHAUSTED beyond `limit`.
  template <typename T>
  absl::StatusOr<std::vector<Stored<T>>> All(const RecordKind<T>& kind, const Filter& filter,
                                             int limit = 20'000) {
    std::vector<Stored<T>> items;
    std::string token;
    do {
      ASSIGN_OR_RETURN(Page<T> page, List(kind, filter, kPageSizeMax, token));
      for (auto& item : page.items) items.push_back(std::move(item));
      token = page.next_page_token;
      if (static_cast<int>(items.size()) > limit) {
        return base::Exhausted("结果太多", "too many results");
      }
    } while (!token.empty());
    return items;
  }

  // Ledger head of this snapshot.
  virtual absl::StatusOr<int64_t> HeadSeq() = 0;
  virtual absl::StatusOr<std::vector<StoredEntry>> Entries(int64_t after_seq, int limit) = 0;
  virtual absl::StatusOr<std::vector<StoredEntry>> CaseEntries(std::string_view case_id,
                                                               int64_t after_seq, int limit) = 0;
  virtual absl::StatusOr<std::optional<Deadline>> FindDeadline(std::string_view key) = 0;

  // Channels. Absent = nothing was ever published there.
  virtual absl::StatusOr<std::map<std::string, int64_t>> ChannelHeads(
      absl::Span<const std::string> channels) = 0;
  // Entries after `after_seq` on any of the channels, seq order, with each channel's `prev`.
  struct ChannelEntry {
    StoredEntry entry;
    std::map<std::string, int64_t> prev;  // every channel of the entry
  };
  virtual absl::StatusOr<std::vector<ChannelEntry>> ChannelEntries(
      absl::Span<const std::string> channels, int64_t after_seq, int limit) = 0;

  // For the named queries of a service's store. Tables: r_<kind>(key, version, data, <columns>).
  virtual absl::StatusOr<sql::Result> Query(const sql::Statement& statement) = 0;

 protected:
  struct Raw {
    std::string image;
    int64_t version = 0;
  };
  struct RawPage {
    std::vector<Raw> items;
    std::string next_page_token;
  };
  virtual absl::StatusOr<std::optional<Raw>> FindRaw(const RecordRef& ref) = 0;
  virtual absl::StatusOr<RawPage> ListRaw(const KindSchema& kind, const Filter& filter,
                                          int page_size, std::string_view page_token) = 0;
};

}  // namespace huying::ledger
