// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/time/time.h"
#include "services/incident/rules/limits.h"
#include "services/platform/rules/rule_table.h"

namespace huying::incident {

// What the rule table says at `at`, as values for the rules. The class and the event code choose which
// report chains open by themselves; a traffic accident or fire has a shorter window for grading anew.
rules::Limits LimitsAt(const ::huying::rules::RuleTable& table, absl::Time at,
                       rules::v1::EventClass event_class = rules::v1::EVENT_CLASS_UNSPECIFIED,
                       std::string_view event_code = "");

}  // namespace huying::incident
