// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/platform/base/status.h"
#include "services/platform/context/call_context.h"
#include "services/platform/ledger/records.h"

// A change on its way into the ledger. A use case never writes: it gathers, then returns a Command
// whose `decide` runs on the ledger's single writer, in memory, on top of the decisions before it.
//
//   absl::StatusOr<ledger::Command> AlertService::SignWarning(const CallContext& context,
//                                                             const SignWarningRequest& request) {
//     return ledger::Command{
//         .reads = {kAlerts.Ref(request.name())},
//         .decide = [request](ledger::Transaction& tx) -> absl::Status {
//           ASSIGN_OR_RETURN(auto alert, tx.Get(kAlerts, request.name()));
//           ASSIGN_OR_RETURN(Alert next, rules::Sign(alert.value, request, tx.actor(), tx.now()));
//           tx.Change(kAlerts, next.name(), next);
//           return absl::OkStatus();
//         }};
//   }
namespace huying::ledger {

enum class Lane { kControl, kAnswer, kBulk };

// A row that turns into a command when its time has come.
struct Deadline {
  std::string key;      // "alerts/2026-0007/answer/COMMUNITY"; setting it again moves it
  std::string handler;  // which due handler of the service
  absl::Time due_at;
  absl::Duration grace = absl::ZeroDuration();
  std::string subject;  // resource
};

// One command's view of the records and its changes. Lives inside one `decide`, on the writer
// thread.
class Transaction {
 public:
  virtual ~Transaction() = default;

  virtual const context::CallContext& context() const = 0;
  const common::v1::Actor& actor() const { return context().actor; }
  absl::Time received_at() const { return context().received_at; }
  // Time of the decision; never runs back within a ledger.
  virtual absl::Time now() const = 0;
  // Set while a deadline is decided that fell due during an outage.
  virtual bool in_outage() const = 0;

  // Named in Command::reads = already prefetched; otherwise loaded on the spot.
  template <typename T>
  absl::StatusOr<std::optional<Stored<T>>> Find(const RecordKind<T>& kind, std::string_view key) {
    ASSIGN_OR_RETURN(std::optional<Raw> raw, FindRaw(kind.Ref(key)));
    if (!raw) return std::optional<Stored<T>>();
    return std::optional<Stored<T>>({RecordKind<T>::Parse(raw->image), raw->version});
  }
  // NOT_FOUND when there is none.
  template <typename T>
  absl::StatusOr<Stored<T>> Get(const RecordKind<T>& kind, std::string_view key) {
    ASSIGN_OR_RETURN(std::optional<Stored<T>> found, Find(kind, key));
    if (!found) return base::NotFound(key);
    return *std::move(found);
  }
  // Writes a record that does not exist. One that exists fails the whole command (INTERNAL, naming
  // kind and key; nothing is written): a create never overwrites.
  template <typename T>
  void Create(const RecordKind<T>& kind, std::string_view key, const T& value) {
    Write(Verb::kCreate, kind.Ref(key), value.SerializeAsString());
  }
  // Writes a record that exists. One that does not exist fails the whole command likewise.
  template <typename T>
  void Change(const RecordKind<T>& kind, std::string_view key, const T& value) {
    Write(Verb::kChange, kind.Ref(key), value.SerializeAsString());
  }
  // Writes a record, whether or not it exists. Only for records that follow from others (a list by
  // the alert's name, a page of the roster, a row of an import), where either is right.
  template <typename T>
  void Set(const RecordKind<T>& kind, std::string_view key, const T& value) {
    Write(Verb::kSet, kind.Ref(key), value.SerializeAsString());
  }
  template <typename T>
  void Delete(const RecordKind<T>& kind, std::string_view key) {
    DeleteRaw(kind.Ref(key));
  }
  // Names the entry's subject: the record whose name, version and state the receipt carries. A
  // command that writes one record need not name it. One that writes several must, and must write
  // the one it names; otherwise it fails (INTERNAL). The order of the writes means nothing. The last
  // call counts, so a shared frame may name the usual subject and a use case another.
  template <typename T>
  void Subject(const RecordKind<T>& kind, std::string_view key) {
    NameSubject(kind.Ref(key));
  }

  // Dense numbers per series, from 1: NextNumber("alerts/2026") → 7. Gap-free, because a refused
  // command takes none.
  virtual absl::StatusOr<int64_t> NextNumber(std::string_view series) = 0;

  virtual absl::StatusOr<std::optional<Deadline>> FindDeadline(std::string_view key) = 0;
  virtual void SetDeadline(Deadline deadline) = 0;
  virtual void ClearDeadline(std::string_view key) = 0;

  // Channel this entry is pushed on; order and duplicates do not matter.
  virtual void Publish(std::string_view channel) = 0;
  // The one case of this entry. Default: the subject's name.
  virtual void SetCase(std::string_view case_id) = 0;
  virtual void AddBasis(const common::v1::LegalBasis& basis) = 0;
  // What was added so far.
  virtual std::vector<common::v1::LegalBasis> Bases() const = 0;
  virtual void AddSource(std::string_view ledger, int64_t seq) = 0;
  virtual void AddFlag(common::v1::Flag flag) = 0;
  // When this decision is refused, keep the refusal as an entry (denied access, a veto's block).
  virtual void KeepRefusal() = 0;

 protected:
  struct Raw {
    std::string image;
    int64_t version = 0;
  };
  virtual absl::StatusOr<std::optional<Raw>> FindRaw(const RecordRef& ref) = 0;
  enum class Verb { kCreate, kChange, kSet };
  virtual void Write(Verb verb, const RecordRef& ref, std::string image) = 0;
  virtual void NameSubject(const RecordRef& ref) = 0;
  virtual void DeleteRaw(const RecordRef& ref) = 0;
};

// Names a series' counter in Command::reads, so that NextNumber finds it prefetched.
inline constexpr char kCounterKind[] = "counter";
inline RecordRef CounterRef(std::string_view series) { return {kCounterKind, std::string(series)}; }
// The same for FindDeadline.
inline constexpr char kDeadlineKind[] = "deadline";
inline RecordRef DeadlineRef(std::string_view key) { return {kDeadlineKind, std::string(key)}; }

struct Command {
  // What the use case says. Name what `decide` will need: it comes with the batch's one prefetch.
  // The first is taken for the subject (its case's last entry is prefetched with it).
  std::vector<RecordRef> reads;
  // OK = accepted: changes and entry are written. Otherwise nothing is written,
  // but for a refusal kept with KeepRefusal.
  std::function<absl::Status(Transaction&)> decide;

  // What the pipeline, a reactor or the timekeeper fills in.
  context::CallContext context;
  std::string act;  // "alert.SignWarning"
  Lane lane = Lane::kControl;
  std::string payload_hash;  // keyed; empty with an empty request_id
  bool in_outage = false;
};

}  // namespace huying::ledger
