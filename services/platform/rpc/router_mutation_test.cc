// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/router.h"
#include "services/platform/rpc/testing/toy.h"
#include "tests/support/eventually.h"

namespace huying::rpc {
namespace {

using base::ProblemOf;
using base::Reason;
using common::v1::Receipt;
using rpctest::v1::PutRequest;
using testing::kPut;
using testing::PutOf;
using testing::Toy;

class MutationTest : public ::testing::Test {
 protected:
  absl::StatusOr<Receipt> Put(const PutRequest& request) {
    Receipt receipt;
    RETURN_IF_ERROR(toy_.Call(kPut, token_, request, &receipt));
    return receipt;
  }
  Toy toy_;
  std::string token_ = toy_.Token(toy_.Officer());
};

TEST_F(MutationTest, TheCommandCarriesContextActLaneAndHash) {
  ASSERT_TRUE(Put(PutOf("r-1", "k")).ok());
  const ledger::Command command = toy_.ledger.last();
  EXPECT_EQ(command.act, "rpctest.Put");
  EXPECT_EQ(command.lane, ledger::Lane::kControl);
  EXPECT_EQ(command.payload_hash.size(), 32u);
  EXPECT_EQ(command.context.request_id, "r-1");
  EXPECT_EQ(command.context.principal, "accounts/zhangwei");
  EXPECT_EQ(command.context.actor.post(), "posts/district-duty-officer");
  EXPECT_EQ(command.context.received_at, toy_.live_clock.Now());
}

TEST_F(MutationTest, ARequestIdIsNeededAndMustBeShortAndPrintable) {
  const std::pair<std::string, Reason> cases[] = {{"", Reason::FIELD_MISSING},
                                                  {std::string(129, 'a'), Reason::FIELD_TOO_LONG},
                                                  {"a b", Reason::FIELD_INVALID},
                                                  {"编号", Reason::FIELD_INVALID},
                                                  {"a\n", Reason::FIELD_INVALID}};
  for (const auto& [id, reason] : cases) {
    const absl::Status status = Put(PutOf(id, "k")).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_EQ(ProblemOf(status).reason(), reason) << id;
    EXPECT_EQ(ProblemOf(status).field(), "request_id");
  }
  EXPECT_TRUE(Put(PutOf(std::string(128, 'a'), "k")).ok());
}

TEST_F(MutationTest, ARepeatedRequestHasOneEffectAndTheSameReceipt) {
  const auto first = Put(PutOf("r-1", "k"));
  ASSERT_TRUE(first.ok());
  for (int i = 0; i < 5; ++i) {
    const auto again = Put(PutOf("r-1", "k"));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  }
  EXPECT_EQ(toy_.ledger.executed(), 1);
}

TEST_F(MutationTest, ARepetitionWhoseGatheringFailsHasTheReceiptAllTheSame) {
  const auto first = Put(PutOf("r-1", "k"));
  ASSERT_TRUE(first.ok());
  toy_.service.refuses = true;
  const auto again = Put(PutOf("r-1", "k"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(ProblemOf(Put(PutOf("r-1", "other")).status()).reason(), Reason::REQUEST_ID_CONFLICT);
  EXPECT_EQ(ProblemOf(Put(PutOf("r-2", "k")).status()).reason(), Reason::CONDITION_NOT_MET);
}

TEST_F(MutationTest, TheLedgerExpectsACallFromItsReceiptToItsAnswer) {
  toy_.ledger.Hold();
  std::thread caller([&] { EXPECT_TRUE(Put(PutOf("r-1", "k")).ok()); });
  EXPECT_TRUE(huying::testing::Eventually([&] { return toy_.ledger.expected() == 1; }));
  toy_.ledger.Release();
  caller.join();
  EXPECT_TRUE(huying::testing::Eventually([&] { return toy_.ledger.expected() == 0; }));
  EXPECT_FALSE(Put(PutOf("r-2", "early-refusal")).ok());
  EXPECT_TRUE(huying::testing::Eventually([&] { return toy_.ledger.expected() == 0; }));
}

TEST_F(MutationTest, AnotherPayloadUnderTheSameIdIsAConflict) {
  ASSERT_TRUE(Put(PutOf("r-1", "k")).ok());
  EXPECT_EQ(ProblemOf(Put(PutOf("r-1", "other")).status()).reason(), Reason::REQUEST_ID_CONFLICT);
}

TEST_F(MutationTest, ARenewedTokenFindsTheReceiptOfTheOldOne) {
  const auto first = Put(PutOf("r-1", "k"));
  token_ = testing::MintToken(toy_.Officer(), toy_.machine.Now() + absl::Hours(3));
  EXPECT_EQ(Put(PutOf("r-1", "k"))->seq(), first->seq());
}

TEST_F(MutationTest, TheHashIgnoresTheIdAndTheOrderOfMapsAndDependsOnTheKeyAndTheMethod) {
  const Method& method = *toy_.router->methods().Find(kPut);
  PutRequest a = PutOf("r-1", "k");
  PutRequest b = PutOf("r-2", "k");
  for (int i = 0; i < 20; ++i) (*a.mutable_notes())[std::to_string(i)] = "n";
  for (int i = 19; i >= 0; --i) (*b.mutable_notes())[std::to_string(i)] = "n";
  EXPECT_EQ(PayloadHash("key", method, &a), PayloadHash("key", method, &b));
  EXPECT_EQ(a.request_id(), "r-1");  // put back
  EXPECT_NE(PayloadHash("key", method, &a), PayloadHash("key2", method, &a));
  Method other;
  other.name = "huying.rpctest.v1.ToyService/Other";
  other.request_id = method.request_id;
  EXPECT_NE(PayloadHash("key", method, &a), PayloadHash("key", other, &a));
}

TEST_F(MutationTest, FactsThatChangedAreGatheredAgainAtMostThreeTimes) {
  PutRequest request = PutOf("r-1", "k");
  request.set_facts_change_times(2);
  EXPECT_TRUE(Put(request).ok());
  EXPECT_EQ(toy_.service.gathered, 3);

  toy_.service.gathered = 0;
  request = PutOf("r-2", "k");
  request.set_facts_change_times(100);
  const absl::Status status = Put(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ProblemOf(status).reason(), Reason::FACTS_CHANGED);
  EXPECT_EQ(toy_.service.gathered, 3);
}

TEST_F(MutationTest, ARefusalReachesTheCallerWholeAndIsNotRemembered) {
  PutRequest request = PutOf("r-1", "k");
  request.set_refuse("the reviewer wrote the draft");
  const absl::Status status = Put(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ProblemOf(status).rule_id(), "toy.two-persons");
  EXPECT_EQ(status.message(), "the reviewer wrote the draft");
  EXPECT_TRUE(Put(PutOf("r-1", "k")).ok());
}

TEST_F(MutationTest, ARefusalWhileGatheringReachesTheCallerAndNoLedger) {
  EXPECT_EQ(Put(PutOf("r-1", "early-refusal")).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(toy_.ledger.executed(), 0);
}

TEST_F(MutationTest, AMissingLegalBasisIsFlaggedNeverRefused) {
  PutRequest request = PutOf("r-1", "k");
  request.clear_legal_basis();
  const auto receipt = Put(request);
  ASSERT_TRUE(receipt.ok());
  ASSERT_EQ(receipt->flags_size(), 1);
  EXPECT_EQ(receipt->flags(0).rule_id(), "legal-basis.missing");
  EXPECT_EQ(receipt->flags(0).text(), "依据待核");
  EXPECT_EQ(Put(PutOf("r-2", "k"))->flags_size(), 0);
}

TEST_F(MutationTest, ABasisThatTheServiceFilledInIsNotMissing) {
  PutRequest request = PutOf("r-1", "k");
  request.clear_legal_basis();
  request.set_fills_in_basis(true);
  const auto receipt = Put(request);
  ASSERT_TRUE(receipt.ok());
  EXPECT_EQ(receipt->flags_size(), 0) << receipt->ShortDebugString();
}

// R56: minutes of a meeting are no legal basis, whatever kind the request says they are.
TEST_F(MutationTest, R56WhatIsNoBasisIsFlaggedAndDoesNotSilenceTheFlag) {
  using common::v1::LegalBasis;
  struct Case {
    LegalBasis::Kind kind;
    const char* title;
    const char* article;
    std::vector<std::string> rules;
  };
  const Case cases[] = {
      {LegalBasis::KIND_UNSPECIFIED,
       "会议纪要",
       "3",
       {"legal-basis.minutes", "legal-basis.missing"}},
      {LegalBasis::NORMATIVE_DOCUMENT,
       "区委会议纪要",
       "3",
       {"legal-basis.minutes", "legal-basis.missing"}},
      {LegalBasis::KIND_UNSPECIFIED,
       "突发事件应对法",
       "第七十二条",
       {"legal-basis.incomplete", "legal-basis.missing"}},
      {LegalBasis::LAW, "", "第七十二条", {"legal-basis.incomplete", "legal-basis.missing"}},
      {LegalBasis::LAW, "突发事件应对法", "", {"legal-basis.incomplete", "legal-basis.missing"}},
      {LegalBasis::PLAN, "煤矿事故应急预案", "", {}},
      {LegalBasis::LAW, "突发事件应对法", "第七十二条", {}}};
  int number = 0;
  for (const Case& row : cases) {
    PutRequest request = PutOf(absl::StrCat("r-", ++number), "k");
    request.clear_legal_basis();
    LegalBasis& basis = *request.add_legal_basis();
    basis.set_kind(row.kind);
    basis.set_title(row.title);
    basis.set_article(row.article);
    const auto receipt = Put(request);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    std::vector<std::string> rules;
    for (const auto& flag : receipt->flags()) rules.push_back(flag.rule_id());
    EXPECT_EQ(rules, row.rules) << row.title;
  }
}

TEST_F(MutationTest, WhatTheTokenIsFlaggedWithStandsInEveryEntryOfItsBearer) {
  context::CallContext officer = toy_.Officer();
  officer.flags.emplace_back().set_rule_id("directory.off-duty");
  token_ = toy_.Token(officer);
  const auto receipt = Put(PutOf("r-1", "k"));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  ASSERT_EQ(receipt->flags_size(), 1);
  EXPECT_EQ(receipt->flags(0).rule_id(), "directory.off-duty");
  PutRequest without_basis = PutOf("r-2", "k");
  without_basis.clear_legal_basis();
  EXPECT_EQ(Put(without_basis)->flags_size(), 2);
}

TEST_F(MutationTest, GatheringThatOutlivesTheDeadlineIsNotExecuted) {
  PutRequest request = PutOf("r-1", "k");
  request.set_gather_ms(150);
  const absl::Status status = toy_.Call(kPut, token_, request, nullptr, absl::Milliseconds(50));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(toy_.ledger.executed(), 0);
}

TEST_F(MutationTest, AStuckLedgerDoesNotHoldTheCallerPastTheDeadline) {
  toy_.ledger.Hold();
  const absl::Status status =
      toy_.Call(kPut, token_, PutOf("r-1", "k"), nullptr, absl::Milliseconds(200));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ProblemOf(status).next_step_en(), "ask again with the same request id");
  EXPECT_EQ(toy_.router->in_flight(), 1);  // the work is still there
  toy_.ledger.Release();
  EXPECT_TRUE(huying::testing::Eventually([&] { return toy_.router->in_flight() == 0; }));
  EXPECT_TRUE(Put(PutOf("r-1", "k")).ok());  // the receipt was kept
  EXPECT_EQ(toy_.ledger.executed(), 1);
}

TEST_F(MutationTest, FiftyAtOnceAreAllAnswered) {
  std::vector<std::thread> threads;
  std::vector<absl::StatusOr<Receipt>> receipts(50, absl::UnknownError("none"));
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&, i] { receipts[i] = Put(PutOf("r-" + std::to_string(i % 5), "k")); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& receipt : receipts) EXPECT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(toy_.router->in_flight(), 0);
}

}  // namespace
}  // namespace huying::rpc
