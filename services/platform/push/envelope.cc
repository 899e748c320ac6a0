// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/envelope.h"

#include <sodium.h>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::push {
namespace {

using platform::v1::PushBeacon;
using platform::v1::PushEnvelope;
using platform::v1::PushMessage;

static_assert(kMacKeyBytes == crypto_auth_KEYBYTES);

constexpr char kMessageTag = 'm';
constexpr char kBeaconTag = 'b';
constexpr int kHmacSha512256 = 1;

// Length first, so that no two lists of parts give the same bytes.
void AppendPart(std::string& out, std::string_view part) {
  absl::StrAppend(&out, part.size(), ":", base::Abs(part));
}

template <typename T>
bool Parse(const std::string& body, T& out) {
  return out.ParseFromArray(body.data(), static_cast<int>(body.size()));
}

}  // namespace

absl::StatusOr<Envelope> Envelope::Make(std::string_view realm, std::string_view ledger,
                                        std::string_view key) {
  if (sodium_init() < 0) {
    return base::Unavailable(base::Reason::REASON_UNSPECIFIED, "密码库无法使用",
                             "the crypto library does not start");
  }
  if (key.size() != kMacKeyBytes) {
    return base::Invalid(base::Reason::FIELD_INVALID, "推送密钥长度必须为32字节",
                         "the push key must be 32 bytes long")
        .Field("push_key");
  }
  return Envelope(realm, ledger, key);
}

std::string Envelope::ChannelName(std::string_view channel) const {
  return absl::StrCat("huying:", realm_, ":", ledger_, ":", base::Abs(channel));
}

std::string Envelope::Mac(char tag, std::string_view body) const {
  std::string covered;
  covered.reserve(body.size() + realm_.size() + ledger_.size() + 64);
  AppendPart(covered, "huying.push.1");
  AppendPart(covered, realm_);
  AppendPart(covered, ledger_);
  AppendPart(covered, std::string_view(&tag, 1));
  AppendPart(covered, body);
  std::string mac(crypto_auth_BYTES, '\0');
  crypto_auth(reinterpret_cast<unsigned char*>(mac.data()),
              reinterpret_cast<const unsigned char*>(covered.data()), covered.size(),
              reinterpret_cast<const unsigned char*>(key_.data()));
  return mac;
}

bool Envelope::MacFits(const PushEnvelope& envelope, char tag, std::string_view body) const {
  if (envelope.mac_algorithm() != kHmacSha512256) return false;
  const std::string mac = Mac(tag, body);
  return envelope.mac().size() == mac.size() &&
         sodium_memcmp(envelope.mac().data(), mac.data(), mac.size()) == 0;
}

std::string Envelope::Seal(const PushMessage& message) const {
  PushEnvelope envelope;
  envelope.set_message(message.SerializeAsString());
  envelope.set_mac(Mac(kMessageTag, envelope.message()));
  envelope.set_mac_algorithm(kHmacSha512256);
  return envelope.SerializeAsString();
}

std::string Envelope::Seal(const PushBeacon& beacon) const {
  PushEnvelope envelope;
  envelope.set_beacon(beacon.SerializeAsString());
  envelope.set_mac(Mac(kBeaconTag, envelope.beacon()));
  envelope.set_mac_algorithm(kHmacSha512256);
  return envelope.SerializeAsString();
}

Opened Envelope::Open(std::string_view bytes) const {
  PushEnvelope envelope;
  if (bytes.size() > kSealedBytesMax ||
      !envelope.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Forged{};
  }
  const auto checked = [&](auto content, char tag, const std::string& body) -> Opened {
    // The MAC first: nothing of a stranger's is parsed.
    if (!MacFits(envelope, tag, body)) return Forged{};
    if (!Parse(body, content)) return Forged{};
    if (content.realm() != realm_ || content.ledger() != ledger_) return Forged{};
    return content;
  };
  if (envelope.has_message()) return checked(PushMessage(), kMessageTag, envelope.message());
  if (envelope.has_beacon()) return checked(PushBeacon(), kBeaconTag, envelope.beacon());
  return Forged{};
}

}  // namespace huying::push
