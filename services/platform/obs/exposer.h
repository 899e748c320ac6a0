// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/obs/metrics.h"

namespace prometheus {
class Exposer;
}

namespace huying::obs {

// Serves `GET /metrics` until destroyed. The page is not secret but tells how busy we are, so it
// listens on this machine unless an address says otherwise.
//
//   ASSIGN_OR_RETURN(auto exposer, obs::Exposer::Start(metrics, "127.0.0.1:9464"));
class Exposer {
 public:
  // Port 0 takes a free one. UNAVAILABLE when the address is taken.
  static absl::StatusOr<std::unique_ptr<Exposer>> Start(const Metrics& metrics,
                                                        const std::string& address);
  ~Exposer();
  int port() const { return port_; }

 private:
  Exposer() = default;
  std::unique_ptr<prometheus::Exposer> exposer_;
  int port_ = 0;
};

}  // namespace huying::obs
