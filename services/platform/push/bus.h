// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A publish/subscribe bus of exact channel names. It may lose, repeat and reorder: whoever listens
// checks against the journal.
//
//   bus.AddListener(&hub);
//   bus.Subscribe(&hub, {"huying:live:alert:down:230407000000"});
//   bus.Publish("huying:live:alert:down:230407000000", sealed_bytes);
//   bus.RemoveListener(&hub);   // no callback runs after this
namespace huying::push {

// Called on the bus's threads, under its lock: hand over quickly, and do not call the bus back.
class BusListener {
 public:
  virtual ~BusListener() = default;
  virtual void OnMessage(std::string_view channel, std::string_view bytes) = 0;
  // From here on messages of the channel arrive; what came before may be missing. Also after each
  // reconnect, and again when somebody else subscribes.
  virtual void OnSubscribed(std::string_view channel) = 0;
  virtual void OnState(bool up) = 0;
};

struct BusStats {
  int64_t published = 0;
  int64_t dropped = 0;  // publishes while down, with a full queue, or lost with the connection
  int64_t received = 0;
  int64_t connects = 0;  // of either connection; the first ones count too
  int64_t disconnects = 0;
};

// Thread-safe. Nothing here waits for the network.
class Bus {
 public:
  virtual ~Bus() = default;
  // False: dropped and counted. True is no promise that anybody hears it.
  virtual bool Publish(std::string_view channel, std::string_view bytes) = 0;
  // The listener hears OnState(current) at once.
  virtual void AddListener(BusListener* listener) = 0;
  virtual void RemoveListener(BusListener* listener) = 0;
  virtual void Subscribe(BusListener* listener, const std::vector<std::string>& channels) = 0;
  virtual void Unsubscribe(BusListener* listener, const std::vector<std::string>& channels) = 0;
  // Both directions work, and everything subscribed is confirmed.
  virtual bool up() const = 0;
  virtual BusStats stats() const = 0;
};

}  // namespace huying::push
