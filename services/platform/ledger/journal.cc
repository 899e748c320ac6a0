// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/journal.h"

#include <sodium.h>

#include <utility>

#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger.h"

namespace huying::ledger {

std::string EntryHash(std::string_view stored_bytes) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(stored_bytes.data()),
                     stored_bytes.size());
  return hash;
}

std::string GenesisHash(platform::v1::LedgerHeader header) {
  header.set_epoch(1);
  return EntryHash(header.SerializeAsString());
}

SealedEntry Seal(platform::v1::Entry& entry, const Links& links) {
  entry.set_seq(links.seq);
  entry.set_prev_hash(links.prev_hash);
  if (links.case_prev_seq != 0) {
    entry.set_case_prev_seq(links.case_prev_seq);
    entry.set_case_prev_hash(links.case_prev_hash);
  }
  SealedEntry sealed;
  entry.SerializeToString(&sealed.bytes);
  sealed.hash = EntryHash(sealed.bytes);
  return sealed;
}

common::v1::Receipt ReceiptOf(const platform::v1::Entry& entry, std::string_view ledger) {
  common::v1::Receipt receipt;
  if (entry.changes_size() > 0 && entry.changes(0).kind() != kCounterKind) {
    receipt.set_name(entry.changes(0).key());
    receipt.set_version(entry.changes(0).version());
    receipt.set_state(entry.changes(0).state());
  }
  receipt.set_ledger(std::string(ledger));
  receipt.set_seq(entry.seq());
  *receipt.mutable_received_at() = entry.received_at();
  *receipt.mutable_decided_at() = entry.decided_at();
  *receipt.mutable_flags() = entry.flags();
  return receipt;
}

absl::StatusOr<common::v1::Receipt> AnswerAgain(const common::v1::Receipt& receipt,
                                                std::string_view stored_payload_hash,
                                                std::string_view payload_hash) {
  if (stored_payload_hash == payload_hash) return receipt;
  return base::ProblemStatus(absl::StatusCode::kAlreadyExists, base::Reason::REQUEST_ID_CONFLICT,
                             "该请求编号已用于另一请求",
                             "this request id was used for another request")
      .Field("request_id")
      .Next("请为新的请求使用新的编号", "use a new request id for a new request");
}

platform::v1::DeadlineChange ToChange(const Deadline& deadline) {
  platform::v1::DeadlineChange change;
  change.set_key(deadline.key);
  change.set_handler(deadline.handler);
  *change.mutable_due_at() = base::ToProto(deadline.due_at);
  change.set_grace_ms(absl::ToInt64Milliseconds(deadline.grace));
  change.set_subject(deadline.subject);
  return change;
}

platform::v1::DeadlineChange ClearedChange(std::string_view key) {
  platform::v1::DeadlineChange change;
  change.set_key(std::string(key));
  change.set_cleared(true);
  return change;
}

}  // namespace huying::ledger
