// SPDX-License-Identifier: Apache-2.0
//
// Local and remote callers must not be told apart: one table of calls, both ways. And the retries.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/remote_caller.h"
#include "services/platform/rpc/retry.h"
#include "services/platform/rpc/testing/wire.h"

namespace huying::rpc {
namespace {

using base::ProblemOf;
using base::Reason;
using context::CallContext;
using google::protobuf::Message;
using namespace rpctest::v1;  // NOLINT(google-build-using-namespace): the toy's messages
using testing::PutOf;
using testing::Wire;

struct Case {
  std::string name;
  std::string method;
  std::function<std::unique_ptr<Message>()> request;
  std::unique_ptr<Message> response;
  std::function<void(CallContext&)> change = [](CallContext&) {};
  absl::StatusCode code = absl::StatusCode::kOk;
};

template <typename Request>
std::function<std::unique_ptr<Message>()> Of(std::function<void(Request&)> fill) {
  return [fill] {
    auto request = std::make_unique<Request>();
    fill(*request);
    return request;
  };
}
std::function<std::unique_ptr<Message>()> Put(std::string id,
                                              std::function<void(PutRequest&)> fill = {}) {
  return [=] {
    auto request = std::make_unique<PutRequest>(PutOf(id, "k"));
    if (fill) fill(*request);
    return request;
  };
}

using absl::StatusCode;

std::vector<Case> Reads() {
  std::vector<Case> cases;
  const auto add = [&](
                       std::string name, const char* method,
                       std::function<std::unique_ptr<Message>()> request,
                       std::unique_ptr<Message> response, StatusCode code,
                       std::function<void(CallContext&)> change = [](CallContext&) {}) {
    cases.push_back({std::move(name), method, std::move(request), std::move(response),
                     std::move(change), code});
  };
  const auto get = [&](
                       std::string name, std::function<void(GetRequest&)> fill, StatusCode code,
                       std::function<void(CallContext&)> change = [](CallContext&) {}) {
    add(std::move(name), testing::kGet, Of<GetRequest>(std::move(fill)),
        std::make_unique<GetResponse>(), code, std::move(change));
  };
  get(
      "read", [](GetRequest& r) { r.set_key("键"); }, StatusCode::kOk);
  get(
      "refused", [](GetRequest& r) { r.set_refuse("no"); }, StatusCode::kFailedPrecondition);
  get(
      "fault", [](GetRequest& r) { r.set_code(13); }, StatusCode::kInternal);
  get(
      "unknown enum", [](GetRequest& r) { r.set_colour(static_cast<Colour>(9)); },
      StatusCode::kInvalidArgument);
  get(
      "bad text", [](GetRequest& r) { r.set_key("\xff"); }, StatusCode::kInvalidArgument);
  get(
      "too large", [](GetRequest& r) { r.set_key(std::string(2 << 20, 'x')); },
      StatusCode::kInvalidArgument);
  get(
      "no permission", [](GetRequest&) {}, StatusCode::kPermissionDenied,
      [](CallContext& c) { c.permissions = {"toy.put"}; });
  get(
      "no realm", [](GetRequest&) {}, StatusCode::kUnauthenticated,
      [](CallContext& c) { c.realm = ""; });
  get(
      "unknown realm", [](GetRequest&) {}, StatusCode::kNotFound,
      [](CallContext& c) { c.realm = "drill-77"; });
  get(
      "takes too long", [](GetRequest& r) { r.set_take_ms(300); }, StatusCode::kDeadlineExceeded,
      [](CallContext& c) { c.deadline = base::SystemClock().Now() + absl::Milliseconds(80); });
  get(
      "deadline passed", [](GetRequest&) {}, StatusCode::kDeadlineExceeded,
      [](CallContext& c) { c.deadline = base::SystemClock().Now() - absl::Seconds(1); });
  return cases;
}

// Who may call what, and what a caller cannot carry.
std::vector<Case> Callers() {
  std::vector<Case> cases;
  const auto add = [&](
                       std::string name, const char* method,
                       std::function<std::unique_ptr<Message>()> request,
                       std::unique_ptr<Message> response, StatusCode code,
                       std::function<void(CallContext&)> change = [](CallContext&) {}) {
    cases.push_back({std::move(name), method, std::move(request), std::move(response),
                     std::move(change), code});
  };
  add("acting for, in a drill", testing::kWhoAmI, Of<WhoAmIRequest>([](WhoAmIRequest&) {}),
      std::make_unique<WhoAmIResponse>(), StatusCode::kOk, [](CallContext& c) {
        c.realm = "drill-1";
        c.exercise = "exercises/2026-0001";
        c.actor.set_acting_for_post("posts/leader");
        c.actor.set_acting_reason("带班领导外出");
        c.actor.set_system("incident.reactor");
      });
  add("public", testing::kHello, Of<HelloRequest>([](HelloRequest& r) { r.set_name("x"); }),
      std::make_unique<HelloResponse>(), StatusCode::kOk);
  add("node only, for a person", testing::kNodeOnly, Of<HelloRequest>([](HelloRequest&) {}),
      std::make_unique<HelloResponse>(), StatusCode::kOk);
  add("node only, by a node", testing::kNodeOnly, Of<HelloRequest>([](HelloRequest&) {}),
      std::make_unique<HelloResponse>(), StatusCode::kOk,
      [](CallContext& c) { c.principal = "node:incident"; });
  add("no such method", "huying.rpctest.v1.ToyService/Ge", Of<GetRequest>([](GetRequest&) {}),
      std::make_unique<GetResponse>(), StatusCode::kUnimplemented);
  add("a stream", testing::kWatch, Of<WatchRequest>([](WatchRequest&) {}),
      std::make_unique<WatchEvent>(), StatusCode::kUnimplemented);
  return cases;
}

std::vector<Case> Mutations(const std::string& prefix) {
  std::vector<Case> cases;
  const auto add = [&](
                       std::string name, std::function<std::unique_ptr<Message>()> request,
                       StatusCode code,
                       std::function<void(CallContext&)> change = [](CallContext&) {}) {
    cases.push_back({std::move(name), testing::kPut, std::move(request),
                     std::make_unique<common::v1::Receipt>(), std::move(change), code});
  };
  add("mutation", Put(prefix + "1"), StatusCode::kOk);
  add("repeated", Put(prefix + "1"), StatusCode::kOk);
  add("another payload", Put(prefix + "1", [](PutRequest& r) { r.set_key("other"); }),
      StatusCode::kAlreadyExists);
  add("no request id", Put(""), StatusCode::kInvalidArgument);
  add("refused by the decision", Put(prefix + "2", [](PutRequest& r) { r.set_refuse("no"); }),
      StatusCode::kFailedPrecondition);
  add("refused while gathering",
      Put(prefix + "3", [](PutRequest& r) { r.set_key("early-refusal"); }),
      StatusCode::kFailedPrecondition);
  add("no legal basis", Put(prefix + "4", [](PutRequest& r) { r.clear_legal_basis(); }),
      StatusCode::kOk);
  add("tier too low", Put(prefix + "5"), StatusCode::kPermissionDenied,
      [](CallContext& c) { c.actor.set_tier(common::v1::COMMUNITY); });
  add("the system, whatever the tier", Put(prefix + "6"), StatusCode::kOk, [](CallContext& c) {
    c.actor.set_tier(common::v1::COMMUNITY);
    c.actor.set_system("incident.reactor");
  });
  add("facts keep changing",
      Put(prefix + "7", [](PutRequest& r) { r.set_facts_change_times(1'000'000); }),
      StatusCode::kAborted);
  return cases;
}

class ParityTest : public ::testing::Test {
 protected:
  ParityTest()
      : channel_(wire_.Tcp()),
        local_(*wire_.toy.router),
        remote_(
            *channel_, [this](const CallContext& c) { return Mint(c); }, wire_.toy.machine) {}

  // As auth::Tokens::MintForCall does for a call between processes.
  std::string Mint(CallContext context) {
    ++minted_;
    context.permissions.push_back("node");
    return wire_.toy.Token(context);
  }
  absl::Status Run(Caller& caller, const Case& c, Message* response) {
    CallContext context = wire_.toy.Officer();
    c.change(context);
    return caller.Call(context, c.method, *c.request(), response);
  }
  // Same code and same problem; incident numbers and who noticed the deadline may differ.
  void ExpectSame(const Case& c, const absl::Status& local, const absl::Status& remote) {
    EXPECT_EQ(local.code(), c.code) << c.name << ": " << local;
    EXPECT_EQ(remote.code(), c.code) << c.name << ": " << remote;
    if (c.code == StatusCode::kInternal) {
      EXPECT_EQ(ProblemOf(local).reason(), ProblemOf(remote).reason());
    } else if (c.code == StatusCode::kDeadlineExceeded) {
      EXPECT_EQ(ProblemOf(local).reason(), Reason::DEADLINE_EXCEEDED);
      EXPECT_EQ(ProblemOf(remote).reason(), Reason::DEADLINE_EXCEEDED);
    } else {
      EXPECT_EQ(local.ok() ? "" : ProblemOf(local).DebugString(),
                remote.ok() ? "" : ProblemOf(remote).DebugString())
          << c.name;
    }
  }

  Wire wire_;
  std::atomic<int> minted_ = 0;
  std::unique_ptr<Channel> channel_;
  LocalCaller local_;
  RemoteCaller remote_;
};

TEST_F(ParityTest, ReadsAndTheirRefusalsAreTheSameLocallyAndRemotely) {
  std::vector<Case> cases = Reads();
  for (Case& c : Callers()) cases.push_back(std::move(c));
  for (const Case& c : cases) {
    std::unique_ptr<Message> near(c.response->New());
    std::unique_ptr<Message> far(c.response->New());
    ExpectSame(c, Run(local_, c, near.get()), Run(remote_, c, far.get()));
    for (auto* response : {near.get(), far.get()}) {
      if (auto* me = dynamic_cast<WhoAmIResponse*>(response)) {
        EXPECT_LE(me->deadline_in_ms(), 5000);
        me->clear_deadline_in_ms();
      }
    }
    EXPECT_EQ(near->DebugString(), far->DebugString()) << c.name;
  }
}

TEST_F(ParityTest, MutationsAndTheirRefusalsAreTheSameLocallyAndRemotely) {
  const std::vector<Case> near_cases = Mutations("near-");
  const std::vector<Case> far_cases = Mutations("far-");
  for (size_t i = 0; i < near_cases.size(); ++i) {
    common::v1::Receipt near;
    common::v1::Receipt far;
    const absl::Status local = Run(local_, near_cases[i], &near);
    const ledger::Command near_command = wire_.toy.ledger.last();
    const absl::Status remote = Run(remote_, far_cases[i], &far);
    const ledger::Command far_command = wire_.toy.ledger.last();
    ExpectSame(near_cases[i], local, remote);
    near.clear_seq();
    far.clear_seq();
    EXPECT_EQ(near.DebugString(), far.DebugString()) << near_cases[i].name;
    EXPECT_EQ(near_command.act, far_command.act);
    EXPECT_EQ(near_command.payload_hash, far_command.payload_hash) << near_cases[i].name;
    EXPECT_EQ(near_command.context.principal, far_command.context.principal);
    EXPECT_EQ(near_command.context.actor.DebugString(), far_command.context.actor.DebugString());
  }
}

TEST_F(ParityTest, ARequestSentLocallyAndRepeatedRemotelyHasOneEffect) {
  common::v1::Receipt near;
  common::v1::Receipt far;
  const Case c{"once", testing::kPut, Put("r-1"), nullptr};
  ASSERT_TRUE(Run(local_, c, &near).ok());
  ASSERT_TRUE(Run(remote_, c, &far).ok());
  EXPECT_EQ(near.DebugString(), far.DebugString());
  EXPECT_EQ(wire_.toy.ledger.executed(), 1);
}

TEST_F(ParityTest, OneTokenServesManyCallsOfOneCallerAndNoOther) {
  CallContext context = wire_.toy.Officer();
  WhoAmIResponse me;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(remote_.Call(context, testing::kWhoAmI, WhoAmIRequest(), &me).ok());
  }
  EXPECT_EQ(minted_, 1);
  context.actor.set_acting_for_post("posts/leader");
  ASSERT_TRUE(remote_.Call(context, testing::kWhoAmI, WhoAmIRequest(), &me).ok());
  EXPECT_EQ(me.actor().acting_for_post(), "posts/leader");
  context.realm = "drill-1";
  ASSERT_TRUE(remote_.Call(context, testing::kWhoAmI, WhoAmIRequest(), &me).ok());
  EXPECT_EQ(me.realm(), "drill-1");
  EXPECT_EQ(minted_, 3);
}

TEST_F(ParityTest, ALedgerThatDoesNotAnswerInTimeLeavesTheOutcomeOpen) {
  wire_.toy.ledger.Hold();
  Case c{"held", testing::kPut, Put("r-1"), nullptr};
  c.change = [](CallContext& context) {
    context.deadline = base::SystemClock().Now() + absl::Milliseconds(150);
  };
  common::v1::Receipt receipt;
  for (Caller* caller : std::vector<Caller*>{&local_, &remote_}) {
    const absl::Status status = Run(*caller, c, &receipt);
    EXPECT_EQ(status.code(), StatusCode::kDeadlineExceeded);
    EXPECT_EQ(ProblemOf(status).next_step_en(), "ask again with the same request id");
  }
  wire_.toy.ledger.Release();
}

TEST(RemoteCallerTest, AServiceThatHangsCostsOneCallerHisPatienceNotEachInTurn) {
  Wire wire;
  auto channel = wire.Tcp();
  RemoteCaller caller(
      *channel, [&](const CallContext&) { return wire.token; }, wire.toy.machine);
  CallContext officer = wire.toy.Officer();
  const auto get = [&](int take_ms, absl::Duration patience) {
    GetRequest request;
    request.set_take_ms(take_ms);
    GetResponse response;
    officer.deadline = wire.toy.machine.Now() + patience;
    const absl::Time asked = wire.toy.machine.Now();
    const absl::Status status = caller.Call(officer, testing::kGet, request, &response);
    return std::pair(status, wire.toy.machine.Now() - asked);
  };
  EXPECT_EQ(get(1300, absl::Milliseconds(1100)).first.code(), StatusCode::kDeadlineExceeded);
  const auto [hurried, waited] = get(0, absl::Milliseconds(1500));
  EXPECT_EQ(hurried.code(), StatusCode::kUnavailable);
  EXPECT_EQ(ProblemOf(hurried).reason(), Reason::LOWER_SERVICE_UNAVAILABLE);
  EXPECT_LT(waited, absl::Seconds(1));
  EXPECT_TRUE(get(0, absl::Seconds(10)).first.ok());         // who has time asks
  EXPECT_TRUE(get(0, absl::Milliseconds(1500)).first.ok());  // and was answered: all ask again
}

TEST(RemoteCallerTest, ATokenThatCannotBeMintedIsTheAnswer) {
  Wire wire;
  auto channel = wire.Tcp();
  RemoteCaller caller(
      *channel,
      [](const CallContext&) -> absl::StatusOr<std::string> {
        return base::Unavailable(Reason::CONDITION_NOT_MET, "没有密钥", "there is no node key");
      },
      wire.toy.machine);
  GetResponse response;
  EXPECT_EQ(caller.Call(wire.toy.Officer(), testing::kGet, GetRequest(), &response).message(),
            "there is no node key");
}

struct Retries {
  absl::Status Run(common::v1::Idempotency idempotency, int failures, absl::Duration time_left) {
    base::ManualClock clock(absl::FromUnixSeconds(1000));
    const absl::Time deadline = clock.Now() + time_left;
    RetryOptions options;
    options.sleep = [&](absl::Duration d) {
      waits.push_back(d);
      clock.Advance(d);
    };
    return CallWithRetry(idempotency, options, clock, deadline, [&]() -> absl::Status {
      if (++calls <= failures) return base::Unavailable(Reason::SHUTTING_DOWN, "停", "stop");
      return absl::OkStatus();
    });
  }
  int calls = 0;
  std::vector<absl::Duration> waits;
};

TEST(RetryTest, WhatMayBeRepeatedIsRepeatedWithGrowingWaits) {
  for (const auto idempotency : {common::v1::READ, common::v1::REQUEST_ID}) {
    Retries retries;
    EXPECT_TRUE(retries.Run(idempotency, 2, absl::Seconds(5)).ok());
    EXPECT_EQ(retries.calls, 3);
    EXPECT_EQ(retries.waits,
              (std::vector<absl::Duration>{absl::Milliseconds(50), absl::Milliseconds(200)}));
  }
}

TEST(RetryTest, ATokenIsNotIssuedTwiceAndAttemptsAndTimeAreBounded) {
  Retries token;
  EXPECT_FALSE(token.Run(common::v1::TOKEN, 1, absl::Seconds(5)).ok());
  EXPECT_EQ(token.calls, 1);
  Retries attempts;
  EXPECT_FALSE(attempts.Run(common::v1::READ, 10, absl::Seconds(5)).ok());
  EXPECT_EQ(attempts.calls, 3);
  Retries time;
  EXPECT_FALSE(time.Run(common::v1::READ, 10, absl::Milliseconds(60)).ok());
  EXPECT_EQ(time.calls, 2);
}

}  // namespace
}  // namespace huying::rpc
