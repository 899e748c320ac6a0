// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "huying/common/v1/common.pb.h"

// Acts of two or three persons: those who act are told apart by person and by account, because an account can
// be passed on, and a person can be given two.
//
//   if (!guard::AreTwoPersons(alert.drafter(), actor)) return base::Refused(...);
//
// Pure.
namespace huying::guard {

// False also when neither person is known.
inline bool AreTwoPersons(const common::v1::Actor& a, const common::v1::Actor& b) {
  return a.person() != b.person() && (a.account().empty() || a.account() != b.account());
}

}  // namespace huying::guard
