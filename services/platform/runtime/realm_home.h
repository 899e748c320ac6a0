// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/reactor.h"
#include "services/platform/ledger/timekeeper.h"
#include "services/platform/push/hub.h"

// What one service has in one realm: its ledger and everything that follows it. Made by the platform
// when the realm is first used; a service's factory wires its use cases to it.
//
//   std::unique_ptr<AlertService> MakeAlert(runtime::RealmHome& home, directory::Api& directory) {
//     auto service = std::make_unique<AlertService>(home.ledger(), home.clock(), home.hub(), directory);
//     home.OnDue("answer-limit", [s = service.get()](const auto& context, const auto& due) {
//       return s->AnswerLimitPassed(context, due); });
//     home.SetEventProjection(ProjectAlertEvent);
//     return service;
//   }
namespace huying::runtime {

class RealmHome {
 public:
  virtual ~RealmHome() = default;
  virtual const std::string& service() const = 0;
  virtual const std::string& realm() const = 0;
  virtual bool is_exercise() const = 0;  // for the mark 【演练】 in texts, never for a rule
  virtual ledger::Ledger& ledger() = 0;
  virtual const base::Clock& clock() const = 0;  // realm time
  virtual push::Hub& hub() = 0;                  // live events of this ledger's channels

  // The rest is called by the factory only, before the realm starts to serve.
  virtual void OnDue(std::string_view handler, ledger::DueHandler use_case) = 0;
  virtual void AddReactor(std::unique_ptr<ledger::Reactor> reactor) = 0;
  // What followers of this ledger's channels are shown of an entry ("" = nothing to show).
  virtual void SetEventProjection(
      std::function<std::string(const ledger::StoredEntry& entry)> project) = 0;
};

}  // namespace huying::runtime
