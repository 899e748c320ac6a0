// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "huying/common/v1/inbox.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/duty/obligation.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/push/feed.h"
#include "services/platform/push/hub.h"
#include "services/platform/rpc/sink.h"

// What the obligations of one service are for the posts that owe them, live: a snapshot of what is open,
// then every change. Whose it is is decided by Concerns, as in lists.
//
//   duty::Inbox inbox(home.ledger(), home.clock(), home.hub());
//   home.SetEventProjection(duty::ProjectInbox);
//   absl::Status IncidentService::WatchInbox(const Context& context, const InboxRequest& request,
//                                            rpc::Sink<InboxEvent> sink) {
//     return inbox_.Subscribe(context.actor, request, std::move(sink));
//   }
namespace huying::duty {

// One serialised InboxEvent of what an entry changed; "" when it changed no obligation.
std::string ProjectInbox(const ledger::StoredEntry& stored);

// Thread-safe. The ledger, the clock and the hub must outlive it; the destructor closes every stream.
class Inbox {
 public:
  Inbox(ledger::Ledger& ledger, const base::Clock& clock, push::Hub& hub,
        push::FeedOptions options = {});

  absl::Status Subscribe(const common::v1::Actor& actor, const common::v1::InboxRequest& request,
                         rpc::Sink<common::v1::InboxEvent> sink);

  // What is open at one seq, read once for all who join at it.
  class Open {
   public:
    using Obligations = std::vector<Obligation>;
    absl::StatusOr<std::shared_ptr<const Obligations>> At(ledger::Reader& reader, int64_t seq);

   private:
    absl::Mutex mutex_;
    std::shared_ptr<const Obligations> obligations_ ABSL_GUARDED_BY(mutex_);
    int64_t seq_ ABSL_GUARDED_BY(mutex_) = -1;
  };

 private:
  const std::shared_ptr<Open> open_ = std::make_shared<Open>();
  push::Feed<common::v1::InboxEvent> feed_;
};

}  // namespace huying::duty
