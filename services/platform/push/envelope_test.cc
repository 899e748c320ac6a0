// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/envelope.h"

#include <gtest/gtest.h>

#include <string>

namespace huying::push {
namespace {

using platform::v1::PushBeacon;
using platform::v1::PushEnvelope;
using platform::v1::PushMessage;

Envelope Make(std::string_view realm, std::string_view ledger, char key = 'k') {
  return *Envelope::Make(realm, ledger, std::string(kMacKeyBytes, key));
}

PushMessage Message() {
  PushMessage message;
  message.set_realm("live");
  message.set_ledger("alert");
  message.set_epoch(1);
  message.set_seq(7);
  message.set_event("event");
  return message;
}

TEST(EnvelopeTest, NamesChannelsByRealmLedgerAndArea) {
  const Envelope envelope = Make("live", "alert");
  EXPECT_EQ(envelope.ChannelName("down:230407000000"), "huying:live:alert:down:230407000000");
  EXPECT_EQ(envelope.BeaconChannelName(), "huying:live:alert:beacon");
}

TEST(EnvelopeTest, OpensWhatItSealed) {
  const Envelope envelope = Make("live", "alert");
  const Opened opened = envelope.Open(envelope.Seal(Message()));
  ASSERT_TRUE(std::holds_alternative<PushMessage>(opened));
  EXPECT_EQ(std::get<PushMessage>(opened).seq(), 7);

  PushBeacon beacon;
  beacon.set_realm("live");
  beacon.set_ledger("alert");
  beacon.set_head(9);
  const Opened opened_beacon = envelope.Open(envelope.Seal(beacon));
  ASSERT_TRUE(std::holds_alternative<PushBeacon>(opened_beacon));
  EXPECT_EQ(std::get<PushBeacon>(opened_beacon).head(), 9);
}

TEST(EnvelopeTest, AnyFlippedBitIsForged) {
  const Envelope envelope = Make("live", "alert");
  const std::string sealed = envelope.Seal(Message());
  for (size_t i = 0; i < sealed.size() * 8; ++i) {
    std::string flipped = sealed;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
    EXPECT_TRUE(std::holds_alternative<Forged>(envelope.Open(flipped))) << "bit " << i;
  }
}

TEST(EnvelopeTest, AnotherKeyIsForged) {
  const std::string sealed = Make("live", "alert", 'x').Seal(Message());
  EXPECT_TRUE(std::holds_alternative<Forged>(Make("live", "alert").Open(sealed)));
}

TEST(EnvelopeTest, AMessageOfAnotherRealmIsForgedHoweverItIsLabelled) {
  PushMessage message = Message();
  message.set_realm("drill-1");
  const Envelope drill = Make("drill-1", "alert");
  EXPECT_TRUE(std::holds_alternative<Forged>(Make("live", "alert").Open(drill.Seal(message))));
  // The MAC covers the realm of the sealer, so a lie inside does not help.
  EXPECT_TRUE(std::holds_alternative<Forged>(Make("live", "alert").Open(drill.Seal(Message()))));
}

TEST(EnvelopeTest, AMessageDoesNotPassForABeacon) {
  const Envelope envelope = Make("live", "alert");
  PushEnvelope parts;
  ASSERT_TRUE(parts.ParseFromString(envelope.Seal(Message())));
  const std::string body = parts.message();
  parts.set_beacon(body);
  EXPECT_TRUE(std::holds_alternative<Forged>(envelope.Open(parts.SerializeAsString())));
}

TEST(EnvelopeTest, RubbishIsForged) {
  const Envelope envelope = Make("live", "alert");
  EXPECT_TRUE(std::holds_alternative<Forged>(envelope.Open("")));
  EXPECT_TRUE(std::holds_alternative<Forged>(envelope.Open("rubbish")));
  EXPECT_TRUE(std::holds_alternative<Forged>(envelope.Open(std::string(kSealedBytesMax + 1, 'x'))));
}

TEST(EnvelopeTest, AKeyOfAnotherLengthIsRefused) {
  EXPECT_EQ(Envelope::Make("live", "alert", "short").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace huying::push
