// SPDX-License-Identifier: Apache-2.0
#include "services/platform/duty/inbox.h"

#include <optional>
#include <utility>

#include "services/platform/base/status.h"
#include "services/platform/duty/states.h"
#include "services/platform/push/cursor.h"

namespace huying::duty {
namespace {
using common::v1::InboxEvent;

class InboxView final : public push::FeedView<InboxEvent> {
 public:
  InboxView(common::v1::Actor actor, std::shared_ptr<Inbox::Open> open)
      : actor_(std::move(actor)), open_(std::move(open)) {}

  absl::StatusOr<push::FeedSnapshot<InboxEvent>> Take(ledger::Reader& reader,
                                                      int64_t seq) override {
    ASSIGN_OR_RETURN(auto open, open_->At(reader, seq));
    std::vector<size_t> mine;
    for (size_t i = 0; i < open->size(); ++i) {
      if (Concerns((*open)[i], actor_)) mine.push_back(i);
    }
    const int size = static_cast<int>(mine.size());
    return push::FeedSnapshot<InboxEvent>{
        .size = size, .at = [open = std::move(open), mine = std::move(mine)](int index) {
          InboxEvent event;
          *event.mutable_owed() = (*open)[mine[index]];
          return event;
        }};
  }

  const InboxEvent* Show(const InboxEvent& whole, InboxEvent& own) override {
    for (const Obligation& obligation : whole.changed().obligations()) {
      if (Concerns(obligation, actor_)) *own.mutable_changed()->add_obligations() = obligation;
    }
    if (!own.has_changed()) return nullptr;
    own.mutable_changed()->set_act(whole.changed().act());
    own.set_seq(whole.seq());
    *own.mutable_cursor() = whole.cursor();
    return &own;
  }

 private:
  const common::v1::Actor actor_;
  const std::shared_ptr<Inbox::Open> open_;
};

std::vector<std::string> ChannelsOf(const common::v1::Actor& actor) {
  std::vector<std::string> channels;
  for (const std::string& post : {actor.post(), actor.acting_for_post()}) {
    if (!post.empty()) channels.push_back(PostChannel(post));
  }
  if (!actor.area().empty()) channels.push_back(AreaChannel(actor.area()));
  return channels;
}
}  // namespace

std::string ProjectInbox(const ledger::StoredEntry& stored) {
  InboxEvent event;
  for (const auto& change : stored.entry.changes()) {
    if (change.kind() != kObligations.name() || change.deleted()) continue;
    event.mutable_changed()->add_obligations()->ParseFromString(change.image());
  }
  if (!event.has_changed()) return "";
  event.mutable_changed()->set_act(stored.entry.act());
  event.set_seq(stored.entry.seq());
  *event.mutable_cursor() = push::CursorOf(stored);
  return event.SerializeAsString();
}

absl::StatusOr<std::shared_ptr<const Inbox::Open::Obligations>> Inbox::Open::At(
    ledger::Reader& reader, int64_t seq) {
  {
    absl::MutexLock lock(&mutex_);
    if (seq_ == seq) return obligations_;
  }
  ASSIGN_OR_RETURN(auto read, reader.All(kObligations, {.where = {{"open", "=", ledger::Int(1)}}}));
  auto open = std::make_shared<Obligations>();
  open->reserve(read.size());
  for (auto& item : read) open->push_back(std::move(item.value));
  absl::MutexLock lock(&mutex_);
  obligations_ = open;
  seq_ = seq;
  return std::shared_ptr<const Obligations>(std::move(open));
}

Inbox::Inbox(ledger::Ledger& ledger, const base::Clock& clock, push::Hub& hub,
             push::FeedOptions options)
    : feed_(ledger, clock, hub, options) {}

absl::Status Inbox::Subscribe(const common::v1::Actor& actor,
                              const common::v1::InboxRequest& request, rpc::Sink<InboxEvent> sink) {
  std::vector<std::string> channels = ChannelsOf(actor);
  if (channels.empty()) {
    return base::Denied(base::Reason::CONDITION_NOT_MET, "当前登录没有岗位，没有待办来件",
                        "this sign-in has no post, so nothing is owed by it")
        .Rule("platform.inbox-of-a-post")
        .Next("以岗位登录", "sign in with a post");
  }
  std::optional<common::v1::Cursor> resume_from;
  if (request.has_resume_from()) resume_from = request.resume_from();
  return feed_.Subscribe({.channels = std::move(channels),
                          .view = std::make_unique<InboxView>(actor, open_),
                          .resume_from = std::move(resume_from)},
                         std::move(sink));
}

}  // namespace huying::duty
