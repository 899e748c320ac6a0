// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/server.h"

#include <unistd.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/rpc/testing/toy.h"

namespace huying::rpc {
namespace {

using ::testing::HasSubstr;
using testing::kGet;
using testing::kPut;
using testing::kWatch;
using testing::PutOf;
using testing::Toy;

struct Wire {
  explicit Wire(ServerOptions options = {.addresses = {"127.0.0.1:0"}}) {
    auto started = Server::Start(*toy.router, options);
    if (!started.ok()) ADD_FAILURE() << started.status();
    server = *std::move(started);
    token = toy.Token(toy.Officer());
  }
  std::unique_ptr<Channel> Tcp() {
    return *Channel::Open({.target = "127.0.0.1:" + std::to_string(server->port())});
  }
  absl::Time Soon() { return toy.machine.Now() + absl::Seconds(10); }

  Toy toy;
  std::string token;
  std::unique_ptr<Server> server;
};

// What a stream delivered.
struct Watched {
  std::vector<int64_t> seqs;
  absl::Status status;
  absl::Notification ended;
  std::unique_ptr<ClientStream> stream;
};
std::unique_ptr<Watched> Watch(Channel& channel, const std::string& token,
                               const rpctest::v1::WatchRequest& request) {
  auto watched = std::make_unique<Watched>();
  Watched* w = watched.get();
  w->stream = channel.OpenTypedStream<rpctest::v1::WatchEvent>(
      kWatch, token, absl::InfiniteFuture(), request,
      [w](const rpctest::v1::WatchEvent& event) { w->seqs.push_back(event.seq()); },
      [w](const absl::Status& status) {
        w->status = status;
        w->ended.Notify();
      });
  return watched;
}

TEST(ServerTest, AReadIsAnsweredOverTcpAndInProcess) {
  Wire wire;
  for (auto& channel : {wire.Tcp(), wire.server->InProcessChannel()}) {
    rpctest::v1::GetRequest request;
    request.set_key("键");
    rpctest::v1::GetResponse response;
    ASSERT_TRUE(channel->Call(kGet, wire.token, wire.Soon(), request, &response).ok());
    EXPECT_EQ(response.value(), "键");
  }
}

TEST(ServerTest, AMutationIsAnsweredWithItsReceipt) {
  Wire wire;
  auto channel = wire.Tcp();
  common::v1::Receipt receipt;
  ASSERT_TRUE(channel->Call(kPut, wire.token, wire.Soon(), PutOf("r-1", "k"), &receipt).ok());
  EXPECT_EQ(receipt.name(), "rpctest.Put");
  EXPECT_EQ(receipt.seq(), 1);
}

TEST(ServerTest, AStreamDeliversItsEventsInOrderAndEnds) {
  Wire wire;
  auto channel = wire.Tcp();
  rpctest::v1::WatchRequest request;
  request.set_events(100);
  auto watched = Watch(*channel, wire.token, request);
  ASSERT_TRUE(watched->ended.WaitForNotificationWithTimeout(absl::Seconds(10)));
  EXPECT_TRUE(watched->status.ok()) << watched->status;
  ASSERT_EQ(watched->seqs.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(watched->seqs[i], i + 1);
}

}  // namespace
}  // namespace huying::rpc
