// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/journal_control.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::runtime {
namespace {
using base::Reason;
using context::CallContext;
using platform::v1::CaseFile;
using platform::v1::CaseFileLedger;
using platform::v1::ListEntriesResponse;

constexpr int kPageDefault = 100;
constexpr int kPageMax = 500;
constexpr size_t kPageBytesMax = 2 << 20;
constexpr char kExportCase[] = "huying.platform.v1.JournalService/ExportCase";
constexpr char kListEntries[] = "huying.platform.v1.JournalService/ListEntries";

absl::Status Missing(std::string_view field) {
  return base::Invalid(Reason::FIELD_MISSING, "缺少必填字段", "a required field is missing")
      .Field(field);
}
}  // namespace

void JournalControl::Register(rpc::RouteTable& table) {
  rpc::Routes<JournalControl> routes(
      table, "huying.platform.v1.JournalService",
      [this](std::string_view) -> absl::StatusOr<JournalControl*> { return this; });
  routes.Read("ListEntries", &JournalControl::ListEntries);
  routes.Read("ExportCase", &JournalControl::ExportCase);
  routes.Read("ExportCaseFile", &JournalControl::ExportCaseFile);
  routes.Read("ReadChannels", &JournalControl::ReadChannels);
}

rpc::Caller* JournalControl::RemoteOf(const std::string& ledger) const {
  for (const auto& [service, caller] : remotes_()) {
    if (service == ledger) return caller;
  }
  return nullptr;
}

ExportContext JournalControl::ContextFor(const std::string& realm) const {
  std::set<std::string> ledgers;
  for (const RealmHomeImpl* home : homes_.OfRealm(realm)) ledgers.insert(home->service());
  for (const auto& [service, caller] : remotes_()) ledgers.insert(service);
  return {&key_, clock_.Now(), {ledgers.begin(), ledgers.end()}};
}

absl::StatusOr<ListEntriesResponse> JournalControl::ListEntries(
    const CallContext& context, const platform::v1::ListEntriesRequest& request) {
  if (request.ledger().empty()) return Missing("ledger");
  if (rpc::Caller* remote = RemoteOf(request.ledger())) {
    return rpc::Call<ListEntriesResponse>(*remote, context, kListEntries, request);
  }
  ASSIGN_OR_RETURN(RealmHomeImpl * home, homes_.Find(request.ledger(), context.realm));
  const int size =
      request.page_size() <= 0 ? kPageDefault : std::min(request.page_size(), kPageMax);
  ASSIGN_OR_RETURN(auto reader, home->ledger().Read());
  ASSIGN_OR_RETURN(auto entries,
                   request.case_id().empty()
                       ? reader->Entries(request.after_seq(), size)
                       : reader->CaseEntries(request.case_id(), request.after_seq(), size));
  ListEntriesResponse response;
  ASSIGN_OR_RETURN(int64_t head, reader->HeadSeq());
  response.set_head_seq(head);
  size_t bytes = 0;
  for (auto& stored : entries) {
    bytes += stored.bytes.size();
    if (bytes > kPageBytesMax && response.items_size() > 0) break;
    auto& item = *response.add_items();
    item.set_hash(std::move(stored.hash));
    item.mutable_entry()->Swap(&stored.entry);
  }
  const bool all = response.items_size() == static_cast<int>(entries.size());
  if (!all || static_cast<int>(entries.size()) == size) {
    response.set_next_after_seq(response.items(response.items_size() - 1).entry().seq());
  }
  return response;
}

absl::StatusOr<CaseFileLedger> JournalControl::ExportCase(
    const CallContext& context, const platform::v1::ExportCaseRequest& request) {
  if (request.case_id().empty()) return Missing("case_id");
  if (request.ledger().empty()) return Missing("ledger");
  if (rpc::Caller* remote = RemoteOf(request.ledger())) {
    return rpc::Call<CaseFileLedger>(*remote, context, kExportCase, request);
  }
  ASSIGN_OR_RETURN(RealmHomeImpl * home, homes_.Find(request.ledger(), context.realm));
  ASSIGN_OR_RETURN(auto reader, home->ledger().Read());
  return ExportCasePart(*reader, home->ledger().header(), request.case_id(),
                        ContextFor(context.realm));
}

absl::StatusOr<platform::v1::SignedCaseFile> JournalControl::ExportCaseFile(
    const CallContext& context, const platform::v1::ExportCaseRequest& request) {
  if (request.case_id().empty()) return Missing("case_id");
  CaseFile file;
  file.set_case_id(request.case_id());
  file.set_realm(context.realm);
  *file.mutable_exported_at() = base::ToProto(clock_.Now());
  file.set_public_key(key_.public_key());
  file.set_key_id(key_.key_id());
  bool any = false;
  for (const std::string& ledger : ContextFor(context.realm).realm_ledgers) {
    platform::v1::ExportCaseRequest part = request;
    part.set_ledger(ledger);
    ASSIGN_OR_RETURN(CaseFileLedger exported, ExportCase(context, part));
    any = any || exported.entries_size() > 0;
    *file.add_ledgers() = std::move(exported);
  }
  if (!any) return base::NotFound(request.case_id());
  platform::v1::SignedCaseFile result;
  result.set_case_file(file.SerializeAsString());
  result.set_signature(auth::Sign(key_, result.case_file()));
  result.set_algorithm(auth::kSignatureEd25519);
  return result;
}

absl::StatusOr<platform::v1::ReadChannelsResponse> JournalControl::ReadChannels(
    const CallContext& context, const platform::v1::ReadChannelsRequest& request) {
  if (request.ledger().empty()) return Missing("ledger");
  ASSIGN_OR_RETURN(RealmHomeImpl * home, homes_.Find(request.ledger(), context.realm));
  return home->channels().Read(request);
}

}  // namespace huying::runtime
