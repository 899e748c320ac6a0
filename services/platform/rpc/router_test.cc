// SPDX-License-Identifier: Apache-2.0
//
// The stages before the use case, without a transport.
#include "services/platform/rpc/router.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/testing/toy.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/ostream_sink.h"
#include "tests/support/eventually.h"

namespace huying::rpc {
namespace {

using base::ProblemOf;
using base::Reason;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace rpctest::v1;  // NOLINT(google-build-using-namespace): the toy's messages
using testing::kGet;
using testing::kHello;
using testing::kNodeOnly;
using testing::kPut;
using testing::kWhoAmI;
using testing::PutOf;
using testing::Toy;

Reason ReasonOf(const absl::Status& status) { return ProblemOf(status).reason(); }

class RouterTest : public ::testing::Test {
 protected:
  absl::Status Get(const context::CallContext& context) {
    GetResponse response;
    return toy_.Call(kGet, toy_.Token(context), GetRequest(), &response);
  }
  Toy toy_;
  std::string token_ = toy_.Token(toy_.Officer());
};

TEST_F(RouterTest, AnUnknownMethodIsUnimplementedAndNamesTheNearest) {
  const absl::Status status =
      toy_.Call("huying.rpctest.v1.ToyService/Gett", token_, GetRequest(), nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(ProblemOf(status).next_step_en(), HasSubstr(kGet));
}

TEST_F(RouterTest, ARequestBeyondTheLimitIsRefusedAndOneAtTheLimitIsNot) {
  GetRequest request;
  request.set_key(std::string(1 << 20, 'x'));
  absl::Status status = toy_.Call(kGet, token_, request, nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), Reason::MESSAGE_TOO_LARGE);
  request.set_key(std::string((1 << 20) - 8, 'x'));
  EXPECT_LE(request.ByteSizeLong(), size_t{1} << 20);
  EXPECT_TRUE(toy_.Call(kGet, token_, request, nullptr).ok());
}

TEST_F(RouterTest, BrokenBytesAreMalformed) {
  const absl::Status status = toy_.CallBytes(kGet, token_, "\x0a\xff", nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), Reason::MALFORMED_REQUEST);
}

TEST_F(RouterTest, InvalidUtf8IsRefusedWithThePathOfItsField) {
  PutRequest request = PutOf("r", "k");
  request.mutable_part()->add_parts()->set_text("good");
  request.mutable_part()->add_parts()->set_text("BAD");
  std::string bytes = request.SerializeAsString();
  bytes.replace(bytes.find("BAD"), 3, "\xe5\xbc\x28");
  const absl::Status status = toy_.CallBytes(kPut, token_, bytes, nullptr);
  EXPECT_EQ(ReasonOf(status), Reason::INVALID_UTF8);
  EXPECT_EQ(ProblemOf(status).field(), "part.parts[1].text");
  EXPECT_EQ(toy_.ledger.executed(), 0);
}

TEST_F(RouterTest, AnUnknownEnumValueIsRefusedAtAnyDepth) {
  PutRequest request = PutOf("r", "k");
  request.mutable_part()->add_parts()->set_colour(RED);
  request.mutable_part()->mutable_parts(0)->add_parts()->set_colour(static_cast<Colour>(77));
  absl::Status status = toy_.Call(kPut, token_, request, nullptr);
  EXPECT_EQ(ReasonOf(status), Reason::UNKNOWN_ENUM_VALUE);
  EXPECT_EQ(ProblemOf(status).field(), "part.parts[0].parts[0].colour");
  EXPECT_THAT(ProblemOf(status).next_step_en(), HasSubstr("RED, BLUE"));

  request = PutOf("r", "k");
  request.mutable_legal_basis(0)->set_kind(static_cast<common::v1::LegalBasis::Kind>(99));
  status = toy_.Call(kPut, token_, request, nullptr);
  EXPECT_EQ(ProblemOf(status).field(), "legal_basis[0].kind");
  EXPECT_EQ(toy_.ledger.executed(), 0);
}

TEST_F(RouterTest, WithoutATokenOneMustSignIn) {
  const absl::Status status = toy_.Call(kGet, "", GetRequest(), nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), Reason::SIGN_IN_NEEDED);
}

TEST_F(RouterTest, AForgedTokenIsWhatTheAuthenticatorSays) {
  EXPECT_EQ(ReasonOf(toy_.Call(kGet, "!!", GetRequest(), nullptr)), Reason::SIGN_IN_FAILED);
}

TEST_F(RouterTest, ATokenWithoutARealmIsRefused) {
  context::CallContext officer = toy_.Officer();
  officer.realm = "";
  const absl::Status status = Get(officer);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), Reason::TOKEN_WITHOUT_REALM);
}

TEST_F(RouterTest, AnExpiredTokenIsRefusedAlsoWhenItWasGoodAMomentAgo) {
  base::ManualClock machine(toy_.machine.Now());
  RouterOptions options = toy_.router->options();
  options.machine_clock = &machine;
  Router router(std::move(options));
  TokenCache cache(16);
  const std::string token = testing::MintToken(toy_.Officer(), machine.Now() + absl::Seconds(5));
  EXPECT_TRUE(Authenticate(&toy_.authenticator, cache, token, machine.Now()).ok());
  machine.Advance(absl::Seconds(5));
  EXPECT_EQ(ReasonOf(Authenticate(&toy_.authenticator, cache, token, machine.Now()).status()),
            Reason::TOKEN_EXPIRED);
}

TEST_F(RouterTest, AnUnknownRealmIsNotFound) {
  context::CallContext officer = toy_.Officer();
  officer.realm = "drill-9";
  EXPECT_EQ(Get(officer).code(), absl::StatusCode::kNotFound);
}

TEST_F(RouterTest, TheUseCaseSeesWhoCallsInWhichRealmAndByWhichClock) {
  context::CallContext officer = toy_.Officer();
  officer.realm = "drill-1";
  officer.exercise = "exercises/2026-0001";
  officer.actor.set_acting_for_post("posts/leader");
  WhoAmIResponse me;
  ASSERT_TRUE(toy_.Call(kWhoAmI, toy_.Token(officer), WhoAmIRequest(), &me).ok());
  EXPECT_EQ(me.actor().person_name(), "张伟");
  EXPECT_EQ(me.actor().acting_for_post(), "posts/leader");
  EXPECT_EQ(me.principal(), "accounts/zhangwei");
  EXPECT_EQ(me.realm(), "drill-1");
  EXPECT_EQ(me.exercise(), "exercises/2026-0001");
  EXPECT_EQ(me.method(), kWhoAmI);
  EXPECT_EQ(me.received_unix(), 1'258'770'600);
}

TEST_F(RouterTest, ActingForAnotherPostEndsAtItsTimeByTheRealmsClock) {
  context::CallContext officer = toy_.Officer();
  officer.actor.set_acting_for_post("posts/leader");
  const absl::Time end = toy_.live_clock.Now() + absl::Hours(1);
  *officer.actor.mutable_acting_until() = base::ToProto(end);
  toy_.live_clock.Set(end - absl::Seconds(1));
  EXPECT_TRUE(Get(officer).ok());
  toy_.live_clock.Set(end);
  const absl::Status over = Get(officer);
  EXPECT_EQ(over.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ProblemOf(over).rule_id(), "platform.acting-until");
  EXPECT_NE(ProblemOf(over).next_step_en(), "");
  // In another realm it is another time; and what was decided in time is carried out by processes.
  officer.realm = "drill-1";
  EXPECT_TRUE(Get(officer).ok());
  officer.realm = "live";
  officer.permissions.push_back("node");
  EXPECT_TRUE(Get(officer).ok());
}

TEST_F(RouterTest, TheDeadlineIsTheSmallerOfTheCallersAndThePolicys) {
  WhoAmIResponse me;
  ASSERT_TRUE(toy_.Call(kWhoAmI, token_, WhoAmIRequest(), &me, absl::Seconds(60)).ok());
  EXPECT_LE(me.deadline_in_ms(), 5000);
  EXPECT_GT(me.deadline_in_ms(), 1000);
  ASSERT_TRUE(toy_.Call(kWhoAmI, token_, WhoAmIRequest(), &me, absl::Milliseconds(900)).ok());
  EXPECT_LE(me.deadline_in_ms(), 900);
}

TEST_F(RouterTest, WorkWhoseDeadlineHasPassedIsNotStarted) {
  const absl::Status status =
      toy_.Call(kPut, token_, PutOf("r", "k"), nullptr, -absl::Milliseconds(1));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(toy_.service.gathered, 0);
}

TEST_F(RouterTest, APublicMethodNeedsNoTokenAndSeesNobodyInTheLiveRealm) {
  HelloRequest request;
  request.set_name("x");
  HelloResponse response;
  ASSERT_TRUE(toy_.Call(kHello, "", request, &response).ok());
  EXPECT_EQ(response.text(), "hello x in live");
}

TEST_F(RouterTest, AMissingPermissionIsDeniedWithItsNameAndWhatToDo) {
  context::CallContext officer = toy_.Officer();
  officer.permissions = {"toy.put", "toy.getter"};
  const absl::Status status = Get(officer);
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonOf(status), Reason::PERMISSION_MISSING);
  EXPECT_THAT(ProblemOf(status).message_en(), HasSubstr("toy.get"));
  EXPECT_THAT(ProblemOf(status).next_step(), HasSubstr("授权"));
}

TEST_F(RouterTest, AMethodForNodesIsForNodesOnly) {
  context::CallContext caller = toy_.Officer();
  EXPECT_EQ(toy_.Call(kNodeOnly, toy_.Token(caller), HelloRequest(), nullptr).code(),
            absl::StatusCode::kPermissionDenied);
  caller.principal = "node:alert";
  EXPECT_TRUE(toy_.Call(kNodeOnly, toy_.Token(caller), HelloRequest(), nullptr).ok());
  caller.principal = "accounts/zhangwei";  // a node that calls for the person who decided
  caller.permissions.push_back("node");
  EXPECT_TRUE(toy_.Call(kNodeOnly, toy_.Token(caller), HelloRequest(), nullptr).ok());
}

TEST_F(RouterTest, EveryTierIsJudgedAgainstTheLowestThatMayCall) {
  using common::v1::Tier;
  const std::pair<Tier, bool> cases[] = {{common::v1::EXTERNAL, false},
                                         {common::v1::DISTRICT, true},
                                         {common::v1::SUBDISTRICT, false},
                                         {common::v1::COMMUNITY, false}};
  for (const auto& [tier, allowed] : cases) {
    context::CallContext officer = toy_.Officer();
    officer.actor.set_tier(tier);
    const absl::Status status =
        toy_.Call(kPut, toy_.Token(officer), PutOf(common::v1::Tier_Name(tier), "k"), nullptr);
    EXPECT_EQ(status.ok(), allowed) << status;
    if (allowed) continue;
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(ReasonOf(status), Reason::TIER_TOO_LOW);
    EXPECT_THAT(ProblemOf(status).message_en(), HasSubstr("DISTRICT"));
  }
}

TEST_F(RouterTest, ASystemActorIsExemptFromTierAndPermission) {
  context::CallContext reactor = toy_.Officer();
  reactor.permissions.clear();
  reactor.actor.set_tier(common::v1::COMMUNITY);
  reactor.actor.set_system("incident.reactor");
  EXPECT_TRUE(toy_.Call(kPut, toy_.Token(reactor), PutOf("r", "k"), nullptr).ok());
}

TEST_F(RouterTest, TextOfAFaultNeverLeavesItsNumberDoes) {
  for (const auto code : {absl::StatusCode::kInternal, absl::StatusCode::kUnknown,
                          absl::StatusCode::kUnavailable, absl::StatusCode::kInvalidArgument}) {
    GetRequest request;
    request.set_code(static_cast<int>(code));
    const absl::Status status = toy_.Call(kGet, token_, request, nullptr);
    EXPECT_EQ(status.code(), code);
    EXPECT_THAT(status.ToString(), Not(HasSubstr("/var/lib")));
    EXPECT_THAT(ProblemOf(status).message_en(), ::testing::ContainsRegex("number F[0-9a-f]+-"));
  }
}

TEST_F(RouterTest, AfterDrainCallsAreToldThatTheServerStops) {
  toy_.router->Drain();
  const absl::Status status = Get(toy_.Officer());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), Reason::SHUTTING_DOWN);
}

TEST_F(RouterTest, CallsAndRefusalsAreCounted) {
  (void)Get(toy_.Officer());
  context::CallContext nobody = toy_.Officer();
  nobody.permissions.clear();
  (void)Get(nobody);
  const std::string text = toy_.metrics.Text();
  EXPECT_THAT(text, HasSubstr("huying_rpc_denied_total 1"));
  EXPECT_THAT(text, ::testing::ContainsRegex(
                        "huying_rpc_calls_total\\{code=\"OK\",method=\"[^\"]*Get\"\\} 1"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex("huying_rpc_refused_total\\{method=\"[^\"]*Get\",reason="
                                       "\"PERMISSION_MISSING\"\\} 1"));
  EXPECT_EQ(toy_.router->in_flight(), 0);
}

TEST(RouterLogTest, EachCallHasOneLineWithoutTokenOrFieldValues) {
  std::ostringstream out;
  obs::AccessLog log(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out)));
  RouterOptions options;
  options.access_log = &log;
  Toy toy(std::move(options));
  const std::string token = toy.Token(toy.Officer());
  ASSERT_TRUE(toy.Call(kPut, token, PutOf("req-7", "a-secret-value"), nullptr).ok());
  context::CallContext denied = toy.Officer();
  denied.permissions.clear();
  (void)toy.Call(kGet, toy.Token(denied), GetRequest(), nullptr);
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(text, HasSubstr(R"("request_id":"req-7")"));
  EXPECT_THAT(text, HasSubstr(R"("post":"posts/district-duty-officer")"));
  EXPECT_THAT(text, HasSubstr(R"("code":"PERMISSION_DENIED","reason":"PERMISSION_MISSING")"));
  EXPECT_THAT(text, HasSubstr(R"("audit":"denied")"));
  EXPECT_THAT(text, Not(HasSubstr(token)));
  EXPECT_THAT(text, Not(HasSubstr("a-secret-value")));
  EXPECT_THAT(text, Not(HasSubstr("张伟")));
}

TEST(RouterLimitTest, ALaneThatIsNotAdmittedNowIsRefusedBeforeGathering) {
  RouterOptions options;
  options.admit = [](ledger::Lane lane) -> absl::Status {
    EXPECT_EQ(lane, ledger::Lane::kControl);
    return base::Unavailable(Reason::DISK_LOW, "磁盘空间不足", "the disk is nearly full");
  };
  Toy toy(std::move(options));
  const std::string token = toy.Token(toy.Officer());
  EXPECT_EQ(ReasonOf(toy.Call(kPut, token, PutOf("r", "k"), nullptr)), Reason::DISK_LOW);
  EXPECT_EQ(toy.service.gathered, 0);
  EXPECT_TRUE(toy.Call(kGet, token, GetRequest(), nullptr).ok());
}

TEST(RouterLimitTest, BeyondTheLimitOfCallsInFlightOneIsToldToComeBack) {
  RouterOptions options;
  options.limits.in_flight_max = 4;
  Toy toy(std::move(options));
  const std::string token = toy.Token(toy.Officer());
  toy.ledger.Hold();
  std::atomic<int> answered = 0;
  std::atomic<int> exhausted = 0;
  for (int i = 0; i < 10; ++i) {
    Reply reply;
    reply.answer = [&](const absl::Status& status, const google::protobuf::Message*) {
      if (status.code() == absl::StatusCode::kResourceExhausted) ++exhausted;
      ++answered;
    };
    toy.router->Handle({.method = kPut, .token = token},
                       PutOf("r-" + std::to_string(i), "k").SerializeAsString(), std::move(reply));
  }
  EXPECT_EQ(exhausted, 6);
  EXPECT_EQ(toy.router->in_flight(), 4);
  toy.ledger.Release();
  EXPECT_TRUE(huying::testing::Eventually([&] { return answered == 10; }));
  EXPECT_TRUE(toy.Call(kPut, token, PutOf("r-again", "k"), nullptr).ok());
}

TEST(RouterLimitTest, AFullQueueOfOnePoolDoesNotStopTheOthers) {
  RouterOptions options;
  options.threads = {1, 1, 1, 1, 1, 1};
  options.queue_max = 1;
  Toy toy(std::move(options));
  const std::string token = toy.Token(toy.Officer());
  GetRequest slow;
  slow.set_take_ms(300);
  std::atomic<int> answered = 0;
  std::atomic<int> exhausted = 0;
  for (int i = 0; i < 6; ++i) {
    Reply reply;
    reply.answer = [&](const absl::Status& status, const google::protobuf::Message*) {
      if (status.code() == absl::StatusCode::kResourceExhausted) ++exhausted;
      ++answered;
    };
    toy.router->Handle({.method = kGet, .token = token}, slow.SerializeAsString(),
                       std::move(reply));
  }
  EXPECT_GE(exhausted, 4);
  EXPECT_TRUE(toy.Call(kPut, token, PutOf("r", "k"), nullptr).ok());
  EXPECT_TRUE(huying::testing::Eventually([&] { return answered == 6; }));
}

// A subscription is opened anew all day long; what it held must go with it, its queue above all.
TEST_F(RouterTest, AStreamThatIsOverIsForgotten) {
  std::weak_ptr<StreamQueue> queue;
  Reply reply;
  reply.answer = [](const absl::Status&, const google::protobuf::Message*) {};
  reply.stream = [&queue](std::shared_ptr<StreamQueue> opened) { queue = opened; };
  WatchRequest request;
  request.set_stay_open(true);
  toy_.router->Handle({.method = testing::kWatch, .token = token_}, request.SerializeAsString(),
                      std::move(reply));
  EXPECT_FALSE(queue.expired());
  ASSERT_TRUE(huying::testing::Eventually([this] {
    std::lock_guard lock(toy_.service.mutex);
    return !toy_.service.open.empty();
  }));
  toy_.service.open.front().Close(absl::OkStatus());
  toy_.service.open.clear();
  EXPECT_TRUE(huying::testing::Eventually([&queue] { return queue.expired(); }));
}

}  // namespace
}  // namespace huying::rpc
