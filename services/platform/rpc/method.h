// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "huying/common/v1/policy.pb.h"
#include "services/platform/ledger/command.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/rpc/request_check.h"
#include "services/platform/rpc/routes.h"

namespace huying::rpc {

// Which threads run a call's use case. Hashing a password takes long and imports are big: neither may
// delay an alert, nor a token that is renewed.
enum class PoolKind { kControl, kAnswer, kBulk, kRead, kToken, kStream, kHash };
inline constexpr int kPoolKinds = 7;
std::string_view PoolName(PoolKind kind);

// Series of one RPC. A code's counter is made when it first occurs.
class CallMetrics {
 public:
  CallMetrics() = default;
  CallMetrics(obs::Metrics* metrics, std::string_view method);
  void Count(absl::StatusCode code, double seconds);
  void CountRefusal(std::string_view reason);
  obs::Gauge in_flight;

 private:
  obs::Metrics* metrics_ = nullptr;
  std::string method_;
  obs::Histogram latency_;
  obs::Counter ok_;
};

// One RPC with everything the stages ask, looked up once at start.
struct Method {
  Route route;
  std::string name;  // "huying.alert.v1.AlertService/IssueNotice"
  std::string act;   // "alert.IssueNotice"
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  common::v1::Policy policy;
  ledger::Lane lane = ledger::Lane::kControl;
  PoolKind pool = PoolKind::kRead;
  const RequestCheck::Plan* plan = nullptr;
  const google::protobuf::FieldDescriptor* request_id = nullptr;   // string, or null
  const google::protobuf::FieldDescriptor* legal_basis = nullptr;  // repeated, or null
  // The part of the request it stands in ("content"); null: the request itself.
  const google::protobuf::FieldDescriptor* legal_basis_in = nullptr;
  mutable CallMetrics metrics;

  bool is_mutation() const { return route.mutate != nullptr; }
  bool is_stream() const { return route.stream != nullptr; }
};

// All RPCs of the process. Filled at start by one thread; read-only and thread-safe afterwards.
class MethodTable {
 public:
  void Add(Route route, obs::Metrics* metrics);
  // OK, or FAILED_PRECONDITION that names every RPC that is wrong, one per line.
  absl::Status Check() const;
  // "service/rpc", with or without a leading slash; null when there is none.
  const Method* Find(std::string_view name) const;
  // The method whose name is nearest, "" when none is near. For a hint in an error only.
  std::string Nearest(std::string_view name) const;
  std::vector<std::string> Services() const;  // sorted, each once

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<Method>> methods_;
  std::vector<std::string> twice_;
  RequestCheck check_;
};

// What is wrong with one method; empty when nothing is.
std::vector<std::string> FaultsOf(const Method& method);

}  // namespace huying::rpc
