// SPDX-License-Identifier: Apache-2.0
#include "services/platform/guard/makeups.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/transaction_fake.h"

namespace huying::guard {
namespace {
using base::Reason;
using common::v1::MakeUp;
using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
constexpr char kName[] = "makeups/alerts/2026-0007/three-persons";

class MakeUpsTest : public ::testing::Test {
 protected:
  MakeUpsTest() {
    row_.set_name(kName);
    row_.set_subject("alerts/2026-0007");
    row_.set_rule_id("alert.three-persons");
    row_.set_text("审核人不能是起草人");
    row_.set_state(MakeUp::OPEN);
    *row_.mutable_due_at() = base::ToProto(kNow + absl::Hours(24));
  }
  MakeUp::State State(const std::string& name = kName) {
    return tx_.Get(kMakeUps, name)->value.state();
  }
  absl::Status FallDue() {
    auto handler = MakeUpDue([](const MakeUp&) { return std::vector<std::string>{"up:1"}; });
    auto command = handler({}, {.deadline = {.key = kName}});
    return command->decide(tx_);
  }
  MakeUp row_;
  ledger::FakeTransaction tx_{context::CallContext(), kNow};
};

TEST_F(MakeUpsTest, AnOpenedRowHasADeadlineAndFlagsTheEntry) {
  ASSERT_TRUE(OpenMakeUps(tx_, {row_}).ok());
  EXPECT_EQ(State(), MakeUp::OPEN);
  EXPECT_EQ(tx_.Get(kMakeUps, kName)->value.case_id(), "alerts/2026-0007");
  ASSERT_TRUE(tx_.deadlines.contains(kName));
  EXPECT_EQ(tx_.deadlines[kName].handler, "makeup");
  EXPECT_EQ(tx_.deadlines[kName].due_at, kNow + absl::Hours(24));
  ASSERT_EQ(tx_.flags.size(), 1u);
  EXPECT_EQ(tx_.flags[0].text(), "待补：审核人不能是起草人");
  EXPECT_EQ(tx_.flags[0].make_up(), kName);
}

TEST_F(MakeUpsTest, PassingTheSameGuardAgainOpensASecondRow) {
  ASSERT_TRUE(OpenMakeUps(tx_, {row_}).ok());
  ASSERT_TRUE(OpenMakeUps(tx_, {row_}).ok());
  EXPECT_EQ(State(std::string(kName) + "-2"), MakeUp::OPEN);
  EXPECT_EQ(tx_.deadlines.size(), 2u);
}

TEST_F(MakeUpsTest, ARowMadeUpInTimeIsClosedAndItsDeadlineGone) {
  ASSERT_TRUE(OpenMakeUps(tx_, {row_}).ok());
  tx_.Set(kNow + absl::Hours(24));  // received exactly at its limit: in time
  common::v1::Actor actor;
  actor.set_person("people/li");
  ASSERT_TRUE(CloseMakeUp(tx_, kName, actor).ok());
  EXPECT_EQ(State(), MakeUp::MADE_UP);
  EXPECT_EQ(tx_.Get(kMakeUps, kName)->value.closed_by().person(), "people/li");
  EXPECT_TRUE(tx_.deadlines.empty());
  EXPECT_EQ(base::ProblemOf(CloseMakeUp(tx_, kName, actor)).reason(), Reason::ILLEGAL_TRANSITION);
}

TEST_F(MakeUpsTest, AnOverdueRowIsPublishedAndItsLatenessStays) {
  ASSERT_TRUE(OpenMakeUps(tx_, {row_}).ok());
  tx_.Set(kNow + absl::Hours(25));
  ASSERT_TRUE(FallDue().ok());
  EXPECT_EQ(State(), MakeUp::OVERDUE);
  EXPECT_THAT(tx_.channels, ElementsAre("up:1"));
  EXPECT_EQ(tx_.case_id, "alerts/2026-0007");
  ASSERT_TRUE(CloseMakeUp(tx_, kName, {}).ok());
  EXPECT_EQ(State(), MakeUp::MADE_UP_LATE);
}

TEST_F(MakeUpsTest, ARowThatWasMadeUpMeanwhileDoesNotFallDue) {
  ASSERT_TRUE(OpenMakeUps(tx_, {row_}).ok());
  ASSERT_TRUE(CloseMakeUp(tx_, kName, {}).ok());
  ASSERT_TRUE(FallDue().ok());
  EXPECT_EQ(State(), MakeUp::MADE_UP);
  EXPECT_TRUE(tx_.channels.empty());
}

TEST_F(MakeUpsTest, ARowThatDoesNotExistIsNotFound) {
  EXPECT_EQ(CloseMakeUp(tx_, "makeups/x/y", {}).code(), absl::StatusCode::kNotFound);
}

TEST(MakeUpStatesTest, EveryCellOfTheTableIsAsDecided) {
  const auto expect = [](MakeUp::State from, MakeUpCommand command, bool late) -> MakeUp::State {
    if (from == MakeUp::OPEN && command == MakeUpCommand::kFallDue) return MakeUp::OVERDUE;
    if (from == MakeUp::OPEN) return late ? MakeUp::MADE_UP_LATE : MakeUp::MADE_UP;
    if (from == MakeUp::OVERDUE && command == MakeUpCommand::kMakeUp) return MakeUp::MADE_UP_LATE;
    return MakeUp::STATE_UNSPECIFIED;
  };
  for (int state = MakeUp::State_MIN; state <= MakeUp::State_MAX; ++state) {
    for (const auto command : {MakeUpCommand::kFallDue, MakeUpCommand::kMakeUp}) {
      for (const bool late : {false, true}) {
        const auto from = static_cast<MakeUp::State>(state);
        EXPECT_EQ(NextMakeUpState(from, command, late), expect(from, command, late))
            << state << " " << static_cast<int>(command) << " " << late;
      }
    }
  }
}

}  // namespace
}  // namespace huying::guard
