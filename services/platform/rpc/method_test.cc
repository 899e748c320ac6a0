// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/method.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/testing/toy.h"

namespace huying::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Toy;
using testing::ToyService;

constexpr char kBroken[] = "huying.rpctest.v1.BrokenService";

// As the proto has it, but for what each RPC gets wrong.
class Broken {
 public:
  absl::StatusOr<rpctest::v1::GetResponse> Get(const context::CallContext&,
                                               const rpctest::v1::GetRequest&) {
    return rpctest::v1::GetResponse();
  }
  absl::StatusOr<rpctest::v1::HelloResponse> Other(const context::CallContext&,
                                                   const rpctest::v1::GetRequest&) {
    return rpctest::v1::HelloResponse();
  }
  absl::StatusOr<rpctest::v1::WatchEvent> Event(const context::CallContext&,
                                                const rpctest::v1::WatchRequest&) {
    return rpctest::v1::WatchEvent();
  }
  absl::StatusOr<ledger::Command> Mutate(const context::CallContext&,
                                         const rpctest::v1::GetRequest&) {
    return ledger::Command();
  }
  absl::StatusOr<rpctest::v1::GetResponse> Unlimited(const context::CallContext&,
                                                     const rpctest::v1::UnlimitedRequest&) {
    return rpctest::v1::GetResponse();
  }
  absl::StatusOr<ledger::Command> Put(const context::CallContext&, const rpctest::v1::PutRequest&) {
    return ledger::Command();
  }
};

std::string FaultsOfBroken() {
  Toy toy;
  Broken service;
  Routes<Broken> routes(
      *toy.router, kBroken, [&](std::string_view) { return &service; },
      [&](std::string_view) { return &toy.ledger; });
  routes.Read("NoPolicy", &Broken::Get);
  routes.Read("NoLimit", &Broken::Unlimited);
  routes.Read("NoPermission", &Broken::Get);
  routes.Read("WrongType", &Broken::Other);
  routes.Mutation("NoRequestId", &Broken::Mutate);
  routes.Mutation("NoLane", &Broken::Put);
  routes.Read("NoDeadline", &Broken::Get);
  routes.Read("NotAStream", &Broken::Event);
  routes.Mutation("PublicMutation", &Broken::Put);
  routes.Read("BasisWithoutField", &Broken::Get);
  routes.Read("Nowhere", &Broken::Get);
  const absl::Status status = toy.router->Check();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  return std::string(status.message());
}

TEST(MethodTableTest, ACompleteServicePasses) {
  Toy toy;
  EXPECT_TRUE(toy.router->Check().ok()) << toy.router->Check();
}

TEST(MethodTableTest, EachFaultIsNamedWithItsRpc) {
  const std::string faults = FaultsOfBroken();
  const auto names = [&](const char* rpc, const char* fault) {
    EXPECT_THAT(faults, HasSubstr(std::string(kBroken) + "/" + rpc + ": " + fault));
  };
  names("NoPolicy", "it has no policy");
  names("NoPermission", "its policy names no permission");
  names("NoRoute", "it has no route");
  names("WrongType", "its response in C++ is huying.rpctest.v1.HelloResponse");
  names("NoRequestId", "a mutation's request needs `string request_id`");
  names("NoLane", "a mutation's policy needs a lane");
  names("NoDeadline", "its policy names no deadline_ms");
  names("NotAStream", "the proto and the route disagree");
  names("PublicMutation", "a mutation cannot be public");
  names("BasisWithoutField", "needs_legal_basis asks for");
  const auto unlimited = [&](const char* field, const char* fault) {
    names("NoLimit",
          (std::string("huying.rpctest.v1.UnlimitedRequest.") + field + ": " + fault).c_str());
  };
  unlimited("text", "text needs a limit with text");
  unlimited("texts", "a list needs a limit with items");
  unlimited("data", "bytes, and they alone, need a limit with bytes");
  unlimited("at", "a Timestamp, and it alone, needs a limit with time");
  unlimited("within", "a Duration, and it alone, needs a limit with days");
  unlimited("notes", "a map with text as key needs a limit with key");
  unlimited("Inner.numbers", "a list needs a limit with items");
  unlimited("truth", "only text has a limit with text");
  names("Nowhere", "the proto has no such RPC");
  EXPECT_THAT(faults, Not(HasSubstr("ToyService")));
}

TEST(MethodTableTest, ASecondRouteForOneRpcIsAFault) {
  Toy toy;
  Routes<ToyService> routes(*toy.router, "huying.rpctest.v1.ToyService",
                            [&](std::string_view) { return &toy.service; });
  routes.Read("Get", &ToyService::Get);
  EXPECT_THAT(std::string(toy.router->Check().message()), HasSubstr("Get: it has two routes"));
}

TEST(MethodTableTest, AMutationWithoutALedgerIsAFault) {
  MethodTable table;
  RouterOptions options;
  ToyService service;
  struct Table : RouteTable {
    explicit Table(MethodTable& t) : table(t) {}
    void Add(Route route) override { table.Add(std::move(route), nullptr); }
    MethodTable& table;
  } adder(table);
  Routes<ToyService> routes(adder, "huying.rpctest.v1.ToyService",
                            [&](std::string_view) { return &service; });
  routes.Mutation("Put", &ToyService::Put);
  EXPECT_THAT(std::string(table.Check().message()), HasSubstr("Put: a mutation without a ledger"));
}

TEST(MethodTableTest, NamesAreFoundWithAndWithoutASlashAndTheActIsShort) {
  Toy toy;
  const auto& methods = toy.router->methods();
  ASSERT_NE(methods.Find("/huying.rpctest.v1.ToyService/Put"), nullptr);
  EXPECT_EQ(methods.Find("/huying.rpctest.v1.ToyService/Put"), methods.Find(testing::kPut));
  EXPECT_EQ(methods.Find(testing::kPut)->act, "rpctest.Put");
  EXPECT_EQ(methods.Find("huying.rpctest.v1.ToyService/"), nullptr);
  EXPECT_EQ(methods.Find(""), nullptr);
}

TEST(MethodTableTest, TheNearestNameIsOfferedAndNothingWhenNoneIsNear) {
  Toy toy;
  const auto& methods = toy.router->methods();
  EXPECT_EQ(methods.Nearest("/huying.rpctest.v1.ToyService/WhoAmi"), testing::kWhoAmI);
  EXPECT_EQ(methods.Nearest("x"), "");
  EXPECT_EQ(methods.Nearest(std::string(100'000, 'a')), "");
}

}  // namespace
}  // namespace huying::rpc
