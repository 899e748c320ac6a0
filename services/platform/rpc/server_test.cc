// SPDX-License-Identifier: Apache-2.0
//
// The pipeline over real gRPC: TCP, unix sockets, TLS and the channel inside the process.
#include "services/platform/rpc/server.h"

#include <cstdlib>
#include <set>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/descriptor_database.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/rpc/status.h"
#include "services/platform/rpc/testing/wire.h"

namespace huying::rpc {
namespace {

using base::ProblemOf;
using base::Reason;
using ::testing::Contains;
using ::testing::HasSubstr;
using namespace rpctest::v1;  // NOLINT(google-build-using-namespace): the toy's messages
using testing::kGet;
using testing::kPut;
using testing::kWhoAmI;
using testing::PutOf;
using testing::Toy;
using testing::Wire;

TEST(ServerTest, AReadIsAnsweredOverTcpAndInProcess) {
  Wire wire;
  auto tcp = wire.Tcp();
  auto inside = wire.server->InProcessChannel();
  for (Channel* channel : {tcp.get(), inside.get()}) {
    GetRequest request;
    request.set_key("键");
    GetResponse response;
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

TEST(ServerTest, ARefusalArrivesWithAllThatItSaid) {
  Wire wire;
  auto tcp = wire.Tcp();
  auto inside = wire.server->InProcessChannel();
  GetRequest request;
  request.set_refuse("two signatures are missing");
  for (Channel* channel : {tcp.get(), inside.get()}) {
    GetResponse response;
    const absl::Status status = channel->Call(kGet, wire.token, wire.Soon(), request, &response);
    EXPECT_EQ(status, wire.toy.service.Get({}, request).status());
    EXPECT_EQ(ProblemOf(status).legal_article(), "突发事件应对法 第六十四条");
  }
}

TEST(ServerTest, AnAsynchronousCallIsAnswered) {
  Wire wire;
  auto channel = wire.Tcp();
  GetRequest request;
  request.set_key("k");
  std::atomic<int> good = 0;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 100; ++i) {
    channel->CallAsync(
        kGet, wire.token, wire.Soon(), request, [&](absl::StatusOr<std::string> bytes) {
          GetResponse response;
          if (bytes.ok() && response.ParseFromString(*bytes) && response.value() == "k") {
            ++good;
          }
          ++answered;
        });
  }
  EXPECT_TRUE(testing::Eventually([&] { return answered == 100; }));
  EXPECT_EQ(good, 100);
}

TEST(ServerTest, TheCallersDeadlineTravels) {
  Wire wire;
  auto channel = wire.Tcp();
  WhoAmIResponse me;
  ASSERT_TRUE(channel
                  ->Call(kWhoAmI, wire.token, wire.toy.machine.Now() + absl::Milliseconds(800),
                         WhoAmIRequest(), &me)
                  .ok());
  EXPECT_LE(me.deadline_in_ms(), 800);
  EXPECT_GT(me.deadline_in_ms(), 100);
}

TEST(ServerTest, AnAnswerThatTakesTooLongIsDeadlineExceeded) {
  Wire wire;
  auto channel = wire.Tcp();
  GetRequest request;
  request.set_take_ms(400);
  GetResponse response;
  const absl::Status status = channel->Call(
      kGet, wire.token, wire.toy.machine.Now() + absl::Milliseconds(100), request, &response);
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ProblemOf(status).reason(), Reason::DEADLINE_EXCEEDED);
}

TEST(ServerTest, OversizeInvalidUtf8UnknownEnumAndUnknownMethodSayWhatIsWrong) {
  Wire wire;
  auto channel = wire.Tcp();
  GetResponse response;
  const auto reason = [&](const char* method, const google::protobuf::Message& request) {
    return ProblemOf(channel->Call(method, wire.token, wire.Soon(), request, &response)).reason();
  };
  GetRequest request;
  request.set_key(std::string(2 << 20, 'x'));
  EXPECT_EQ(reason(kGet, request), Reason::MESSAGE_TOO_LARGE);
  request.set_key("\xff\xfe");
  EXPECT_EQ(reason(kGet, request), Reason::INVALID_UTF8);
  request.set_key("k");
  request.set_colour(static_cast<Colour>(42));
  EXPECT_EQ(reason(kGet, request), Reason::UNKNOWN_ENUM_VALUE);
  EXPECT_EQ(
      channel->Call("huying.rpctest.v1.ToyService/Gte", wire.token, wire.Soon(), request, &response)
          .code(),
      absl::StatusCode::kUnimplemented);
}

TEST(ServerTest, AMessageFarBeyondTheLimitDoesNotHarmTheServer) {
  Wire wire;
  auto channel = wire.Tcp();
  GetRequest request;
  request.set_key(std::string(20 << 20, 'x'));
  GetResponse response;
  EXPECT_FALSE(channel->Call(kGet, wire.token, wire.Soon(), request, &response).ok());
  request.set_key("k");
  EXPECT_TRUE(channel->Call(kGet, wire.token, wire.Soon(), request, &response).ok());
}

TEST(ServerTest, ATokenThatIsNoTokenNeverReachesTheLibrary) {
  Wire wire;
  auto channel = wire.Tcp();
  GetResponse response;
  const absl::Status status =
      channel->Call(kGet, "a\x01b\xff", wire.Soon(), GetRequest(), &response);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
}

TEST(ServerTest, AnUnreachableServerIsUnavailableWithAReason) {
  auto channel = *Channel::Open({.target = "127.0.0.1:1"});
  GetResponse response;
  const absl::Status status = channel->Call(kGet, "t", base::SystemClock().Now() + absl::Seconds(5),
                                            GetRequest(), &response);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ProblemOf(status).reason(), Reason::LOWER_SERVICE_UNAVAILABLE);
}

TEST(ServerTest, ARouterThatIsNotCompleteDoesNotStart) {
  Toy toy;
  Routes<testing::ToyService> routes(*toy.router, "huying.rpctest.v1.BrokenService",
                                     [&](std::string_view) { return &toy.service; });
  routes.Read("NoPolicy", &testing::ToyService::Get);
  const auto server = Server::Start(*toy.router, {.addresses = {"127.0.0.1:0"}});
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(std::string(server.status().message()),
              HasSubstr("BrokenService/NoPolicy: it has no policy"));
}

TEST(ServerTest, WithoutACertificateOnlyThisMachineIsServed) {
  Toy toy;
  for (const char* address : {"0.0.0.0:0", "[::]:0", "10.1.2.3:7400", "huying.example:1"}) {
    const auto server = Server::Start(*toy.router, {.addresses = {address}});
    ASSERT_FALSE(server.ok()) << address;
    EXPECT_EQ(ProblemOf(server.status()).rule_id(), "platform.no-plain-text-beyond-this-machine");
  }
  for (const char* address : {"127.0.0.1:0", "localhost:0", "[::1]:7", "unix:/tmp/x"}) {
    EXPECT_TRUE(IsLocalAddress(address)) << address;
  }
}

TEST(ServerTest, ATakenPortIsAnErrorThatSaysWhatToDo) {
  Wire wire;
  Toy other;
  const auto second = Server::Start(
      *other.router, {.addresses = {"127.0.0.1:" + std::to_string(wire.server->port())}});
  ASSERT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(ProblemOf(second.status()).next_step_en(), HasSubstr("another port"));
}

TEST(ServerTest, AUnixSocketServesToo) {
  const base::TempDir dir;
  const std::string target = "unix:" + (dir / "rpc.sock");
  Wire wire({.addresses = {target, "127.0.0.1:0"}});
  EXPECT_EQ(wire.server->ports()[0], 0);
  EXPECT_GT(wire.server->port(), 0);
  auto channel = *Channel::Open({.target = target});
  GetResponse response;
  EXPECT_TRUE(channel->Call(kGet, wire.token, wire.Soon(), GetRequest(), &response).ok());
}

TEST(ServerTest, TlsServesWhoKnowsTheRootAndNobodyElse) {
  const base::TempDir dir;
  const std::string cert = (dir / "cert.pem");
  const std::string key = (dir / "key.pem");
  const std::string command =
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
      "-addext subjectAltName=DNS:localhost -keyout " +
      key + " -out " + cert + " 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << "openssl is needed for this test";
  Wire wire({.addresses = {"0.0.0.0:0"}, .certificate_file = cert, .key_file = key});
  const std::string target = "localhost:" + std::to_string(wire.server->port());
  GetResponse response;
  auto good = *Channel::Open({.target = target, .root_certificate_file = cert});
  EXPECT_TRUE(good->Call(kGet, wire.token, wire.Soon(), GetRequest(), &response).ok());
  auto plain = *Channel::Open({.target = target});
  EXPECT_FALSE(plain->Call(kGet, wire.token, wire.Soon(), GetRequest(), &response).ok());
  auto missing = Channel::Open({.target = target, .root_certificate_file = (dir / "none.pem")});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kFailedPrecondition);
}

// ---- health and reflection, as any stock client asks ----

// grpc.health.v1: HealthCheckRequest{service = 1}, HealthCheckResponse{status = 1; 1 = SERVING}.
std::string Health(Channel& channel, absl::Time deadline, const std::string& service) {
  GetRequest request;  // field 1 is a string in both
  request.set_key(service);
  std::string answer = "none";
  absl::Notification done;
  channel.CallAsync("grpc.health.v1.Health/Check", "", deadline, request,
                    [&](absl::StatusOr<std::string> bytes) {
                      answer = bytes.ok() ? *bytes : std::string(CodeName(bytes.status().code()));
                      done.Notify();
                    });
  done.WaitForNotification();
  return answer;
}

TEST(ServerTest, HealthIsToldPerService) {
  Wire wire;
  auto channel = wire.Tcp();
  const std::string serving = "\x08\x01";
  const std::string not_serving = "\x08\x02";
  EXPECT_EQ(Health(*channel, wire.Soon(), "huying.rpctest.v1.ToyService"), serving);
  EXPECT_EQ(Health(*channel, wire.Soon(), ""), serving);
  EXPECT_EQ(Health(*channel, wire.Soon(), "huying.nothing.v1.Nothing"), "NOT_FOUND");
  wire.server->SetServing("huying.rpctest.v1.ToyService", false);
  EXPECT_EQ(Health(*channel, wire.Soon(), "huying.rpctest.v1.ToyService"), not_serving);
  EXPECT_EQ(Health(*channel, wire.Soon(), ""), serving);
}

using ::grpc::reflection::v1alpha::ServerReflectionRequest;
using ::grpc::reflection::v1alpha::ServerReflectionResponse;

ServerReflectionResponse Reflect(Channel& channel, const ServerReflectionRequest& request) {
  ServerReflectionResponse answer;
  absl::Notification done;
  auto stream = channel.OpenTypedStream<ServerReflectionResponse>(
      "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "", absl::InfiniteFuture(),
      request, [&](const ServerReflectionResponse& response) { answer = response; },
      [&](const absl::Status& status) {
        EXPECT_TRUE(status.ok()) << status;
        done.Notify();
      });
  EXPECT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(10)));
  return answer;
}

TEST(ServerTest, ReflectionListsTheServicesAndGivesFilesWithAllTheyImport) {
  Wire wire;
  auto channel = wire.Tcp();
  ServerReflectionRequest request;
  request.set_list_services("");
  std::set<std::string> services;
  const ServerReflectionResponse list = Reflect(*channel, request);
  for (const auto& service : list.list_services_response().service()) {
    services.insert(service.name());
  }
  EXPECT_THAT(services, Contains("huying.rpctest.v1.ToyService"));
  EXPECT_THAT(services, Contains("grpc.reflection.v1alpha.ServerReflection"));
  EXPECT_THAT(services, Contains("grpc.health.v1.Health"));

  for (const std::string& service : services) {
    request.set_file_containing_symbol(service);
    const auto response = Reflect(*channel, request);
    // What a client does: build a pool from these bytes alone.
    google::protobuf::SimpleDescriptorDatabase database;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(bytes));
      database.Add(file);
    }
    google::protobuf::DescriptorPool pool(&database);
    EXPECT_NE(pool.FindServiceByName(service), nullptr) << service;
  }
}

TEST(ServerTest, ReflectionAnswersForFilesAndForOurOptions) {
  Wire wire;
  auto channel = wire.Tcp();
  ServerReflectionRequest request;
  request.set_file_by_filename("google/protobuf/timestamp.proto");
  EXPECT_EQ(Reflect(*channel, request).file_descriptor_response().file_descriptor_proto_size(), 1);
  request.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
  request.mutable_file_containing_extension()->set_extension_number(50001);
  EXPECT_GE(Reflect(*channel, request).file_descriptor_response().file_descriptor_proto_size(), 1);
  request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  EXPECT_THAT(Reflect(*channel, request).all_extension_numbers_response().extension_number(),
              Contains(50001));
  request.set_file_containing_symbol("no.such.Thing");
  EXPECT_EQ(Reflect(*channel, request).error_response().error_code(), 5);
}

TEST(ServerTest, StopAnswersWhatIsInFlightAndRefusesTheRest) {
  Wire wire;
  auto channel = wire.Tcp();
  wire.toy.ledger.Hold();
  absl::Notification done;
  absl::Status outcome;
  channel->CallAsync(kPut, wire.token, wire.Soon(), PutOf("r", "k"),
                     [&](absl::StatusOr<std::string> bytes) {
                       outcome = bytes.status();
                       done.Notify();
                     });
  ASSERT_TRUE(testing::Eventually([&] { return wire.toy.service.gathered == 1; }));
  std::thread stopping([&] { wire.server->Stop(absl::Seconds(10)); });
  GetResponse response;
  EXPECT_TRUE(testing::Eventually([&] {
    return channel->Call(kGet, wire.token, wire.Soon(), GetRequest(), &response).code() ==
           absl::StatusCode::kUnavailable;
  }));
  wire.toy.ledger.Release();
  stopping.join();
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(10)));
  EXPECT_TRUE(outcome.ok()) << outcome;
}

}  // namespace
}  // namespace huying::rpc
