// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace huying::drill_client {

// What is still to be played, by realm time and then by the order it was put in: the same input gives
// the same order.
//
//   agenda.Add(now + delay, "answer posts/pingan-duty alerts/2009-0001", [&] { … });
//   while (agenda.NextTime() <= now) agenda.Pop().play();
class Agenda {
 public:
  struct Item {
    absl::Time at;
    int64_t order = 0;
    std::string what;  // for messages
    std::function<void()> play;
  };

  void Add(absl::Time at, std::string what, std::function<void()> play) {
    items_.push({at, ++order_, std::move(what), std::move(play)});
  }
  bool empty() const { return items_.empty(); }
  size_t size() const { return items_.size(); }
  absl::Time NextTime() const { return items_.empty() ? absl::InfiniteFuture() : items_.top().at; }
  Item Pop() {
    Item item = items_.top();
    items_.pop();
    return item;
  }

 private:
  struct Later {
    bool operator()(const Item& a, const Item& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };
  std::priority_queue<Item, std::vector<Item>, Later> items_;
  int64_t order_ = 0;
};

}  // namespace huying::drill_client
