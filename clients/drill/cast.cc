// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/cast.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::drill_client {
namespace {

// A stream hears what goes down to its area or an area above it, and what goes up from beneath it.
std::set<std::string> ChannelsOf(const std::string& area,
                                 const std::map<std::string, std::string>& parents) {
  std::set<std::string> channels = {absl::StrCat("up:", area)};
  std::string at = area;
  for (size_t steps = 0; !at.empty() && steps <= parents.size(); ++steps) {
    channels.insert(absl::StrCat("down:", at));
    const auto above = parents.find(at);
    at = above == parents.end() ? "" : above->second;
  }
  return channels;
}

bool ChangesAnAlert(const drill::rules::SeenEntry& seen) {
  if (seen.ledger != "alert") return false;
  for (const auto& change : seen.entry.changes()) {
    if (change.kind() == "alert") return true;
  }
  return false;
}

}  // namespace

Cast::~Cast() { ears_.clear(); }

absl::Status Cast::Enter(const directory::v1::MintActorTokensResponse& tokens,
                         const std::set<std::string>& listening,
                         const std::map<std::string, std::string>& parents) {
  for (const auto& minted : tokens.tokens()) {
    Actor& actor = actors_[minted.post()];
    actor.post = minted.post();
    actor.identity = minted.actor();
    actor.session = std::make_unique<client::Session>(connection_, minted.token());
  }
  for (const std::string& post : listening) {
    Actor* actor = Find(post);
    if (actor == nullptr) return base::NotFound(post);
    Ear& ear = ears_[post];
    ear.channels = ChannelsOf(actor->identity.area(), parents);
    ear.feed = std::make_unique<client::AlertFeed>(
        *actor->session, client::FeedOptions(),
        [this, post](const alert::v1::SubscribeEvent& event) {
          if (!event.has_alert() && !event.has_snapshot()) return;
          absl::MutexLock lock(&mutex_);
          inbox_.push_back(
              {post, event.has_alert() ? event.alert().alert() : event.snapshot().alert()});
          for (const auto& other : event.alert().also()) inbox_.push_back({post, other});
        });
  }
  return absl::OkStatus();
}

void Cast::Relieve(const directory::v1::MintActorTokensResponse& tokens) {
  for (const auto& minted : tokens.tokens()) {
    Actor* actor = Find(minted.post());
    if (actor == nullptr) continue;
    actor->identity = minted.actor();
    actor->session->set_token(minted.token());
  }
}

Actor* Cast::Find(std::string_view post) {
  const auto it = actors_.find(post);
  return it == actors_.end() ? nullptr : &it->second;
}

absl::Status Cast::WaitFor(const std::vector<drill::rules::SeenEntry>& entries,
                           absl::Duration limit) const {
  const base::Clock& clock = connection_.clock();
  const absl::Time give_up = clock.Now() + limit;
  for (const auto& seen : entries) {
    if (!ChangesAnAlert(seen)) continue;
    const int64_t seq = seen.entry.seq();
    for (const auto& [post, ear] : ears_) {
      const auto hears = [&channels = ear.channels](const std::string& channel) {
        return channels.count(channel) > 0;
      };
      const auto& on = seen.entry.channels();
      if (std::none_of(on.begin(), on.end(), hears)) continue;
      if (ear.feed->WaitForEntry(seq, give_up - clock.Now())) continue;
      RETURN_IF_ERROR(ear.feed->refusal());
      return base::Unavailable(base::Reason::DEADLINE_EXCEEDED,
                               absl::StrCat(post, " 的数据流没有收到第", seq, "条记录"),
                               absl::StrCat("the stream of ", post, " was not told of entry ", seq))
          .Rule("drill.stream");
    }
  }
  return absl::OkStatus();
}

std::vector<Heard> Cast::Take() {
  std::vector<Heard> taken;
  {
    absl::MutexLock lock(&mutex_);
    taken.swap(inbox_);
  }
  std::stable_sort(taken.begin(), taken.end(), [](const Heard& a, const Heard& b) {
    return std::forward_as_tuple(a.alert.name(), a.post) <
           std::forward_as_tuple(b.alert.name(), b.post);
  });
  return taken;
}

}  // namespace huying::drill_client
