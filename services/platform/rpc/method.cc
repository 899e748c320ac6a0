// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/method.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/nearest.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/rpc/status.h"

namespace huying::rpc {
namespace {

using ::google::protobuf::DescriptorPool;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::ServiceDescriptor;

// "huying.alert.v1.AlertService" → "alert": the package's last part that is not a version.
std::string ShortService(std::string_view service) {
  std::vector<std::string> parts = absl::StrSplit(base::Abs(service), '.');
  if (parts.size() > 1) parts.pop_back();
  const auto is_version = [](const std::string& part) {
    return part.size() > 1 && part[0] == 'v' && absl::ascii_isdigit(part[1]);
  };
  while (parts.size() > 1 && is_version(parts.back())) parts.pop_back();
  return parts.back();
}

ledger::Lane LaneOf(common::v1::Lane lane) {
  switch (lane) {
    case common::v1::Lane::ANSWER:
      return ledger::Lane::kAnswer;
    case common::v1::Lane::BULK:
      return ledger::Lane::kBulk;
    default:
      return ledger::Lane::kControl;
  }
}

PoolKind PoolOf(const Method& method) {
  if (method.is_stream()) return PoolKind::kStream;
  if (method.policy.hashes_password()) return PoolKind::kHash;
  if (method.policy.idempotency() == common::v1::TOKEN) return PoolKind::kToken;
  if (!method.is_mutation()) return PoolKind::kRead;
  switch (method.lane) {
    case ledger::Lane::kAnswer:
      return PoolKind::kAnswer;
    case ledger::Lane::kBulk:
      return PoolKind::kBulk;
    default:
      return PoolKind::kControl;
  }
}

const FieldDescriptor* RequestIdField(const google::protobuf::Descriptor& request) {
  const FieldDescriptor* field = request.FindFieldByName("request_id");
  const bool fits =
      field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING;
  return fits ? field : nullptr;
}

const FieldDescriptor* LegalBasisField(const google::protobuf::Descriptor& request) {
  const FieldDescriptor* field = request.FindFieldByName("legal_basis");
  return field != nullptr && field->is_repeated() ? field : nullptr;
}

// In the request, or in one of its parts: a document that is drafted carries its own basis.
void FindLegalBasis(const google::protobuf::Descriptor& request, Method* method) {
  method->legal_basis = LegalBasisField(request);
  for (int i = 0; i < request.field_count() && method->legal_basis == nullptr; ++i) {
    const FieldDescriptor* part = request.field(i);
    if (part->is_repeated() || part->message_type() == nullptr) continue;
    method->legal_basis = LegalBasisField(*part->message_type());
    if (method->legal_basis != nullptr) method->legal_basis_in = part;
  }
}

void CheckTypes(const Method& method, std::vector<std::string>& faults) {
  const auto& descriptor = *method.descriptor;
  const auto differ = [&](const char* what, const google::protobuf::Descriptor* code,
                          const google::protobuf::Descriptor* proto) {
    if (code == proto) return;
    faults.push_back(absl::StrCat("its ", what, " in C++ is ", code->full_name(), ", in the proto ",
                                  proto->full_name()));
  };
  differ("request", method.route.request_type, descriptor.input_type());
  differ("response", method.route.response_type, descriptor.output_type());
  if (descriptor.client_streaming()) faults.push_back("client streaming is not supported");
  if (descriptor.server_streaming() != method.is_stream()) {
    faults.push_back("the proto and the route disagree on whether it is a stream");
  }
}

void CheckMutation(const Method& method, std::vector<std::string>& faults) {
  if (method.route.ledger == nullptr) faults.push_back("a mutation without a ledger");
  if (method.request_id == nullptr) {
    faults.push_back("a mutation's request needs `string request_id`");
  }
  if (method.policy.idempotency() != common::v1::REQUEST_ID) {
    faults.push_back("a mutation's policy needs idempotency: REQUEST_ID");
  }
  if (method.policy.lane() == common::v1::LANE_UNSPECIFIED) {
    faults.push_back("a mutation's policy needs a lane");
  }
  if (method.policy.permission() == "public") {
    faults.push_back("a mutation cannot be public: request ids belong to a principal");
  }
}

void CheckPolicy(const Method& method, std::vector<std::string>& faults) {
  const auto& options = method.descriptor->options();
  if (!options.HasExtension(common::v1::policy)) {
    faults.push_back("it has no policy (option (huying.common.v1.policy))");
    return;
  }
  const auto& policy = method.policy;
  if (policy.permission().empty()) faults.push_back("its policy names no permission");
  if (policy.lowest_tier() == common::v1::TIER_UNSPECIFIED && policy.permission() != "public") {
    faults.push_back("its policy names no lowest_tier");
  }
  if (policy.idempotency() == common::v1::IDEMPOTENCY_UNSPECIFIED) {
    faults.push_back("its policy names no idempotency");
  }
  if (policy.audit() == common::v1::AUDIT_UNSPECIFIED) {
    faults.push_back("its policy names no audit level");
  }
  if (policy.deadline_ms() <= 0 && !method.is_stream()) {
    faults.push_back("its policy names no deadline_ms");
  }
  if (!method.is_mutation() && policy.idempotency() == common::v1::REQUEST_ID) {
    faults.push_back("only a mutation has idempotency: REQUEST_ID");
  }
  if (policy.needs_legal_basis() && (method.legal_basis == nullptr || !method.is_mutation())) {
    faults.push_back("needs_legal_basis asks for a mutation with a repeated legal_basis");
  }
}

}  // namespace

std::string_view PoolName(PoolKind kind) {
  static constexpr std::array<std::string_view, kPoolKinds> kNames = {
      "control", "answer", "bulk", "read", "token", "stream", "hash"};
  return kNames[static_cast<size_t>(kind)];
}

CallMetrics::CallMetrics(obs::Metrics* metrics, std::string_view method)
    : metrics_(metrics), method_(method) {
  if (metrics == nullptr) return;
  in_flight =
      metrics->GetGauge("huying_rpc_in_flight", "Calls not answered yet", {{"method", method_}});
  latency_ = metrics->GetHistogram("huying_rpc_seconds", "Time from receipt to answer",
                                   obs::LatencyBoundsSeconds(), {{"method", method_}});
  ok_ = metrics->GetCounter("huying_rpc_calls_total", "Calls answered",
                            {{"method", method_}, {"code", "OK"}});
}

void CallMetrics::Count(absl::StatusCode code, double seconds) {
  latency_.Observe(seconds);
  if (code == absl::StatusCode::kOk) {
    ok_.Add();
  } else if (metrics_ != nullptr) {
    metrics_
        ->GetCounter("huying_rpc_calls_total", "Calls answered",
                     {{"method", method_}, {"code", std::string(CodeName(code))}})
        .Add();
  }
}

void CallMetrics::CountRefusal(std::string_view reason) {
  if (metrics_ == nullptr) return;
  metrics_
      ->GetCounter("huying_rpc_refused_total", "Calls refused, by reason",
                   {{"method", method_}, {"reason", std::string(reason)}})
      .Add();
}

std::vector<std::string> FaultsOf(const Method& method) {
  std::vector<std::string> faults;
  const Route& route = method.route;
  const int kinds = (route.mutate ? 1 : 0) + (route.read ? 1 : 0) + (route.stream ? 1 : 0);
  if (kinds != 1) faults.push_back("it must be exactly one of mutation, read and stream");
  if (method.descriptor == nullptr) {
    faults.push_back("the proto has no such RPC");
    return faults;
  }
  CheckTypes(method, faults);
  CheckPolicy(method, faults);
  if (method.is_mutation()) CheckMutation(method, faults);
  if (method.plan != nullptr) {
    for (std::string& fault : RequestCheck::FaultsOf(*method.plan)) {
      faults.push_back(std::move(fault));
    }
  }
  return faults;
}

void MethodTable::Add(Route route, obs::Metrics* metrics) {
  auto method = std::make_unique<Method>();
  method->name = absl::StrCat(route.service, "/", route.rpc);
  method->act = absl::StrCat(ShortService(route.service), ".", route.rpc);
  const ServiceDescriptor* service =
      DescriptorPool::generated_pool()->FindServiceByName(route.service);
  if (service != nullptr) method->descriptor = service->FindMethodByName(route.rpc);
  if (method->descriptor != nullptr) {
    method->policy = method->descriptor->options().GetExtension(common::v1::policy);
  }
  method->request_id = RequestIdField(*route.request_type);
  FindLegalBasis(*route.request_type, method.get());
  method->plan = check_.PlanFor(route.request_type);
  method->lane = LaneOf(method->policy.lane());
  method->metrics = CallMetrics(metrics, method->name);
  method->route = std::move(route);
  method->pool = PoolOf(*method);
  auto [it, inserted] = methods_.try_emplace(method->name, nullptr);
  if (!inserted) {
    twice_.push_back(it->first);
    return;
  }
  it->second = std::move(method);
}

absl::Status MethodTable::Check() const {
  std::vector<std::string> lines;
  for (const std::string& name : twice_) lines.push_back(absl::StrCat(name, ": it has two routes"));
  for (const auto& [name, method] : methods_) {
    for (const std::string& fault : FaultsOf(*method)) {
      lines.push_back(absl::StrCat(name, ": ", fault));
    }
  }
  for (const std::string& name : Services()) {
    const ServiceDescriptor* service = DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) {
      lines.push_back(absl::StrCat(name, ": no linked proto file declares this service"));
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string rpc = absl::StrCat(name, "/", service->method(i)->name());
      if (!methods_.contains(rpc)) lines.push_back(absl::StrCat(rpc, ": it has no route"));
    }
  }
  if (lines.empty()) return absl::OkStatus();
  std::sort(lines.begin(), lines.end());
  const std::string list = absl::StrJoin(lines, "\n");
  return base::Refused(base::Reason::CONDITION_NOT_MET,
                       absl::StrCat("接口定义与路由不一致:\n", list),
                       absl::StrCat("the services are not complete:\n", list))
      .Rule("platform.every-rpc-has-a-policy-and-a-route");
}

const Method* MethodTable::Find(std::string_view name) const {
  if (!name.empty() && name.front() == '/') name.remove_prefix(1);
  const auto it = methods_.find(base::Abs(name));
  return it == methods_.end() ? nullptr : it->second.get();
}

std::string MethodTable::Nearest(std::string_view name) const {
  if (!name.empty() && name.front() == '/') name.remove_prefix(1);
  std::vector<std::string_view> known;
  known.reserve(methods_.size());
  for (const auto& [method, unused] : methods_) known.push_back(method);
  return base::Nearest(name, known);
}

std::vector<std::string> MethodTable::Services() const {
  std::set<std::string> names;
  for (const auto& [name, method] : methods_) names.insert(method->route.service);
  return {names.begin(), names.end()};
}

}  // namespace huying::rpc
