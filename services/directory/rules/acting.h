// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/common/v1/common.pb.h"
#include "huying/directory/v1/directory.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/directory/rules/view.h"

// 代行: a post's deputies (AB角) decide in its stead, for a time, and every entry says so. And 不在班: who
// signs in outside his shift may act all the same, and every entry says that too.
//
//   ASSIGN_OR_RETURN(rules::Acting acting, rules::MayActFor(view, own, request.acting_for(), now, max));
//   rules::SetActing(acting, *claims.mutable_actor());
//
// Pure functions.
namespace huying::directory::rules {

struct Acting {
  std::string post;
  std::string reason;
  absl::Time until;
  bool department = false;  // the other post is a department's
};

// `own` (null: none) must stand in the other post's order of deputies; PERMISSION_DENIED /
// directory.acting-for otherwise, and it names who may. A reason is needed; the end lies ahead and not
// further than `max`, which is also the end of who names none.
absl::StatusOr<Acting> MayActFor(const View& view, const v1::Post* own, const v1::ActingFor& asked,
                                 absl::Time now, absl::Duration max);

// What a token says goes on when it is renewed: until its end, and while the order of deputies has it.
std::optional<Acting> ActsStill(const View& view, const v1::Post* own,
                                const common::v1::Actor& actor, absl::Time now, absl::Duration max);

void SetActing(const Acting& acting, common::v1::Actor& actor);

// `preferred` when it is a deputy of the other post, else the account's first post in that post's order
// of deputies, else `preferred` (which MayActFor refuses).
const v1::Post* DeputyAmong(const View& view, const v1::Account& account,
                            std::string_view acting_for, const v1::Post* preferred);

// What both posts may do. Competence is judged by the post acted for (CheckCompetence).
std::vector<std::string> WithPermissionsOf(const View& view, std::vector<std::string> own,
                                           const Acting& acting);

inline constexpr char kOffDutyRule[] = "directory.off-duty";
// The flag of acts outside the shift: the roster has another person, or nobody, at the post. Nothing
// for who has no post.
std::optional<common::v1::Flag> OffDuty(const View& view, const ShiftsAt& shifts,
                                        std::string_view person, const v1::Post* post);

}  // namespace huying::directory::rules
