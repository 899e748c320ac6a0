// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/support/tcp_gate.h"

// Filters for a gate in front of Redis (Framing::kRedis, FilterToClient). They touch published
// messages only: pings, confirmations and so the connection stay well.
namespace huying::testing {

bool IsPublished(std::string_view frame);

TcpGate::Filter SwallowMessages();
TcpGate::Filter DuplicateMessages();
// Swaps neighbours: each second message goes before the first.
TcpGate::Filter ReorderMessages();
// Flips a bit somewhere in each payload.
TcpGate::Filter ForgeMessages(uint32_t seed);
// All of these and passing, at random.
TcpGate::Filter MixFaults(uint32_t seed);

}  // namespace huying::testing
