// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"

namespace huying::rpc {

inline constexpr char kReflectionService[] = "grpc.reflection.v1alpha.ServerReflection";

// Answers the server reflection protocol from the linked proto files: our services have no
// generated code that the stock plugin could find. Immutable, thread-safe.
class Reflection {
 public:
  // `services` are listed beside those that every server has: reflection itself and grpc.health.v1.
  explicit Reflection(std::vector<std::string> services);
  grpc::reflection::v1alpha::ServerReflectionResponse Answer(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request) const;

 private:
  std::vector<std::string> services_;
};

}  // namespace huying::rpc
