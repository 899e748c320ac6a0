// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/cpp/alert_feed.h"
#include "clients/cpp/session.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/drill/rules/match.h"

namespace huying::drill_client {

// One post that is played, with its minted token.
struct Actor {
  std::string post;
  common::v1::Actor identity;
  std::unique_ptr<client::Session> session;
};

// What a post heard on its stream.
struct Heard {
  std::string post;
  alert::v1::Alert alert;
};

// Everybody who plays. The streams run on threads of the transport; what they bring waits here until
// the runner takes it, sorted, so that the order of arrival decides nothing.
//
//   cast.Enter(tokens, posts_that_listen, parents);
//   RETURN_IF_ERROR(cast.WaitFor(entries, absl::Seconds(10)));
//   for (const Heard& heard : cast.Take()) …
class Cast {
 public:
  explicit Cast(client::Connection& connection) : connection_(connection) {}
  ~Cast();

  // Opens a stream per post that listens. `parents`: area → the area above it.
  absl::Status Enter(const directory::v1::MintActorTokensResponse& tokens,
                     const std::set<std::string>& listening,
                     const std::map<std::string, std::string>& parents);

  // Fresh tokens of posts that are played already; their streams go on.
  void Relieve(const directory::v1::MintActorTokensResponse& tokens);

  // Null when the post is not played.
  Actor* Find(std::string_view post);

  // Waits until every stream that hears a channel of an entry that changed an alert was told of it.
  // UNAVAILABLE names the post that is behind.
  absl::Status WaitFor(const std::vector<drill::rules::SeenEntry>& entries,
                       absl::Duration limit) const;
  // What was heard since, by alert name and then by post.
  std::vector<Heard> Take();

 private:
  struct Ear {
    std::set<std::string> channels;
    std::unique_ptr<client::AlertFeed> feed;
  };

  client::Connection& connection_;
  std::map<std::string, Actor, std::less<>> actors_;
  absl::Mutex mutex_;
  std::vector<Heard> inbox_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Ear> ears_;  // by post; ended before the inbox
};

}  // namespace huying::drill_client
