// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/rpc/reflection.h"
#include "services/platform/rpc/router.h"

// The one generic service behind the server: makes a reactor per call. For the gRPC files only.
namespace huying::rpc {

class StreamCall;

// Cuts streams whose client does not take an event in time: the library itself may notice minutes
// later that a peer has vanished in mid-write.
class WriteWatch {
 public:
  WriteWatch(absl::Duration limit, const base::Clock& clock);
  ~WriteWatch();
  void Add(std::shared_ptr<StreamCall> call);
  void Remove(const std::shared_ptr<StreamCall>& call);
  absl::Time Now() const { return clock_.Now(); }

 private:
  void Run();

  const absl::Duration limit_;
  const base::Clock& clock_;
  absl::Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<std::shared_ptr<StreamCall>> calls_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

class RoutedService final : public grpc::CallbackGenericService {
 public:
  RoutedService(Router& router, const Reflection* reflection, absl::Duration write_limit)
      : router_(router), reflection_(reflection), watch_(write_limit, clock_) {}
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  Router& router_;
  const Reflection* const reflection_;  // null: not served
  base::SystemClock clock_;             // of writes, which are real
  WriteWatch watch_;
};

}  // namespace huying::rpc
