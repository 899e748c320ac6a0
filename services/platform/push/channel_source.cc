// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/channel_source.h"

#include <algorithm>
#include <vector>

#include "services/platform/base/status.h"

namespace huying::push {

using platform::v1::PushMessage;
using platform::v1::ReadChannelsRequest;
using platform::v1::ReadChannelsResponse;

absl::StatusOr<ReadChannelsResponse> LocalChannelSource::Read(const ReadChannelsRequest& request) {
  const std::vector<std::string> channels(request.channels().begin(), request.channels().end());
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ReadChannelsResponse response;
  response.set_epoch(ledger_.header().epoch());
  ASSIGN_OR_RETURN(const int64_t head, reader->HeadSeq());
  response.set_head(head);
  if (channels.empty()) return response;

  ASSIGN_OR_RETURN(const auto heads, reader->ChannelHeads(channels));
  for (const std::string& channel : channels) {
    const auto it = heads.find(channel);
    (*response.mutable_channel_heads())[channel] = it == heads.end() ? 0 : it->second;
  }
  const int limit = std::clamp(request.limit(), 0, kChannelPageMax);
  if (limit == 0) return response;

  ASSIGN_OR_RETURN(const auto entries,
                   reader->ChannelEntries(channels, request.after_seq(), limit));
  for (const ledger::Reader::ChannelEntry& item : entries) {
    *response.add_messages() = MakeMessage(ledger_.header(), item.entry, item.prev, projection_);
  }
  response.set_more(static_cast<int>(entries.size()) == limit);
  return response;
}

PushMessage MakeMessage(const platform::v1::LedgerHeader& header, const ledger::StoredEntry& entry,
                        const std::map<std::string, int64_t>& prev, const Projection& projection) {
  PushMessage message;
  message.set_realm(header.realm());
  message.set_ledger(header.ledger());
  message.set_epoch(header.epoch());
  message.set_seq(entry.entry.seq());
  for (const auto& [channel, seq] : prev) {
    PushMessage::Link* link = message.add_links();
    link->set_channel(channel);
    link->set_prev(seq);
  }
  if (projection) message.set_event(projection(entry));
  return message;
}

}  // namespace huying::push
