// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "huying/common/v1/common.pb.h"

// What a reader must know of the legal basis 法律依据 of an entry. The basis is SOFT: an act that lacks one
// is done and flagged 依据待核, never refused. Judged on what the entry holds, because a service may have
// filled in what the request left out (the power item's basis, the plan's).
namespace huying::rpc {

// One flag for each basis that is none, and `legal-basis.missing` when none of them is one.
//   legal-basis.incomplete  its kind, its title or (of law) its article is not said
//   legal-basis.minutes     it names the minutes of a meeting 会议纪要, which bind nobody (R56)
std::vector<common::v1::Flag> FlagsOfBasis(const std::vector<common::v1::LegalBasis>& bases);

}  // namespace huying::rpc
