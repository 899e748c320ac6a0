// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/grants.h"

#include <gtest/gtest.h>

#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

common::v1::Actor Person(const std::string& who) {
  common::v1::Actor actor;
  actor.set_person("people/" + who);
  actor.set_account("accounts/" + who);
  return actor;
}

v1::Grant Proposed() {
  v1::Grant grant;
  grant.set_state(v1::Grant::AWAITS_SECOND);
  *grant.mutable_proposer() = Person("han-chao");
  v1::Grant::Gain* gain = grant.add_gains();
  gain->set_account("accounts/wei-na");
  gain->set_person("people/wei-na");
  return grant;
}

TEST(Grants, AnotherPersonWithAnotherAccountMayConfirm) {
  EXPECT_TRUE(MayConfirm(Proposed(), Person("shen-yan")).ok());
}

TEST(Grants, WhoeverProposedItDoesNotConfirmItByAnotherAccountEither) {
  EXPECT_EQ(base::ProblemOf(MayConfirm(Proposed(), Person("han-chao"))).rule_id(),
            "directory.second-person");
  common::v1::Actor same_person = Person("han-chao");
  same_person.set_account("accounts/second");
  EXPECT_FALSE(MayConfirm(Proposed(), same_person).ok());
  common::v1::Actor same_account = Person("shen-yan");
  same_account.set_account("accounts/han-chao");
  EXPECT_FALSE(MayConfirm(Proposed(), same_account).ok());
}

TEST(Grants, WhoeverGainsByItDoesNotConfirmIt) {
  EXPECT_FALSE(MayConfirm(Proposed(), Person("wei-na")).ok());
  v1::Grant passed_on = Proposed();
  passed_on.mutable_gains(0)->set_person_before("people/shen-yan");
  EXPECT_FALSE(MayConfirm(passed_on, Person("shen-yan")).ok());
}

TEST(Grants, AnUnknownPersonConfirmsNothing) {
  EXPECT_FALSE(MayConfirm(Proposed(), common::v1::Actor()).ok());
}

TEST(Grants, WhatIsDecidedIsNotDecidedAgain) {
  for (const auto state : {v1::Grant::GRANTED, v1::Grant::TURNED_DOWN}) {
    v1::Grant grant = Proposed();
    grant.set_state(state);
    EXPECT_EQ(base::ProblemOf(MayConfirm(grant, Person("shen-yan"))).rule_id(),
              "directory.grant-proposed");
  }
}

}  // namespace
}  // namespace huying::directory::rules
