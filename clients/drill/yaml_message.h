// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clients/drill/finding.h"
#include "google/protobuf/descriptor.h"
#include "nlohmann/json.hpp"
#include "yaml-cpp/yaml.h"

// A request body written in YAML, as protobuf JSON; wrong names and values are found by their line.
//
//   nlohmann::json body = BodyToJson(node, *method->input_type(), findings);
namespace huying::drill_client {

// Texts may hold ${references}: they are not checked against the field's type then.
nlohmann::json BodyToJson(const YAML::Node& node, const google::protobuf::Descriptor& type,
                          Findings& findings);

// "incident.TakeIntake" → huying.incident.v1.IncidentService/TakeIntake; null when there is none.
const google::protobuf::MethodDescriptor* FindMethod(std::string_view short_name);
// Every RPC of the services by its short name.
std::vector<std::string> MethodNames();
// Every act that a journal may hold: the RPCs, what services do by themselves ("alert.answer-limit"),
// and what each ledger does.
const std::vector<std::string>& ActNames();
// "huying.incident.v1.IncidentService/TakeIntake".
std::string FullName(const google::protobuf::MethodDescriptor& method);
// "incident.TakeIntake".
std::string ShortName(const google::protobuf::MethodDescriptor& method);

}  // namespace huying::drill_client
