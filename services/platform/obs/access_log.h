// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace spdlog {
class logger;
}

// One JSON line per call: who called what, when, with what outcome. It never holds a token or a
// value of a request's field other than the request id; a test greps for that.
namespace huying::obs {

struct AccessRecord {
  absl::Time time;  // machine time, at the answer
  std::string_view method;
  std::string_view code;    // "OK", "PERMISSION_DENIED"
  std::string_view reason;  // of the problem; empty when OK
  std::string_view rule_id;
  std::string_view principal;
  std::string_view post;
  std::string_view acting_for;
  std::string_view realm;
  std::string_view request_id;
  std::string_view peer;
  std::string_view incident;  // number of an internal fault, "" otherwise
  absl::Duration took;
  bool denied = false;  // PERMISSION_DENIED: written at level warn, "audit":"denied"
};

// Thread-safe. Lines reach the file within a second while calls come in, denials at once; a full disk
// loses lines, never calls.
class AccessLog {
 public:
  // Rotates by size: `keep` files of `max_bytes` beside the current one.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(const std::string& path,
                                                         size_t max_bytes = 64 << 20,
                                                         size_t keep = 8);
  // Writes to the given logger, for tests and for standard output; the pattern is set to "%v".
  explicit AccessLog(std::shared_ptr<spdlog::logger> logger);
  ~AccessLog();

  void Write(const AccessRecord& record);
  void Flush();

 private:
  std::shared_ptr<spdlog::logger> logger_;
  std::atomic<int64_t> flushed_unix_s_ = 0;
};

// The line itself, without a newline.
std::string ToJsonLine(const AccessRecord& record);

}  // namespace huying::obs
