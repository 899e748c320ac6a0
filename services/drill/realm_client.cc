// SPDX-License-Identifier: Apache-2.0
#include "services/drill/realm_client.h"

#include <utility>

#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::drill {
namespace {

using platform::v1::ListEntriesRequest;
using platform::v1::ListEntriesResponse;

constexpr char kOpenRealm[] = "huying.platform.v1.RealmService/OpenRealm";
constexpr char kProbe[] = "huying.platform.v1.RealmService/Probe";
constexpr char kSetTime[] = "huying.platform.v1.RealmService/SetTime";
constexpr char kFinishRealm[] = "huying.platform.v1.RealmService/FinishRealm";
constexpr char kCloseRealm[] = "huying.platform.v1.RealmService/CloseRealm";
constexpr char kListEntries[] = "huying.platform.v1.JournalService/ListEntries";

constexpr char kLive[] = "live";
constexpr int kPageSize = 500;

}  // namespace

context::CallContext RealmClient::Into(const context::CallContext& outer, std::string_view realm) {
  context::CallContext inside = outer;
  inside.realm = std::string(realm);
  inside.principal = "node:drill";
  inside.permissions = {"journal.read", "directory.read", "directory.write", "plan.read",
                        "plan.write"};
  inside.actor.set_system("drill");
  inside.request_id.clear();
  return inside;
}

absl::Status RealmClient::Open(const context::CallContext& context,
                               const platform::v1::RealmInfo& info) {
  platform::v1::OpenRealmRequest request;
  *request.mutable_info() = info;
  for (rpc::Caller* process : processes_) {
    RETURN_IF_ERROR(rpc::Call<platform::v1::OpenRealmResponse>(*process, Into(context, kLive),
                                                               kOpenRealm, request)
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<rules::Probes> RealmClient::Probe(const context::CallContext& context,
                                                 std::string_view realm) {
  platform::v1::ProbeRequest request;
  request.set_realm(std::string(realm));
  rules::Probes probes;
  for (rpc::Caller* process : processes_) {
    ASSIGN_OR_RETURN(
        platform::v1::ProbeResponse probe,
        rpc::Call<platform::v1::ProbeResponse>(*process, Into(context, kLive), kProbe, request));
    probes.push_back(std::move(probe));
  }
  return probes;
}

absl::Status RealmClient::SetTime(const context::CallContext& context, std::string_view realm,
                                  absl::Time now) {
  platform::v1::SetTimeRequest request;
  request.set_realm(std::string(realm));
  *request.mutable_now() = base::ToProto(now);
  for (const bool hold : {true, false}) {
    if (hold && processes_.size() == 1) continue;
    request.set_hold(hold);
    for (rpc::Caller* process : processes_) {
      RETURN_IF_ERROR(rpc::Call<platform::v1::SetTimeResponse>(*process, Into(context, kLive),
                                                               kSetTime, request)
                          .status());
    }
  }
  return absl::OkStatus();
}

absl::Status RealmClient::Finish(const context::CallContext& context, std::string_view realm) {
  platform::v1::FinishRealmRequest request;
  request.set_realm(std::string(realm));
  for (rpc::Caller* process : processes_) {
    RETURN_IF_ERROR(rpc::Call<platform::v1::FinishRealmResponse>(*process, Into(context, kLive),
                                                                 kFinishRealm, request)
                        .status());
  }
  return absl::OkStatus();
}

absl::Status RealmClient::Close(const context::CallContext& context, std::string_view realm) {
  platform::v1::CloseRealmRequest request;
  request.set_realm(std::string(realm));
  for (rpc::Caller* process : processes_) {
    RETURN_IF_ERROR(rpc::Call<platform::v1::CloseRealmResponse>(*process, Into(context, kLive),
                                                                kCloseRealm, request)
                        .status());
  }
  return absl::OkStatus();
}

absl::Status RealmClient::ReadLedger(rpc::Caller& process, const context::CallContext& inside,
                                     const std::string& ledger, const OnEntry& on_entry) {
  ListEntriesRequest request;
  request.set_ledger(ledger);
  request.set_page_size(kPageSize);
  while (true) {
    ASSIGN_OR_RETURN(ListEntriesResponse page,
                     rpc::Call<ListEntriesResponse>(process, inside, kListEntries, request));
    for (auto& item : *page.mutable_items()) {
      on_entry({ledger, std::move(*item.mutable_entry())});
    }
    if (page.next_after_seq() <= request.after_seq()) return absl::OkStatus();
    request.set_after_seq(page.next_after_seq());
  }
}

absl::Status RealmClient::ForEachEntry(const context::CallContext& context, std::string_view realm,
                                       const OnEntry& on_entry) {
  ASSIGN_OR_RETURN(const rules::Probes probes, Probe(context, realm));
  for (size_t i = 0; i < probes.size(); ++i) {
    for (const auto& ledger : probes[i].ledgers()) {
      RETURN_IF_ERROR(ReadLedger(*processes_[i], Into(context, realm), ledger.ledger(), on_entry));
    }
  }
  return absl::OkStatus();
}

}  // namespace huying::drill
