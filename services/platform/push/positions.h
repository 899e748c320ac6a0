// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "huying/platform/v1/journal.pb.h"

// Where a follower stands on each channel it hears, and what is proven. The whole idea of
// following:
//
//   last[c]      the newest entry applied on channel c; nothing older on c is missing.
//   complete_to  every entry up to here, on every channel heard, was applied.
//
// A message is next when `prev` equals last[c] for each of its channels that we hear; anything else
// is read from the journal. A claim "at ledger head H channel c stood at h[c]", from the journal or
// a beacon, proves complete_to = H as soon as last[c] >= h[c] for every c heard.
//
//   if (positions.Judge(message) == Positions::Verdict::kNext) positions.Apply(message);
//   if (positions.Fulfilled(claim)) positions.Prove(claim.head);
namespace huying::push {

// Heads of channels at a moment of the ledger.
struct Claim {
  int64_t head = 0;
  std::vector<std::pair<std::string, int64_t>> channel_heads;  // those heard
  // Channels heard but not listed have their head at or before this.
  int64_t listed_after = 0;
  bool lists_all = true;
};

// Not thread-safe.
class Positions {
 public:
  enum class Verdict {
    kNext,
    kSeen,     // on every channel we hear
    kGap,      // something before it is missing
    kUnheard,  // none of its channels
  };

  void Add(const std::string& channel, int64_t last) { last_[channel] = last; }
  void Remove(const std::string& channel) { last_.erase(channel); }
  void Clear() { last_.clear(), complete_to_ = 0; }

  Verdict Judge(const platform::v1::PushMessage& message) const;
  // After kNext. Returns the channels that moved (one added later may stand past it already).
  std::vector<std::string> Apply(const platform::v1::PushMessage& message);

  bool Fulfilled(const Claim& claim) const;
  // A listed channel stands past what we applied.
  bool Behind(const Claim& claim) const;
  void Prove(int64_t head);
  int64_t complete_to() const { return complete_to_; }

  bool empty() const { return last_.empty(); }
  bool Hears(const std::string& channel) const { return last_.contains(channel); }
  std::vector<std::string> Channels() const;

 private:
  absl::flat_hash_map<std::string, int64_t> last_;
  int64_t complete_to_ = 0;
};

// What a beacon says about the channels heard.
Claim ClaimOf(const platform::v1::PushBeacon& beacon, const Positions& positions);

}  // namespace huying::push
