// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "huying/platform/v1/journal.pb.h"

// What goes over the bus: names of channels, and messages sealed with a MAC, so that whoever
// reaches Redis cannot issue an alert.
//
//   ASSIGN_OR_RETURN(Envelope envelope, Envelope::Make("live", "alert", key));
//   bus.Publish(envelope.ChannelName("down:230407000000"), envelope.Seal(message));
//   Opened opened = envelope.Open(bytes);
//   if (const auto* message = std::get_if<PushMessage>(&opened)) ...
namespace huying::push {

inline constexpr size_t kMacKeyBytes = 32;
inline constexpr size_t kSealedBytesMax = 4 << 20;

struct Forged {};  // broken, or not sealed with our key for this realm and ledger
using Opened = std::variant<platform::v1::PushMessage, platform::v1::PushBeacon, Forged>;

// Immutable; may be used from any thread.
class Envelope {
 public:
  // `key` is kMacKeyBytes long, the same in every process of the installation.
  static absl::StatusOr<Envelope> Make(std::string_view realm, std::string_view ledger,
                                       std::string_view key);

  // "huying:<realm>:<ledger>:<channel>", channel = "down:<area>" or "up:<area>".
  std::string ChannelName(std::string_view channel) const;
  std::string BeaconChannelName() const { return ChannelName("beacon"); }

  std::string Seal(const platform::v1::PushMessage& message) const;
  std::string Seal(const platform::v1::PushBeacon& beacon) const;
  Opened Open(std::string_view bytes) const;

 private:
  Envelope(std::string_view realm, std::string_view ledger, std::string_view key)
      : realm_(realm), ledger_(ledger), key_(key) {}

  std::string Mac(char tag, std::string_view body) const;
  bool MacFits(const platform::v1::PushEnvelope& envelope, char tag, std::string_view body) const;

  std::string realm_;
  std::string ledger_;
  std::string key_;
};

}  // namespace huying::push
