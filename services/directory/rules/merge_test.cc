// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "huying/directory/v1/directory.pb.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Account Stored() {
  v1::Account account;
  account.set_name("accounts/wei-na");
  account.set_person("people/wei-na");
  account.add_posts("posts/pingan-duty");
  account.set_disabled(true);
  account.set_administrator(true);
  return account;
}

Mask MaskOf(std::initializer_list<const char*> fields) {
  Mask mask;
  for (const char* field : fields) *mask.Add() = field;
  return mask;
}

TEST(Merge, WhatAPutDoesNotSayStays) {
  v1::Account put;
  put.set_person("people/chu-lei");
  const auto merged = Merge(Stored(), put, {});
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->person(), "people/chu-lei");
  EXPECT_THAT(merged->posts(), ElementsAre("posts/pingan-duty"));
  EXPECT_TRUE(merged->disabled());
  EXPECT_TRUE(merged->administrator());
}

TEST(Merge, AFieldInTheMaskBecomesWhatThePutSaysAlsoNothing) {
  const auto merged = Merge(Stored(), v1::Account(), MaskOf({"posts", "disabled"}));
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_THAT(merged->posts(), IsEmpty());
  EXPECT_FALSE(merged->disabled());
  EXPECT_EQ(merged->person(), "people/wei-na");
}

TEST(Merge, AMaskWithAFieldThatIsNotThereOrTheServersIsRefused) {
  for (const char* field : {"psots", "password_hash", "name"}) {
    const auto merged = Merge(Stored(), v1::Account(), MaskOf({field}));
    ASSERT_FALSE(merged.ok()) << field;
    EXPECT_EQ(base::ProblemOf(merged.status()).field(), "update_mask") << field;
  }
}

}  // namespace
}  // namespace huying::directory::rules
