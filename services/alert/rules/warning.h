// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert.pb.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/common/v1/common.pb.h"

// What each act makes of an alert: pure functions of (record, request, actor, now). Three different
// persons (told apart by person, not by account or post) write, review and sign a warning; in urgency one
// of any colour leaves before that, and the missing acts are made up as rows with a deadline.
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

inline constexpr char kReviewRule[] = "alert.review";
inline constexpr char kSignatureRule[] = "alert.signature";
// Names the make-up rows get (see guard::Judge).
std::string MakeUpName(std::string_view alert, std::string_view rule_id);

// Without name and case, which the use case gives (see CaseOf). `areas`: those asked for, by 12 digits.
v1::Alert DraftWarning(const v1::WarningContent& content, const std::vector<std::string>& areas,
                       const common::v1::Actor& drafter);
// A successor in the chain of `old`: same case, and it remembers every area the chain told.
absl::StatusOr<v1::Alert> DraftSuccessor(const v1::Alert& old, const v1::WarningContent& content,
                                         const std::vector<std::string>& areas,
                                         std::string_view reason, const common::v1::Actor& drafter);

// On one that is out already they close the make-up rows of those names (`made_up`). The signature under a
// retracted one makes up the retraction's, too.
struct Paper {
  v1::Alert alert;
  std::vector<std::string> made_up;
};
absl::StatusOr<Paper> ReviewWarning(v1::Alert alert, std::string_view opinion,
                                    const common::v1::Actor& reviewer);
absl::StatusOr<Paper> SignWarning(v1::Alert alert, const common::v1::Actor& signer);

struct MakeUpLimits {
  absl::Duration review = absl::Hours(1);
  absl::Duration signature = absl::Hours(1);
  std::string supervisor_post;
};
struct Issued {
  v1::Alert alert;
  std::vector<common::v1::MakeUp> make_ups;
};
absl::StatusOr<Issued> IssueWarning(v1::Alert alert, const common::v1::Urgency* urgency,
                                    const MakeUpLimits& limits, const common::v1::Actor& issuer,
                                    absl::Time now);
v1::Alert IssueNotice(const v1::IssueNoticeRequest& request, const std::vector<std::string>& areas,
                      const common::v1::Actor& issuer, absl::Time now);

// The old one of a chain when its successor goes out. An ended one stays as it is; one that another
// successor replaced already refuses: a chain has one newest colour.
absl::StatusOr<v1::Alert> Supersede(v1::Alert old, const v1::Alert& successor, absl::Time now);

absl::StatusOr<v1::Alert> Extend(v1::Alert alert, absl::Time until, std::string_view reason,
                                 absl::Time now);
absl::StatusOr<v1::Alert> Withdraw(v1::Alert alert, std::string_view reason, absl::Time now);
absl::StatusOr<v1::Alert> Lift(v1::Alert alert, std::string_view reason,
                               const common::v1::Actor& lifter, absl::Time now);
absl::StatusOr<v1::Alert> Expire(v1::Alert alert);

// A person's edit of a document on a screen carries the version it was made on; 0 = not asked.
absl::Status CheckVersion(int64_t expected, int64_t actual);

}  // namespace huying::alert::rules
