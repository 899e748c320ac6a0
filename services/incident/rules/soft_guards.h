// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

// Every SOFT guard of this service: what it protects, which act meets it, and which act brings the paper
// later. A named person passes each in urgency; a test walks the table alone at night with every other
// service down (soft_guards_test.cc), and fails when a guard is missing here.
namespace huying::incident::rules {

struct SoftGuard {
  std::string_view rule_id;
  std::string_view act;      // that passes it with `urgency`
  std::string_view made_up;  // how the row is closed
  std::string_view limit;    // row of the rule table
};
inline constexpr std::array<SoftGuard, 9> kSoftGuards = {{
    {"incident.reject-second-person", "RejectIncident", "RejectIncident by another person",
     "makeup.default"},
    {"report.signature", "SendReport", "SignReport", "report.make-up.signature"},
    {"response.plan-known", "ActivateResponse", "MakeUpResponse by the approver",
     "response.make-up.approval"},
    {"response.approver", "ActivateResponse", "MakeUpResponse by the approver",
     "response.make-up.approval"},
    {"response.conditions", "ActivateResponse", "MakeUpResponse by the approver, with the reason",
     "response.make-up.approval"},
    {"response.incident-verified", "ActivateResponse", "ConfirmIncident",
     "response.make-up.approval"},
    {"response.plan-known", "AdjustResponse", "MakeUpResponse by the approver",
     "response.make-up.approval"},
    {"response.approver", "AdjustResponse", "MakeUpResponse by the approver",
     "response.make-up.approval"},
    {"response.conditions", "AdjustResponse", "MakeUpResponse by the approver, with the reason",
     "response.make-up.approval"},
}};

}  // namespace huying::incident::rules
