// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "huying/platform/v1/config.pb.h"
#include "services/platform/base/status.h"

// The server's configuration: one proto (its comments are the documentation), read from textproto,
// filled with the defaults below, checked as a whole before anything is started.
//
//   ASSIGN_OR_RETURN(platform::v1::ServerConfig config,
//   config::ReadFile("/etc/huying/huyingd.textproto")); config::FillDefaults(config); for (const
//   base::Problem& problem : config::Validate(config, known_services)) Print(problem);
//
// Pure but for ReadFile.
namespace huying::config {

inline constexpr char kListenDefault[] = "127.0.0.1:7400";
inline constexpr char kAllServices[] = "all";
// `log.access_file` that switches the access log off.
inline constexpr char kNoAccessLog[] = "none";
inline constexpr int kCallsWaitingDefault = 1024;
inline constexpr int kStreamsDefault = 2000;
inline constexpr int kMessageBytesDefault = 4 * 1024 * 1024;
inline constexpr int kRealmsOpenDefault = 16;
inline constexpr int kStopWithinMsDefault = 10'000;
inline constexpr int kDiskLowMbDefault = 1024;
inline constexpr int kDiskCriticalMbDefault = 256;
inline constexpr int kOutageSecondsDefault = 30;
inline constexpr int kRestartGraceSecondsDefault = 60;
inline constexpr int kBackupAgeHoursDefault = 26;

// INVALID_ARGUMENT naming `source`, line and column. An unknown field is an error.
absl::StatusOr<platform::v1::ServerConfig> Parse(std::string_view text, std::string_view source);
absl::StatusOr<platform::v1::ServerConfig> ReadFile(const std::string& path);

void FillDefaults(platform::v1::ServerConfig& config);

// Everything that is wrong, each with its field and what to do; empty = good. Call after
// FillDefaults.
std::vector<base::Problem> Validate(const platform::v1::ServerConfig& config,
                                    absl::Span<const std::string> known_services);

// "127.0.0.1:1", "localhost:1", "[::1]:1" and unix sockets.
bool IsLoopback(std::string_view address);

// As textproto, with a header line; what --print_config shows.
std::string Print(const platform::v1::ServerConfig& config);

}  // namespace huying::config
