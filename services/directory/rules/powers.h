// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"

// 权责事项 (R49): uniform name, code, basis and type; one code in force has one name; a change is a
// new revision, and the old one stays readable for the time it was in force.
//
//   RETURN_IF_ERROR(rules::CheckPowerItem(item));
//   rules::Revised revised = rules::Revise(previous, item);
//   RETURN_IF_ERROR(rules::TakeCode(revised.current, code));
namespace huying::directory::rules {

namespace v1 = ::huying::directory::v1;

// Every basis has a kind we know (meeting minutes are none, R56), a title and an article.
absl::Status CheckPowerItem(const v1::PowerItem& item);

struct Revised {
  v1::PowerItem current;  // with its revision number
  // The one before, ended where the new one begins; for the key of RevisionKey. Empty name: none.
  v1::PowerItem previous;
};
// `previous` null = the first.
Revised Revise(const v1::PowerItem* previous, const v1::PowerItem& item);
std::string RevisionKey(const v1::PowerItem& item);  // "powers/XS-YJ-001@2"
// The same but for the revision number: nothing to store.
bool SamePower(const v1::PowerItem& a, const v1::PowerItem& b);

// Puts the item among those that have the code. FAILED_PRECONDITION / directory.power-code when an
// item of another name has it at any time both are in force.
absl::Status TakeCode(const v1::PowerItem& item, v1::PowerCode& code);
void GiveCodeBack(const std::string& item_name, v1::PowerCode& code);

}  // namespace huying::directory::rules
