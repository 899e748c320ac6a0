// SPDX-License-Identifier: Apache-2.0
#include "tests/support/journal_watch.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/time/clock.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::testing {

JournalWatch::JournalWatch(const std::string& database_file) : engine_(sql::MakeSqliteEngine()) {
  auto database = engine_->Open(database_file);
  EXPECT_TRUE(database.ok()) << database.status();
  if (!database.ok()) return;
  database_ = *std::move(database);
  auto reader = database_->OpenReader();
  EXPECT_TRUE(reader.ok()) << reader.status();
  if (reader.ok()) reader_ = *std::move(reader);
}

int64_t JournalWatch::Number(const std::string& query, const std::string& parameter) {
  if (reader_ == nullptr) return 0;
  const auto result = reader_->RunOne({query, {parameter}});
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok() || result->rows.empty()) return 0;
  const auto* number = std::get_if<int64_t>(&result->rows[0][0]);
  return number == nullptr ? 0 : *number;
}

int64_t JournalWatch::Count(const std::string& request_id_like) {
  return Number("SELECT count(*) FROM entry WHERE request_id LIKE $1", request_id_like);
}

int64_t JournalWatch::SeqOf(const std::string& request_id) {
  return Number("SELECT max(seq) FROM entry WHERE request_id = $1", request_id);
}

bool JournalWatch::WaitFor(const std::string& request_id_like, int64_t count,
                           absl::Duration limit) {
  for (const absl::Time end = absl::Now() + limit; absl::Now() < end;) {
    if (Count(request_id_like) >= count) return true;
  }
  return false;
}

}  // namespace huying::testing
