// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "services/alert/rules/recipients.h"
#include "services/alert/testing/records.h"

// An urgent notice to a subdistrict with two communities, for tests.
namespace huying::alert::rules {
using common::v1::COMMUNITY;
using common::v1::DISTRICT;
using common::v1::SUBDISTRICT;
using testing::Frozen;
using testing::kDistrict;
using testing::kGuoAn;
using testing::kNorth;
using testing::kNow;
using testing::kPingAn;
using testing::Person;

class NoticeRecords : public ::testing::Test {
 protected:
  NoticeRecords() {
    alert_.set_name("alerts/2026-0001");
    alert_.set_kind(v1::NOTICE);
    alert_.set_urgent(true);
    alert_.add_target_areas(kNorth);
    *alert_.mutable_issuer() = Person("commander");
    testing::PutParents(*alert_.mutable_parents());
    for (const auto tier : {SUBDISTRICT, COMMUNITY}) {
      auto* limit = alert_.add_limits();
      limit->set_tier(tier);
      *limit->mutable_limit_at() = base::ToProto(kNow + absl::Minutes(10));
    }
    *list_.add_recipients() = Frozen("north-duty", kNorth, SUBDISTRICT);
    *list_.add_recipients() = Frozen("pingan", kPingAn, COMMUNITY);
    *list_.add_recipients() = Frozen("guoan", kGuoAn, COMMUNITY);
    list_.mutable_recipients(1)->add_deputies("posts/pingan-b");
    list_.mutable_recipients(1)->add_deputies("posts/pingan-c");
    list_.mutable_recipients(1)->set_supervisor("posts/north-duty");
  }
  v1::Recipient Answered(int index, v1::AnswerKind kind, absl::Time at) {
    v1::Recipient recipient = Fresh(alert_, list_.recipients(index));
    ApplyAnswer(recipient, Said(kind, at));
    return recipient;
  }
  static v1::Statement Said(v1::AnswerKind kind, absl::Time at = kNow, const std::string& text = "",
                            bool off_duty = false) {
    v1::Statement said;
    said.set_kind(kind);
    said.set_text(text);
    said.set_off_duty(off_duty);
    if (kind == v1::EVACUATED) said.set_evacuated(120);
    *said.mutable_received_at() = base::ToProto(at);
    *said.mutable_by() = Person("x");
    return said;
  }
  v1::Alert alert_;
  v1::RecipientList list_;
};

}  // namespace huying::alert::rules
