// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/heartbeat.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/strings.h"

namespace huying::ledger {
namespace {
constexpr size_t kBytes = 20;  // microseconds since 1970, padded, so that a beat is one write
}

Heartbeat::Heartbeat(std::string path, const base::Clock& machine_clock)
    : machine_clock_(machine_clock),
      file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)) {
  if (file_ < 0) spdlog::error("heartbeat file {} cannot be opened", path);
}

Heartbeat::~Heartbeat() {
  if (file_ >= 0) ::close(file_);
}

std::optional<absl::Time> Heartbeat::Last() const {
  std::array<char, kBytes> text{};
  if (file_ < 0 || ::pread(file_, text.data(), kBytes, 0) != static_cast<ssize_t>(kBytes)) {
    return std::nullopt;
  }
  int64_t micros = 0;
  if (!absl::SimpleAtoi(absl::string_view(text.data(), kBytes), &micros)) return std::nullopt;
  return absl::FromUnixMicros(micros);
}

void Heartbeat::Beat() {
  if (machine_clock_.Now() >= beaten_ + absl::Seconds(1)) BeatNow();
}

void Heartbeat::BeatNow() {
  beaten_ = machine_clock_.Now();
  const std::string text = absl::StrFormat("%20d", absl::ToUnixMicros(beaten_));
  if (file_ >= 0 && ::pwrite(file_, text.data(), kBytes, 0) != static_cast<ssize_t>(kBytes)) {
    spdlog::error("heartbeat could not be written");
  }
}

}  // namespace huying::ledger
