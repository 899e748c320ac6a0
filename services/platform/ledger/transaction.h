// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "huying/platform/v1/journal.pb.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/overlay.h"

namespace huying::ledger {

// One command's changes on top of the batch's overlay. They reach the overlay only when the command
// is accepted, so a refused one leaves no trace for those behind it. On the writer thread.
class TransactionImpl final : public Transaction {
 public:
  // `id` is unique within the overlay and not 0. `overlay` and `command` must outlive this.
  TransactionImpl(int64_t id, Overlay& overlay, const Command& command, absl::Time now)
      : id_(id), overlay_(overlay), command_(command), now_(now) {}

  const context::CallContext& context() const override { return command_.context; }
  absl::Time now() const override { return now_; }
  bool in_outage() const override { return command_.in_outage; }
  absl::StatusOr<int64_t> NextNumber(std::string_view series) override;
  absl::StatusOr<std::optional<Deadline>> FindDeadline(std::string_view key) override;
  void SetDeadline(Deadline deadline) override;
  void ClearDeadline(std::string_view key) override;
  void Publish(std::string_view channel) override;
  void SetCase(std::string_view case_id) override { case_id_ = std::string(case_id); }
  void AddBasis(const common::v1::LegalBasis& basis) override;
  std::vector<common::v1::LegalBasis> Bases() const override;
  void AddSource(std::string_view ledger, int64_t seq) override;
  void AddFlag(common::v1::Flag flag) override;
  void KeepRefusal() override { keep_refusal_ = true; }

  // The first mistake of the writes: a create of a record that exists, a change of one that does
  // not, a kind that was never declared.
  const absl::Status& error() const { return error_; }
  // error(), or that records change and none of them is the subject. Once decided.
  absl::Status Fault() const;
  bool keeps_refusal() const { return keep_refusal_; }
  bool changes_nothing() const {
    return changes_.empty() && deadlines_.empty() && entry_.channels().empty();
  }
  // The entry without its links. Once, after the decision.
  platform::v1::Entry AcceptedEntry();
  platform::v1::Entry RefusedEntry(const absl::Status& refusal);
  // Moves the changes into the overlay.
  void Apply();

 protected:
  absl::StatusOr<std::optional<Raw>> FindRaw(const RecordRef& ref) override;
  void Write(Verb verb, const RecordRef& ref, std::string image) override;
  void NameSubject(const RecordRef& ref) override { subject_ = ref; }
  void DeleteRaw(const RecordRef& ref) override;

 private:
  struct LocalChange {
    RecordSlot* slot = nullptr;
    bool deleted = false;
    bool dropped = false;  // made and deleted within this command
    std::string image;
  };
  LocalChange* ChangeOf(const RecordSlot& slot);
  // Null when no record changes, or several do and the subject is not named among them.
  const LocalChange* SubjectChange() const;
  void AddChange(RecordSlot& slot, std::string image, bool deleted);
  void FillHead(platform::v1::Entry& entry);
  static void WriteChange(platform::v1::Entry& entry, const LocalChange& change);
  void AddChanges(platform::v1::Entry& entry);

  const int64_t id_;
  Overlay& overlay_;
  const Command& command_;
  const absl::Time now_;
  std::vector<LocalChange> changes_;
  std::map<std::string, std::optional<Deadline>, std::less<>> deadlines_;
  platform::v1::Entry entry_;  // channels, flags, sources and basis as they are added
  std::string case_id_;
  std::optional<RecordRef> subject_;
  bool keep_refusal_ = false;
  absl::Status error_;
};

}  // namespace huying::ledger
