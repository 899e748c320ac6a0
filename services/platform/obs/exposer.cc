// SPDX-License-Identifier: Apache-2.0
#include "services/platform/obs/exposer.h"

#include <prometheus/exposer.h>
#include <prometheus/registry.h>

#include <exception>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "spdlog/spdlog.h"

namespace huying::obs {

Exposer::~Exposer() = default;

absl::StatusOr<std::unique_ptr<Exposer>> Exposer::Start(const Metrics& metrics,
                                                        const std::string& address) {
  constexpr size_t kThreads = 1;
  auto exposer = std::unique_ptr<Exposer>(new Exposer());
  try {
    exposer->exposer_ = std::make_unique<prometheus::Exposer>(address, kThreads);
    exposer->exposer_->RegisterCollectable(metrics.registry());
    exposer->port_ = exposer->exposer_->GetListeningPorts().at(0);
  } catch (const std::exception& error) {
    spdlog::error("metrics cannot listen on {}: {}", address, error.what());
    return base::Unavailable(base::Reason::CONDITION_NOT_MET,
                             absl::StrCat("指标页不能监听 ", address, ":地址已被占用或不可用"),
                             absl::StrCat("metrics cannot listen on ", address,
                                          ": the address is in use or not of this machine"))
        .Next("换一个端口,或停掉占用它的程序", "choose another port, or stop what uses it");
  }
  return exposer;
}

}  // namespace huying::obs
