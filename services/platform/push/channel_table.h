// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/platform/push/bus.h"

// Who of this process listens to which channel of a bus. Guarded by the bus that owns it.
namespace huying::push {

class ChannelTable {
 public:
  using Listeners = std::vector<BusListener*>;

  void Add(BusListener* listener, const std::string& channel) {
    Listeners& listeners = channels_[channel];
    if (std::find(listeners.begin(), listeners.end(), listener) == listeners.end()) {
      listeners.push_back(listener);
    }
  }
  // True when nobody listens to the channel any more.
  bool Remove(BusListener* listener, const std::string& channel) {
    const auto it = channels_.find(channel);
    if (it == channels_.end()) return false;
    std::erase(it->second, listener);
    if (!it->second.empty()) return false;
    channels_.erase(it);
    return true;
  }
  // Channels that nobody listens to any more.
  std::vector<std::string> RemoveAll(BusListener* listener) {
    std::vector<std::string> freed;
    for (auto it = channels_.begin(); it != channels_.end();) {
      std::erase(it->second, listener);
      if (it->second.empty()) {
        freed.push_back(it->first);
        it = channels_.erase(it);
      } else {
        ++it;
      }
    }
    return freed;
  }
  const Listeners& Find(std::string_view channel) const {
    static const Listeners none;
    const auto it = channels_.find(channel);
    return it == channels_.end() ? none : it->second;
  }
  std::vector<std::string> Channels() const {
    std::vector<std::string> names;
    names.reserve(channels_.size());
    for (const auto& [name, listeners] : channels_) names.push_back(name);
    return names;
  }

 private:
  std::map<std::string, Listeners, std::less<>> channels_;
};

}  // namespace huying::push
