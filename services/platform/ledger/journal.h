// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/common/v1/common.pb.h"
#include "huying/platform/v1/journal.pb.h"
#include "services/platform/ledger/command.h"

// Entries as they are stored, and what is made from them again.
namespace huying::ledger {

// An entry is read by followers in other processes: larger ones are refused.
inline constexpr size_t kEntryBytesMax = 3u << 20;

// The ledger's own entry for a time when nobody listened: received_at to decided_at.
inline constexpr char kOutageAct[] = "ledger.outage";

// Where an entry hangs: behind the last entry of the ledger and the last one of its case.
struct Links {
  int64_t seq = 0;
  std::string prev_hash;
  int64_t case_prev_seq = 0;
  std::string case_prev_hash;
};

struct SealedEntry {
  std::string bytes;
  std::string hash;
};

// Fills in the links and serialises: the hash is over exactly these bytes.
SealedEntry Seal(platform::v1::Entry& entry, const Links& links);

common::v1::Receipt ReceiptOf(const platform::v1::Entry& entry, std::string_view ledger);

// The receipt of an entry found by its request id; ALREADY_EXISTS / REQUEST_ID_CONFLICT when it was
// another request.
absl::StatusOr<common::v1::Receipt> AnswerAgain(const common::v1::Receipt& receipt,
                                                std::string_view stored_payload_hash,
                                                std::string_view payload_hash);

platform::v1::DeadlineChange ToChange(const Deadline& deadline);
platform::v1::DeadlineChange ClearedChange(std::string_view key);

}  // namespace huying::ledger
