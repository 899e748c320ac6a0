// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"

// What a row of the directory must look like by itself, and what it refers to. A decision looks the
// references up by key; the loader of files looks them up in the file.
//
//   RETURN_IF_ERROR(base::InField(rules::CheckPost(request.post()), "post"));
//   for (const rules::Reference& reference : rules::ReferencesOf(post)) ...
//
// Pure. Field paths are relative to the row.
namespace huying::directory::rules {

namespace v1 = ::huying::directory::v1;

inline constexpr int kTextCharactersMax = 60;
inline constexpr int kListMax = 32;  // roles, deputies, posts of an account
inline constexpr int kPermissionsMax = 128;
inline constexpr int kImportRowsMax = 10'000;

struct Reference {
  enum class To { kArea, kUnit, kRole, kPost, kPerson };
  To to;
  std::string name;
  std::string field;
  bool operator==(const Reference&) const = default;
};

// Letters, digits and hyphens after the collection: "posts/lingbei-duty".
absl::Status CheckName(std::string_view name, std::string_view collection, std::string_view field);

absl::Status CheckUnit(const v1::Unit& unit);
absl::Status CheckRole(const v1::Role& role);
absl::Status CheckPost(const v1::Post& post);
absl::Status CheckPerson(const v1::Person& person);
absl::Status CheckAccount(const v1::Account& account);
absl::Status CheckAccountName(const v1::Account& account);
// End after start, both set, not longer than `longest`.
absl::Status CheckShift(const v1::Shift& shift, absl::Duration longest);
// Bounds of a whole import.
absl::Status CheckSize(const v1::Directory& directory);
// `characters_min` from the rule table; the password itself is in no message.
absl::Status CheckPassword(std::string_view password, int characters_min);

// The tier of a post is its area's, or EXTERNAL for a unit outside government.
absl::Status CheckPostTier(const v1::Post& post, const v1::Area& area);

std::vector<Reference> ReferencesOf(const v1::Unit& unit);
std::vector<Reference> ReferencesOf(const v1::Post& post);
std::vector<Reference> ReferencesOf(const v1::Person& person);
std::vector<Reference> ReferencesOf(const v1::Account& account);
std::vector<Reference> ReferencesOf(const v1::Shift& shift);
std::vector<Reference> ReferencesOf(const v1::PowerItem& item);

// "UNKNOWN_REFERENCE: posts/x is not in the directory", in the reference's field.
absl::Status UnknownReference(const Reference& reference);

}  // namespace huying::directory::rules
