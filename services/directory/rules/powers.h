// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"

// 权责事项 (R49): uniform name, code, basis and type; a change is a new revision, and the old ones stay
// readable for the time they were in force. At no instant are two revisions of one item in force, nor
// two items with one code.
//
//   RETURN_IF_ERROR(rules::CheckPowerItem(item));
//   std::vector<v1::PowerItem> revisions = rules::Revise(stored_revisions, item);
//   RETURN_IF_ERROR(rules::BookCode(revisions, code));
namespace huying::directory::rules {

namespace v1 = ::huying::directory::v1;

// Every basis has a kind we know (meeting minutes are none, R56), a title and an article.
absl::Status CheckPowerItem(const v1::PowerItem& item);

// All revisions of an item, oldest first, with `item` as the newest. It replaces every earlier one from
// the time it begins: whichever reached beyond ends there, and one that would only have begun later was
// in force never (it ends where it begins).
std::vector<v1::PowerItem> Revise(std::vector<v1::PowerItem> revisions, const v1::PowerItem& item);
// A revision that begins before today (Beijing time) would change which item bound acts already done:
// FAILED_PRECONDITION / directory.power-backdated, once any earlier revision has been in force.
absl::Status CheckBegin(const std::vector<v1::PowerItem>& earlier, const v1::PowerItem& item,
                        absl::Time now);
std::string RevisionKey(std::string_view name, int32_t revision);  // "powers/XS-YJ-001@2"
// The same but for the revision number: nothing to store.
bool SamePower(const v1::PowerItem& a, const v1::PowerItem& b);
// Whether it was or will be in force at any instant.
bool EverInForce(const v1::PowerItem& item);

// Books, under one code, the times at which the item's revisions have it, in place of what was booked
// for the item before. FAILED_PRECONDITION / directory.power-code when the newest revision would have
// the code while an item of another name has it.
absl::Status BookCode(const std::vector<v1::PowerItem>& revisions, v1::PowerCode& code);

}  // namespace huying::directory::rules
