// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/common/v1/errors.pb.h"

// Errors: an `absl::Status` that carries a `Problem` (reason, field, rule, law, what to do next).
//
//   if (title.empty())
//     return base::Invalid(Reason::FIELD_MISSING, "缺少标题", "title is missing").Field("title");
//   return base::Refused(Reason::SAME_PERSON, "审核人不能是起草人", "the reviewer wrote the draft")
//       .Rule("alert.three-persons").Law("突发事件应对法 第六十四条").Next("请他人审核", "ask another person");
//
// Two outcomes never look alike: Invalid / Refused / Denied are answers, Unavailable is a failure.
// `rpc/status.cc` alone makes google.rpc details of them. Without Rule(): "platform.field-missing".

#define HUYING_CONCAT_INNER(a, b) a##b
#define HUYING_CONCAT(a, b) HUYING_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

#define ASSIGN_OR_RETURN(target, expression) \
  HUYING_ASSIGN_OR_RETURN(HUYING_CONCAT(statusor_, __LINE__), target, expression)
#define HUYING_ASSIGN_OR_RETURN(temporary, target, expression) \
  auto temporary = (expression);                               \
  if (!temporary.ok()) return std::move(temporary).status();   \
  target = *std::move(temporary)

namespace huying::base {

using common::v1::Problem;
using common::v1::Reason;

// Builds the status; converts to absl::Status or absl::StatusOr<T> where it is returned.
class ProblemStatus {
 public:
  ProblemStatus(absl::StatusCode code, Reason reason, std::string_view zh, std::string_view en);

  ProblemStatus&& Field(std::string_view path) &&;
  ProblemStatus&& Rule(std::string_view rule_id) &&;
  ProblemStatus&& Law(std::string_view article) &&;
  ProblemStatus&& Next(std::string_view zh, std::string_view en) &&;

  operator absl::Status() const;  // NOLINT(google-explicit-constructor): made to be returned
  template <typename T>
  operator absl::StatusOr<T>() const {  // NOLINT(google-explicit-constructor)
    return static_cast<absl::Status>(*this);
  }

 private:
  absl::StatusCode code_;
  Problem problem_;
};

// INVALID_ARGUMENT: the request itself is wrong.
ProblemStatus Invalid(Reason reason, std::string_view zh, std::string_view en);
// FAILED_PRECONDITION: legal form, but not now, not in this state.
ProblemStatus Refused(Reason reason, std::string_view zh, std::string_view en);
// PERMISSION_DENIED: this actor may not.
ProblemStatus Denied(Reason reason, std::string_view zh, std::string_view en);
// NOT_FOUND. `name` is the resource asked for.
ProblemStatus NotFound(std::string_view name);
// ALREADY_EXISTS.
ProblemStatus AlreadyExists(std::string_view zh, std::string_view en);
// ABORTED: read again and repeat.
ProblemStatus Aborted(Reason reason, std::string_view zh, std::string_view en);
// RESOURCE_EXHAUSTED: a bounded queue is full.
ProblemStatus Exhausted(std::string_view zh, std::string_view en);
// UNAVAILABLE: storage or a lower service does not answer; nothing was stored. `detail` is logged,
// never sent.
ProblemStatus Unavailable(Reason reason, std::string_view zh, std::string_view en);
// UNAUTHENTICATED.
ProblemStatus Unauthenticated(Reason reason, std::string_view zh, std::string_view en);

// The problem a status carries; a default one (reason from the code) when it carries none.
Problem ProblemOf(const absl::Status& status);

// Whether a lower service gave no answer: away, too slow, overloaded, or at fault in itself. It said
// neither yes nor no, and an act that must not wait goes on without it.
bool GaveNoAnswer(const absl::Status& status);

// Puts `field_prefix` before the problem's field path ("alerts[2]" + "." + "title").
absl::Status InField(const absl::Status& status, std::string_view field_prefix);

}  // namespace huying::base
