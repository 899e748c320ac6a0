// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/push/bus.h"
#include "services/platform/push/redis/link.h"

// The bus over Redis: one connection that publishes, one that listens, a thread for each. Exact
// channels only, because a pattern costs every publish.
//
//   auto bus = redis::MakeRedisBus({.link = {.address = {.unix_socket = path},
//                                            .machine_clock = &clock}});
//   bus->AddListener(&hub);
namespace huying::push::redis {

struct RedisBusOptions {
  LinkOptions link;
  size_t queue_messages_max = 65'536;
  size_t queue_bytes_max = 64 << 20;
};

// Connects in the background; never fails for a Redis that is not there.
std::unique_ptr<Bus> MakeRedisBus(RedisBusOptions options);

}  // namespace huying::push::redis
