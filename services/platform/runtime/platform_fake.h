// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/auth/keys.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/config/config.h"
#include "services/platform/push/bus.h"
#include "services/platform/runtime/platform.h"

namespace huying::runtime {

// A real platform in a temporary folder: real SQLite, fresh keys, cheap passwords, no Redis unless a bus is
// given, and a clock for the live realm that the test moves.
//
//   TestPlatform test({"directory", "alert"});
//   auto module = MakeAlertModule(test.platform());
//   ASSERT_TRUE(module->Start().ok() && test.platform().Open().ok());
//   test.clock().Advance(absl::Minutes(5));
//   test.Restart();                               // the same folder, as after a crash or an upgrade
class TestPlatform {
 public:
  explicit TestPlatform(std::vector<std::string> services, push::Bus* bus = nullptr,
                        absl::Time start = absl::FromUnixSeconds(1'767'225'600))
      : services_(std::move(services)),
        bus_(bus),
        keys_(auth::KeyRing::Ephemeral()),
        clock_(start) {
    Restart();
  }

  // Stops the platform and makes a new one; modules of the old one must be gone.
  void Restart() {
    platform_.reset();
    PlatformOptions options;
    options.config = config();
    options.services = services_;
    options.live_clock = &clock_;
    options.bus = bus_;
    options.keys = &keys_;
    auto made = Platform::Create(std::move(options));
    status_ = made.status();
    if (made.ok()) platform_ = *std::move(made);
  }

  platform::v1::ServerConfig config() const {
    platform::v1::ServerConfig config;
    config.set_data_dir(dir_.path());
    config.set_password_cost(platform::v1::ServerConfig::TEST);
    config.set_listen("127.0.0.1:0");
    config.mutable_log()->set_access_file(config::kNoAccessLog);
    config::FillDefaults(config);
    return config;
  }
  const absl::Status& status() const { return status_; }
  Platform& platform() { return *platform_; }
  base::ManualClock& clock() { return clock_; }
  const auth::KeyRing& keys() const { return keys_; }
  const std::string& folder() const { return dir_.path(); }
  void Stop() { platform_.reset(); }

 private:
  base::TempDir dir_;
  const std::vector<std::string> services_;
  push::Bus* const bus_;
  const auth::KeyRing keys_;
  base::ManualClock clock_;
  absl::Status status_;
  std::unique_ptr<Platform> platform_;
};

}  // namespace huying::runtime
