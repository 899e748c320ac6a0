// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "services/platform/rpc/channel.h"

namespace huying::rpc {

// gRPC's side of a channel; for the gRPC files of this folder only.
struct Channel::Parts {
  Parts(std::shared_ptr<grpc::Channel> connection, ChannelOptions o)
      : options(std::move(o)), channel(std::move(connection)), stub(channel) {
    if (options.machine_clock == nullptr) options.machine_clock = &real_clock;
  }
  ChannelOptions options;
  base::SystemClock real_clock;
  std::shared_ptr<grpc::Channel> channel;
  grpc::GenericStub stub;
};

grpc::ChannelArguments ChannelArgumentsOf(const ChannelOptions& options);

}  // namespace huying::rpc
