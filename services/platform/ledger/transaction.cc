// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/transaction.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/journal.h"

namespace huying::ledger {

absl::StatusOr<std::optional<Transaction::Raw>> TransactionImpl::FindRaw(const RecordRef& ref) {
  ASSIGN_OR_RETURN(RecordSlot * slot, overlay_.Record(ref));
  if (const LocalChange* change = ChangeOf(*slot)) {
    if (change->deleted || change->dropped) return std::optional<Raw>();
    return std::optional<Raw>({change->image, slot->exists ? slot->version + 1 : 1});
  }
  if (!slot->exists) return std::optional<Raw>();
  return std::optional<Raw>({slot->image, slot->version});
}

TransactionImpl::LocalChange* TransactionImpl::ChangeOf(const RecordSlot& slot) {
  return slot.held_by == id_ ? &changes_[slot.change] : nullptr;
}

void TransactionImpl::PutRaw(const KindSchema&, const RecordRef& ref, std::string image) {
  PutChange(ref, std::move(image), /*deleted=*/false);
}

void TransactionImpl::DeleteRaw(const RecordRef& ref) { PutChange(ref, "", /*deleted=*/true); }

void TransactionImpl::PutChange(const RecordRef& ref, std::string image, bool deleted) {
  absl::StatusOr<RecordSlot*> slot = overlay_.Record(ref);
  if (!slot.ok()) {
    if (error_.ok()) error_ = slot.status();
    return;
  }
  LocalChange* change = ChangeOf(**slot);
  if (change == nullptr) {
    if (deleted && !(*slot)->exists) return;
    (*slot)->held_by = id_;
    (*slot)->change = changes_.size();
    change = &changes_.emplace_back();
    change->slot = *slot;
  }
  change->image = std::move(image);
  change->deleted = deleted && (*slot)->exists;
  change->dropped = deleted && !(*slot)->exists;
}

absl::StatusOr<int64_t> TransactionImpl::NextNumber(std::string_view series) {
  const RecordRef ref = CounterRef(series);
  ASSIGN_OR_RETURN(std::optional<Raw> raw, FindRaw(ref));
  int64_t last = 0;
  if (raw && !absl::SimpleAtoi(raw->image, &last)) {
    return absl::InternalError(absl::StrCat("counter is damaged: ", ref.key));
  }
  PutChange(ref, absl::StrCat(last + 1), /*deleted=*/false);
  return last + 1;
}

absl::StatusOr<std::optional<Deadline>> TransactionImpl::FindDeadline(std::string_view key) {
  if (auto found = deadlines_.find(key); found != deadlines_.end()) return found->second;
  ASSIGN_OR_RETURN(DeadlineSlot * slot, overlay_.DeadlineRow(key));
  return slot->row;
}

void TransactionImpl::SetDeadline(Deadline deadline) {
  std::string key = deadline.key;
  deadlines_[std::move(key)] = std::move(deadline);
}

void TransactionImpl::ClearDeadline(std::string_view key) {
  deadlines_[std::string(key)] = std::nullopt;
}

void TransactionImpl::Publish(std::string_view channel) {
  const auto& channels = entry_.channels();
  if (std::find(channels.begin(), channels.end(), channel) == channels.end()) {
    entry_.add_channels(std::string(channel));
  }
}

void TransactionImpl::AddBasis(const common::v1::LegalBasis& basis) {
  *entry_.add_legal_basis() = basis;
}

void TransactionImpl::AddSource(std::string_view ledger, int64_t seq) {
  platform::v1::Source* source = entry_.add_sources();
  source->set_ledger(std::string(ledger));
  source->set_seq(seq);
}

void TransactionImpl::AddFlag(common::v1::Flag flag) { *entry_.add_flags() = std::move(flag); }

void TransactionImpl::FillHead(platform::v1::Entry& entry) {
  const context::CallContext& from = command_.context;
  *entry.mutable_received_at() = base::ToProto(from.received_at);
  *entry.mutable_decided_at() = base::ToProto(now_);
  *entry.mutable_actor() = from.actor;
  entry.set_act(command_.act);
  entry.set_principal(from.principal);
  entry.set_request_id(from.request_id);
  entry.set_payload_hash(command_.payload_hash);
  entry.set_in_outage(command_.in_outage);
  if (case_id_.empty()) {
    // The subject is the first record put; a counter never is one.
    for (const LocalChange& change : changes_) {
      if (change.dropped || change.slot->kind->schema.name == kCounterKind) continue;
      case_id_ = change.slot->key;
      break;
    }
  }
  entry.set_case_id(case_id_);
}

void TransactionImpl::AddChanges(platform::v1::Entry& entry, bool counters) {
  for (const LocalChange& change : changes_) {
    const KindSchema& kind = change.slot->kind->schema;
    if (change.dropped || (kind.name == kCounterKind) != counters) continue;
    platform::v1::Change* out = entry.add_changes();
    out->set_kind(kind.name);
    out->set_key(change.slot->key);
    out->set_version(change.slot->exists ? change.slot->version + 1 : 1);
    out->set_deleted(change.deleted);
    if (change.deleted) continue;
    out->set_image(change.image);
    out->set_state(kind.state(change.image));
  }
}

platform::v1::Entry TransactionImpl::AcceptedEntry() {
  platform::v1::Entry entry = std::move(entry_);
  FillHead(entry);
  AddChanges(entry, /*counters=*/false);
  AddChanges(entry, /*counters=*/true);
  for (const auto& [key, row] : deadlines_) {
    *entry.add_deadlines() = row ? ToChange(*row) : ClearedChange(key);
  }
  return entry;
}

platform::v1::Entry TransactionImpl::RefusedEntry(const absl::Status& refusal) {
  platform::v1::Entry entry = std::move(entry_);
  FillHead(entry);
  entry.clear_channels();
  *entry.mutable_refusal() = base::ProblemOf(refusal);
  return entry;
}

void TransactionImpl::Apply() {
  for (LocalChange& change : changes_) {
    if (change.dropped) continue;
    RecordSlot& slot = *change.slot;
    if (slot.exists && !slot.dirty) slot.stored = std::move(slot.image);
    slot.version = slot.exists ? slot.version + 1 : 1;
    slot.exists = !change.deleted;
    slot.dirty = true;
    slot.image = std::move(change.image);
  }
  for (auto& [key, row] : deadlines_) overlay_.PutDeadline(key, std::move(row));
}

}  // namespace huying::ledger
