// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/ledger/testing/ledger_fixture.h"
#include "services/platform/push/feed.h"
#include "services/platform/push/testing/pumped_hub.h"
#include "services/platform/push/testing/toy_feed.pb.h"
#include "services/platform/rpc/testing/kept_sink.h"

// For tests only: a service of notes on a real ledger, with a stream of them. A note is published on the
// channel "notes"; what follows "#" in its text is a secret.
namespace huying::push::testing {

using pushtest::v1::Note;
using pushtest::v1::NoteEvent;
using NoteSink = rpc::testing::KeptSink<NoteEvent>;
using NoteFeed = Feed<NoteEvent>;

inline Note NoteOf(const common::v1::MakeUp& doc) {
  Note note;
  note.set_name(doc.name());
  const size_t at = doc.text().find('#');
  note.set_text(doc.text().substr(0, at));
  if (at != std::string::npos) note.set_secret(doc.text().substr(at + 1));
  return note;
}

inline std::string ProjectNote(const ledger::StoredEntry& stored) {
  for (const auto& change : stored.entry.changes()) {
    if (change.kind() != ledger::Docs().name()) continue;
    common::v1::MakeUp doc;
    if (!doc.ParseFromString(change.image())) return "";
    NoteEvent event;
    *event.mutable_note() = NoteOf(doc);
    event.set_seq(stored.entry.seq());
    *event.mutable_cursor() = CursorOf(stored);
    return event.SerializeAsString();
  }
  return "";
}

class NoteView final : public FeedView<NoteEvent> {
 public:
  explicit NoteView(bool sees_secrets) : sees_secrets_(sees_secrets) {}

  absl::StatusOr<FeedSnapshot<NoteEvent>> Take(ledger::Reader& reader, int64_t) override {
    ASSIGN_OR_RETURN(auto docs, reader.All(ledger::Docs(), {}));
    std::vector<NoteEvent> events;
    for (const auto& doc : docs) {
      NoteEvent whole;
      *whole.mutable_note() = NoteOf(doc.value);
      NoteEvent own;
      if (const NoteEvent* shown = Show(whole, own)) events.push_back(*shown);
    }
    const int size = static_cast<int>(events.size());
    return FeedSnapshot<NoteEvent>{size, [events = std::move(events)](int i) { return events[i]; }};
  }

  // A note that is nothing but secret is not shown at all.
  const NoteEvent* Show(const NoteEvent& whole, NoteEvent& own) override {
    if (sees_secrets_ || whole.note().secret().empty()) return &whole;
    if (whole.note().text().empty()) return nullptr;
    own = whole;
    own.mutable_note()->clear_secret();
    return &own;
  }

 private:
  const bool sees_secrets_;
};

class ToyFeedFixture : public ledger::LedgerFixture {
 protected:
  ToyFeedFixture() {
    Open();
    hub_ = std::make_unique<PumpedHub>(*ledger_, ProjectNote);
    Start(absl::InfiniteDuration());
  }
  ~ToyFeedFixture() override { feed_.reset(); }

  void Start(absl::Duration heartbeat) {
    feed_.reset();
    feed_ = std::make_unique<NoteFeed>(
        *ledger_, clock_, *hub_,
        FeedOptions{.heartbeat = heartbeat, .snapshot_pause = absl::Milliseconds(1)});
  }
  void PutNote(const std::string& name, const std::string& text) {
    auto receipt = Run(Write([name, text](ledger::Transaction& tx) {
      tx.Set(ledger::Docs(), name, ledger::Doc(name, text));
      tx.Publish("notes");
      return absl::OkStatus();
    }));
    ASSERT_TRUE(receipt.ok()) << receipt.status();
  }
  std::shared_ptr<NoteSink> Listen(std::optional<common::v1::Cursor> from = std::nullopt,
                                   bool sees_secrets = true, int room = 1'000'000) {
    auto sink = std::make_shared<NoteSink>(room);
    Join(sink, std::move(from), sees_secrets);
    return sink;
  }
  void Join(std::shared_ptr<rpc::MessageSink> sink, std::optional<common::v1::Cursor> from = {},
            bool sees_secrets = true) {
    const absl::Status status = feed_->Subscribe({.channels = {"notes"},
                                                  .view = std::make_unique<NoteView>(sees_secrets),
                                                  .resume_from = std::move(from)},
                                                 rpc::Sink<NoteEvent>(std::move(sink)));
    ASSERT_TRUE(status.ok()) << status;
  }

  std::unique_ptr<PumpedHub> hub_;
  std::unique_ptr<NoteFeed> feed_;
};

}  // namespace huying::push::testing
