// SPDX-License-Identifier: Apache-2.0
#include "tests/support/redis_faults.h"

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace huying::testing {
namespace {

constexpr std::string_view kPublished = "*3\r\n$7\r\nmessage\r\n";

// Flips a bit of the third element's content.
std::string Forge(std::string frame, std::mt19937& random) {
  size_t payload = kPublished.size();
  payload += RespFrameLength(std::string_view(frame).substr(payload));  // the channel
  payload = frame.find("\r\n", payload) + 2;
  const size_t size = frame.size() - 2 - payload;
  if (size > 0) {
    char& hit = frame[payload + random() % size];
    hit = static_cast<char>(hit ^ (1 << random() % 8));
  }
  return frame;
}

std::vector<std::string> One(std::string frame) {
  std::vector<std::string> frames;
  frames.push_back(std::move(frame));
  return frames;
}

}  // namespace

bool IsPublished(std::string_view frame) { return frame.starts_with(kPublished); }

TcpGate::Filter SwallowMessages() {
  return [](std::string frame) {
    return IsPublished(frame) ? std::vector<std::string>() : One(std::move(frame));
  };
}

TcpGate::Filter DuplicateMessages() {
  return [](std::string frame) {
    if (!IsPublished(frame)) return One(std::move(frame));
    return std::vector<std::string>{frame, frame};
  };
}

TcpGate::Filter ReorderMessages() {
  return [held = std::make_shared<std::string>()](std::string frame) {
    if (!IsPublished(frame)) return One(std::move(frame));
    if (held->empty()) {
      *held = std::move(frame);
      return std::vector<std::string>();
    }
    return std::vector<std::string>{std::move(frame), std::exchange(*held, "")};
  };
}

TcpGate::Filter ForgeMessages(uint32_t seed) {
  return [random = std::make_shared<std::mt19937>(seed)](std::string frame) {
    return One(IsPublished(frame) ? Forge(std::move(frame), *random) : std::move(frame));
  };
}

TcpGate::Filter MixFaults(uint32_t seed) {
  const auto random = std::make_shared<std::mt19937>(seed);
  return [random, reorder = ReorderMessages()](std::string frame) {
    if (!IsPublished(frame)) return One(std::move(frame));
    switch ((*random)() % 5) {
      case 0:
        return std::vector<std::string>();
      case 1:
        return std::vector<std::string>{frame, frame};
      case 2:
        return reorder(std::move(frame));
      case 3:
        return One(Forge(std::move(frame), *random));
      default:
        return One(std::move(frame));
    }
  };
}

}  // namespace huying::testing
