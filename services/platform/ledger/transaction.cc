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

void TransactionImpl::Write(Verb verb, const RecordRef& ref, std::string image) {
  absl::StatusOr<RecordSlot*> slot = overlay_.Record(ref);
  if (!slot.ok()) {
    if (error_.ok()) error_ = slot.status();
    return;
  }
  const LocalChange* change = ChangeOf(**slot);
  const bool exists = change != nullptr ? !change->deleted && !change->dropped : (*slot)->exists;
  if (verb != Verb::kSet && exists == (verb == Verb::kCreate)) {
    const char* const mistake =
        exists ? "creates a record that exists: " : "changes a record that does not exist: ";
    if (error_.ok()) error_ = absl::InternalError(absl::StrCat(mistake, ref.kind, " ", ref.key));
    return;
  }
  AddChange(**slot, std::move(image), /*deleted=*/false);
}

void TransactionImpl::DeleteRaw(const RecordRef& ref) {
  absl::StatusOr<RecordSlot*> slot = overlay_.Record(ref);
  if (slot.ok()) {
    AddChange(**slot, "", /*deleted=*/true);
  } else if (error_.ok()) {
    error_ = slot.status();
  }
}

void TransactionImpl::AddChange(RecordSlot& slot, std::string image, bool deleted) {
  LocalChange* change = ChangeOf(slot);
  if (change == nullptr) {
    if (deleted && !slot.exists) return;
    slot.held_by = id_;
    slot.change = changes_.size();
    change = &changes_.emplace_back();
    change->slot = &slot;
  }
  change->image = std::move(image);
  change->deleted = deleted && slot.exists;
  change->dropped = deleted && !slot.exists;
}

const TransactionImpl::LocalChange* TransactionImpl::SubjectChange() const {
  const LocalChange* only = nullptr;
  bool several = false;
  for (const LocalChange& change : changes_) {
    const std::string& kind = change.slot->kind->schema.name;
    if (change.dropped || kind == kCounterKind) continue;
    if (subject_ && kind == subject_->kind && change.slot->key == subject_->key) return &change;
    several = only != nullptr;
    if (only == nullptr) only = &change;
  }
  return subject_ || several ? nullptr : only;
}

absl::Status TransactionImpl::Fault() const {
  RETURN_IF_ERROR(error_);
  if (SubjectChange() != nullptr) return absl::OkStatus();
  for (const LocalChange& change : changes_) {
    if (change.dropped || change.slot->kind->schema.name == kCounterKind) continue;
    return absl::InternalError(
        subject_ ? absl::StrCat("does not write its subject: ", subject_->kind, " ", subject_->key)
                 : "writes several records and names none of them its subject");
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> TransactionImpl::NextNumber(std::string_view series) {
  const RecordRef ref = CounterRef(series);
  ASSIGN_OR_RETURN(std::optional<Raw> raw, FindRaw(ref));
  int64_t last = 0;
  if (raw && !absl::SimpleAtoi(raw->image, &last)) {
    return absl::InternalError(absl::StrCat("counter is damaged: ", ref.key));
  }
  Write(Verb::kSet, ref, absl::StrCat(last + 1));
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

std::vector<common::v1::LegalBasis> TransactionImpl::Bases() const {
  return {entry_.legal_basis().begin(), entry_.legal_basis().end()};
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
  const LocalChange* subject = case_id_.empty() ? SubjectChange() : nullptr;
  entry.set_case_id(subject != nullptr ? subject->slot->key : case_id_);
}

void TransactionImpl::WriteChange(platform::v1::Entry& entry, const LocalChange& change) {
  const KindSchema& kind = change.slot->kind->schema;
  platform::v1::Change* out = entry.add_changes();
  out->set_kind(kind.name);
  out->set_key(change.slot->key);
  out->set_version(change.slot->exists ? change.slot->version + 1 : 1);
  out->set_deleted(change.deleted);
  if (change.deleted) return;
  out->set_image(change.image);
  out->set_state(kind.state(change.image));
}

// The subject first, which is where a receipt finds it; counters last.
void TransactionImpl::AddChanges(platform::v1::Entry& entry) {
  const LocalChange* const subject = SubjectChange();
  if (subject != nullptr) WriteChange(entry, *subject);
  for (const bool counters : {false, true}) {
    for (const LocalChange& change : changes_) {
      const bool counter = change.slot->kind->schema.name == kCounterKind;
      if (change.dropped || &change == subject || counter != counters) continue;
      WriteChange(entry, change);
    }
  }
}

platform::v1::Entry TransactionImpl::AcceptedEntry() {
  platform::v1::Entry entry = std::move(entry_);
  FillHead(entry);
  AddChanges(entry);
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
