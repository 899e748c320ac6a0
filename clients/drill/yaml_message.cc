// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/yaml_message.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/drill/references.h"
#include "clients/drill/time_text.h"
#include "clients/drill/yaml_map.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/common/v1/record.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/nearest.h"
#include "services/platform/base/strings.h"

namespace huying::drill_client {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;

std::string DidYouMean(std::string_view wrong, const std::vector<std::string>& known, bool zh) {
  const std::string near = base::Nearest(wrong, known);
  if (near.empty()) return "";
  return absl::StrCat(zh ? "，是否指 " : ", did you mean ", near);
}

json Wrong(const YAML::Node& node, const FieldDescriptor& field, std::string_view wanted_zh,
           std::string_view wanted_en, Findings& findings) {
  AddError(findings, node, absl::StrCat(field.name(), " 应为", base::Abs(wanted_zh)),
           absl::StrCat(field.name(), " must be ", base::Abs(wanted_en)));
  return nullptr;
}

json EnumToJson(const YAML::Node& node, const EnumDescriptor& type, Findings& findings) {
  if (type.FindValueByName(node.Scalar()) == nullptr) {
    std::vector<std::string> names;
    for (int i = 1; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
    AddError(findings, node,
             absl::StrCat(type.name(), " 没有值“", node.Scalar(), "”",
                          DidYouMean(node.Scalar(), names, true)),
             absl::StrCat(type.name(), " has no value '", node.Scalar(), "'",
                          DidYouMean(node.Scalar(), names, false)));
  }
  return node.Scalar();
}

json NumberToJson(const YAML::Node& node, const FieldDescriptor& field, Findings& findings) {
  double number = 0;
  int64_t whole = 0;
  const bool any = field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
                   field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
  if (any && absl::SimpleAtod(node.Scalar(), &number)) return number;
  if (!any && absl::SimpleAtoi(node.Scalar(), &whole)) return whole;
  return Wrong(node, field, any ? "数" : "整数", any ? "a number" : "a whole number", findings);
}

json SpecialToJson(const YAML::Node& node, const FieldDescriptor& field, Findings& findings) {
  if (field.message_type() == google::protobuf::Timestamp::descriptor()) {
    if (ParseTime(node.Scalar())) return node.Scalar();
    return Wrong(node, field, "时间，如 2009-11-21T02:30:00+08:00",
                 "a time like 2009-11-21T02:30:00+08:00", findings);
  }
  const auto duration = ParseDuration(node.Scalar());
  if (duration) return absl::StrCat(absl::ToInt64Seconds(*duration), "s");
  return Wrong(node, field, "时长，如 1h30m", "a duration like 1h30m", findings);
}

bool IsSpecial(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Timestamp::descriptor() ||
         field.message_type() == google::protobuf::Duration::descriptor();
}

json ValueToJson(const YAML::Node& node, const FieldDescriptor& field, Findings& findings) {
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (is_message && !IsSpecial(field)) return BodyToJson(node, *field.message_type(), findings);
  if (!node.IsScalar()) return Wrong(node, field, "一个值", "one value", findings);
  if (HasReference(node.Scalar())) return node.Scalar();
  if (is_message) return SpecialToJson(node, field, findings);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return node.Scalar();
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumToJson(node, *field.enum_type(), findings);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (node.Scalar() == "true" || node.Scalar() == "false") return node.Scalar() == "true";
      return Wrong(node, field, " true 或 false", "true or false", findings);
    default:
      return NumberToJson(node, field, findings);
  }
}

json FieldToJson(const YAML::Node& node, const FieldDescriptor& field, Findings& findings) {
  if (!field.is_repeated()) return ValueToJson(node, field, findings);
  if (field.is_map()) {
    json map = json::object();
    if (!node.IsMap()) return Wrong(node, field, "键值对", "a mapping", findings);
    for (const auto& item : node) {
      map[item.first.Scalar()] =
          ValueToJson(item.second, *field.message_type()->map_value(), findings);
    }
    return map;
  }
  if (!node.IsSequence()) return Wrong(node, field, "列表", "a list", findings);
  json list = json::array();
  for (const auto& item : node) list.push_back(ValueToJson(item, field, findings));
  return list;
}

}  // namespace

json BodyToJson(const YAML::Node& node, const Descriptor& type, Findings& findings) {
  json body = json::object();
  if (!node.IsDefined() || node.IsNull()) return body;
  if (!node.IsMap()) {
    AddError(findings, node, absl::StrCat(type.name(), " 应为键值对"),
             absl::StrCat(type.name(), " must be a mapping"));
    return body;
  }
  for (const auto& item : node) {
    const std::string name = item.first.Scalar();
    const FieldDescriptor* field = type.FindFieldByName(name);
    if (field == nullptr || name == "request_id") {
      std::vector<std::string> names;
      names.reserve(static_cast<size_t>(type.field_count()));
      for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
      const bool own = field != nullptr;
      AddError(
          findings, item.first,
          own ? "request_id 由程序生成"
              : absl::StrCat(type.name(), " 没有字段“", name, "”", DidYouMean(name, names, true)),
          own ? "request_id is made by the program"
              : absl::StrCat(type.name(), " has no field '", name, "'",
                             DidYouMean(name, names, false)));
      continue;
    }
    body[name] = FieldToJson(item.second, *field, findings);
  }
  return body;
}

namespace {

std::vector<const google::protobuf::ServiceDescriptor*> Services() {
  // Naming one message of each file makes sure that its descriptors are linked in.
  const Descriptor* const anchors[] = {
      directory::v1::SignInRequest::descriptor(), plan::v1::ImportPlanRequest::descriptor(),
      alert::v1::IssueNoticeRequest::descriptor(), incident::v1::TakeIntakeRequest::descriptor(),
      drill::v1::PlanExerciseRequest::descriptor()};
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const Descriptor* anchor : anchors) {
    for (int s = 0; s < anchor->file()->service_count(); ++s) {
      services.push_back(anchor->file()->service(s));
    }
  }
  return services;
}

}  // namespace

std::vector<std::string> MethodNames() {
  std::vector<std::string> names;
  for (const auto* service : Services()) {
    for (int m = 0; m < service->method_count(); ++m) {
      names.push_back(ShortName(*service->method(m)));
    }
  }
  return names;
}

const std::vector<std::string>& ActNames() {
  static const auto* const acts = [] {
    auto* names = new std::vector<std::string>(MethodNames());
    names->insert(names->end(), {"ledger.DropDeadline", "ledger.outage"});
    for (const auto* service : Services()) {
      const std::string ledger = ShortName(*service->method(0));
      const auto& options = service->options();
      for (int i = 0; i < options.ExtensionSize(common::v1::own_act); ++i) {
        names->push_back(absl::StrCat(ledger.substr(0, ledger.find('.') + 1),
                                      options.GetExtension(common::v1::own_act, i)));
      }
    }
    return names;
  }();
  return *acts;
}

const google::protobuf::MethodDescriptor* FindMethod(std::string_view short_name) {
  const std::vector<std::string> parts = absl::StrSplit(base::Abs(short_name), '.');
  if (parts.size() != 2 || parts[0].empty()) return nullptr;
  static const bool linked = !MethodNames().empty();
  std::string service = parts[0];
  service[0] = absl::ascii_toupper(static_cast<unsigned char>(service[0]));
  return linked ? google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
                      absl::StrCat("huying.", parts[0], ".v1.", service, "Service.", parts[1]))
                : nullptr;
}

std::string FullName(const google::protobuf::MethodDescriptor& method) {
  return absl::StrCat(method.service()->full_name(), "/", method.name());
}

std::string ShortName(const google::protobuf::MethodDescriptor& method) {
  // "huying.incident.v1" → "incident"
  const std::vector<std::string> package = absl::StrSplit(method.file()->package(), '.');
  return absl::StrCat(package.size() > 1 ? package[1] : "", ".", method.name());
}

}  // namespace huying::drill_client
