// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/cursor.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::push {
namespace {
// Bytes of an entry's hash that a cursor carries.
constexpr int kHashStartBytes = 8;
}  // namespace

common::v1::Cursor CursorOf(const ledger::StoredEntry& stored) {
  common::v1::Cursor cursor;
  cursor.set_seq(stored.entry.seq());
  cursor.set_hash_start(stored.hash.substr(0, kHashStartBytes));
  return cursor;
}

absl::StatusOr<common::v1::Cursor> CursorAt(ledger::Reader& reader, int64_t epoch, int64_t seq) {
  common::v1::Cursor cursor;
  if (seq > 0) {
    ASSIGN_OR_RETURN(const auto entries, reader.Entries(seq - 1, 1));
    if (entries.empty() || entries.front().entry.seq() != seq) return common::v1::Cursor();
    cursor = CursorOf(entries.front());
  }
  cursor.set_epoch(epoch);
  return cursor;
}

absl::StatusOr<std::optional<std::string>> WhyResync(ledger::Reader& reader, int64_t epoch,
                                                     int64_t head,
                                                     const common::v1::Cursor& cursor) {
  if (cursor.epoch() != epoch) return std::optional<std::string>("epoch");
  if (cursor.seq() < 0 || cursor.seq() > head) return std::optional<std::string>("seq");
  ASSIGN_OR_RETURN(const common::v1::Cursor known, CursorAt(reader, epoch, cursor.seq()));
  if (known.hash_start() != cursor.hash_start()) return std::optional<std::string>("hash");
  return std::optional<std::string>();
}

std::string CursorText(const common::v1::Cursor& cursor) {
  return absl::StrCat(cursor.epoch(), "/", cursor.seq(), "/",
                      absl::BytesToHexString(cursor.hash_start()));
}

absl::Status TooSlow(const common::v1::Cursor& told) {
  const std::string cursor = CursorText(told);
  return base::Exhausted("客户端接收太慢，连接已断开",
                         "the client reads too slowly; the stream has ended")
      .Rule("platform.stream-queue")
      .Next(absl::StrCat("以游标 ", cursor, " 继续订阅"),
            absl::StrCat("subscribe again with resume_from ", cursor));
}

absl::Status MustResync() {
  return base::Aborted(base::Reason::RESYNC, "数据已恢复到另一版本，请重新订阅",
                       "the journal was restored; subscribe again")
      .Next("重新订阅，先收快照", "subscribe again: a snapshot comes first");
}

absl::Status StreamsStopping() {
  return base::Unavailable(base::Reason::SHUTTING_DOWN, "服务正在停止",
                           "the service is shutting down")
      .Next("稍后以最后的游标继续订阅", "subscribe again with your last cursor");
}

}  // namespace huying::push
