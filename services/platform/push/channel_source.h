// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "huying/platform/v1/control.pb.h"
#include "huying/platform/v1/journal.pb.h"
#include "services/platform/ledger/ledger.h"

// Where a hub reads what the bus did not bring: heads of channels, and entries past a position.
//
//   LocalChannelSource source(ledger, [](const ledger::StoredEntry& entry) { return ...; });
//   ReadChannelsRequest request;  // limit 0 = heads only
//   ASSIGN_OR_RETURN(ReadChannelsResponse response, source.Read(request));
namespace huying::push {

// What followers are told of an entry: made by the owning service, a pure function.
using Projection = std::function<std::string(const ledger::StoredEntry& entry)>;

inline constexpr int kChannelPageMax = 256;

// Thread-safe.
class ChannelSource {
 public:
  virtual ~ChannelSource() = default;
  // One snapshot: epoch, ledger head and a head for each channel named (0 = nothing was ever
  // there), and, when `limit` > 0, the first messages past `after_seq`. `more` tells that the page
  // was full.
  virtual absl::StatusOr<platform::v1::ReadChannelsResponse> Read(
      const platform::v1::ReadChannelsRequest& request) = 0;
};

// Reads a ledger of this process; also answers JournalService/ReadChannels.
class LocalChannelSource final : public ChannelSource {
 public:
  // `ledger` must outlive this.
  LocalChannelSource(ledger::Ledger& ledger, Projection projection)
      : ledger_(ledger), projection_(std::move(projection)) {}

  absl::StatusOr<platform::v1::ReadChannelsResponse> Read(
      const platform::v1::ReadChannelsRequest& request) override;

 private:
  ledger::Ledger& ledger_;
  const Projection projection_;
};

// The message of one entry; `prev` holds every channel of it.
platform::v1::PushMessage MakeMessage(const platform::v1::LedgerHeader& header,
                                      const ledger::StoredEntry& entry,
                                      const std::map<std::string, int64_t>& prev,
                                      const Projection& projection);

}  // namespace huying::push
