// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/status.h"

// Crossing over to gRPC's types; for the gRPC files of this folder only.
namespace huying::rpc {

inline constexpr int kMetadataMaxBytes = 32 << 10;
inline constexpr char kBearer[] = "Bearer ";

// One allocation, no copy after serialising.
inline grpc::ByteBuffer ToByteBuffer(const google::protobuf::Message& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}
inline grpc::ByteBuffer ToByteBuffer(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// The bytes of a buffer: in place when they lie in one piece, else copied.
class FlatBytes {
 public:
  explicit FlatBytes(const grpc::ByteBuffer& buffer) {
    if (!buffer.Valid()) return;
    if (!buffer.TrySingleSlice(&slice_).ok()) buffer.DumpToSingleSlice(&slice_);
  }
  std::string_view view() const {
    return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()};
  }

 private:
  grpc::Slice slice_;
};

inline grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  WireStatus wire = ToWire(status);
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code), std::move(wire.message),
                      std::move(wire.details));
}
inline absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return FromWire(status.error_code(), status.error_message(), status.error_details());
}

// gRPC's deadlines are in the machine's real time; ours in the machine clock, which tests move.
inline absl::Time ToMachineTime(std::chrono::system_clock::time_point deadline,
                                const base::Clock& machine) {
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return machine.Now() + (absl::FromChrono(deadline) - base::SystemClock().Now());
}
inline std::chrono::system_clock::time_point ToGrpcDeadline(absl::Duration from_now) {
  constexpr absl::Duration kLongest = absl::Hours(24 * 365);
  return absl::ToChronoTime(base::SystemClock().Now() + std::min(from_now, kLongest));
}

}  // namespace huying::rpc
