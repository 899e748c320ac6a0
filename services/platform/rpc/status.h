// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

// The one translator between the `absl::Status` (+ Problem) used inside and what travels: a code,
// an English message, and a serialised google.rpc.Status with ErrorInfo, BadRequest,
// PreconditionFailure, LocalizedMessage and RetryInfo. Both ends use it, so a client holds the very
// status that was sent.
namespace huying::rpc {

struct WireStatus {
  int code = 0;
  std::string message;
  std::string details;  // grpc-status-details-bin
};

inline constexpr char kErrorDomain[] = "huying";

WireStatus ToWire(const absl::Status& status);
// A status that is not ours (the transport's own, another server's) gets a Problem by its code.
absl::Status FromWire(int code, std::string_view message, std::string_view details);

// True for a status whose text must not leave the process: internal faults, and whatever carries no
// Problem (driver text, a library's words).
bool MustHide(const absl::Status& status);
// The same code with a sentence that names the incident; the caller logs the original under that
// number.
absl::Status Hidden(const absl::Status& status, std::string_view incident);

// "PERMISSION_DENIED".
std::string_view CodeName(absl::StatusCode code);

}  // namespace huying::rpc
