// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "huying/common/v1/common.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/runtime/per_realm.h"

// The smallest service there can be, for tests of the runtime: notes (a Flag each), written by commands, one
// deadline, one reactor that copies "copy: …" notes into another service's ledger.
namespace huying::runtime {

inline const ledger::RecordKind<common::v1::Flag>& Notes() {
  static const auto* const kind = new ledger::RecordKind<common::v1::Flag>(
      "note", [](const common::v1::Flag&) { return std::string("WRITTEN"); }, {});
  return *kind;
}

class NoteService {
 public:
  explicit NoteService(RealmHome& home) : home_(home) {}

  ledger::Command Write(const std::string& name, const std::string& text,
                        const std::string& request_id,
                        absl::Duration due_in = absl::ZeroDuration()) const {
    ledger::Command command;
    command.act = home_.service() + ".WriteNote";
    command.context.realm = home_.realm();
    command.context.principal = "accounts/test";
    command.context.actor.set_person("people/test");
    command.context.request_id = request_id;
    command.context.received_at = home_.clock().Now();
    command.payload_hash = request_id.empty() ? "" : text;
    command.decide = [name, text, due_in](ledger::Transaction& tx) {
      common::v1::Flag note;
      note.set_rule_id(name);
      note.set_text(text);
      tx.Set(Notes(), name, note);
      tx.Publish("down:230407000000");
      if (due_in > absl::ZeroDuration()) {
        tx.SetDeadline({.key = name + "/due",
                        .handler = "note",
                        .due_at = tx.now() + due_in,
                        .subject = name});
      }
      return absl::OkStatus();
    };
    return command;
  }
  absl::StatusOr<common::v1::Receipt> WriteNow(const std::string& name, const std::string& text,
                                               absl::Duration due_in = absl::ZeroDuration()) {
    return home_.ledger().ExecuteAndWait(Write(name, text, "", due_in), absl::Seconds(10));
  }
  // "" when there is none.
  std::string Text(const std::string& name) {
    auto reader = home_.ledger().Read();
    if (!reader.ok()) return "?";
    auto note = (*reader)->Find(Notes(), name);
    return note.ok() && note->has_value() ? (*note)->value.text() : "";
  }
  RealmHome& home() { return home_; }

 private:
  RealmHome& home_;
};

// Sends "copy: …" notes to `lower`, whose realm is the same.
class CopyReactor final : public ledger::Reactor {
 public:
  CopyReactor(PerRealm<NoteService>& lower, std::string realm)
      : lower_(lower), realm_(std::move(realm)) {}
  std::string name() const override { return "copy"; }
  std::vector<ledger::Step> StepsFor(const ledger::StoredEntry& entry) override {
    std::vector<ledger::Step> steps;
    for (const auto& change : entry.entry.changes()) {
      const auto note = ledger::RecordKind<common::v1::Flag>::Parse(change.image());
      if (note.text().rfind("copy: ", 0) != 0) continue;
      ledger::Step step;
      step.id = "copy";
      step.act =
          [this, note](const context::CallContext& context) -> absl::StatusOr<common::v1::Receipt> {
        ASSIGN_OR_RETURN(NoteService * service, lower_.Find(realm_));
        ledger::Command command = service->Write(note.rule_id(), note.text().substr(6), "");
        command.context = context;
        command.payload_hash = note.text();
        return service->home().ledger().ExecuteAndWait(std::move(command), absl::Seconds(10));
      };
      steps.push_back(std::move(step));
    }
    return steps;
  }

 private:
  PerRealm<NoteService>& lower_;
  const std::string realm_;
};

inline std::unique_ptr<NoteService> MakeNotes(RealmHome& home) {
  auto service = std::make_unique<NoteService>(home);
  home.OnDue("note",
             [raw = service.get()](
                 const context::CallContext&,
                 const ledger::Ledger::DueDeadline& due) -> absl::StatusOr<ledger::Command> {
               return raw->Write(due.deadline.subject, "overdue", "");
             });
  home.SetEventProjection([](const ledger::StoredEntry& entry) { return entry.entry.act(); });
  return service;
}

}  // namespace huying::runtime
