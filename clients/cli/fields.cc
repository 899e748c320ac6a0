// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/fields.h"

#include <cctype>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::cli {
namespace {

using base::Abs;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Expected(std::string_view path, std::string_view zh, std::string_view en) {
  return base::Invalid(base::Reason::FIELD_INVALID, absl::StrCat("应为", Abs(zh)),
                       absl::StrCat("expected ", Abs(en)))
      .Field(path);
}

bool ParseTime(std::string_view text, absl::Time* time) {
  const absl::TimeZone beijing = absl::FixedTimeZone(8 * 60 * 60);
  for (const char* format :
       {absl::RFC3339_full, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    if (absl::ParseTime(format, Abs(text), beijing, time, nullptr)) return true;
  }
  return false;
}

bool ParseDuration(std::string_view text, absl::Duration* duration) {
  if (!text.empty() && text.back() == 'd') {
    int64_t days = 0;
    if (!absl::SimpleAtoi(Abs(text.substr(0, text.size() - 1)), &days)) return false;
    *duration = absl::Hours(24 * days);
    return true;
  }
  return absl::ParseDuration(std::string(text), duration);
}

const google::protobuf::EnumValueDescriptor* FindEnum(const FieldDescriptor* field,
                                                      std::string_view text) {
  std::string upper;
  for (char c : text) upper += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return field->enum_type()->FindValueByName(upper);
}

std::string EnumChoices(const FieldDescriptor* field) {
  std::vector<std::string> names;
  for (int i = 1; i < field->enum_type()->value_count(); ++i) {
    names.push_back(field->enum_type()->value(i)->name());
  }
  return absl::StrJoin(names, " | ");
}

absl::Status SetMessage(Message* child, std::string_view path, std::string_view text) {
  if (auto* stamp = dynamic_cast<google::protobuf::Timestamp*>(child)) {
    absl::Time time;
    if (!ParseTime(text, &time))
      return Expected(path, "时间, 例如 2009-11-21 02:30", "a time such as 2009-11-21 02:30");
    *stamp = base::ToProto(time);
    return absl::OkStatus();
  }
  if (auto* duration = dynamic_cast<google::protobuf::Duration*>(child)) {
    absl::Duration value;
    if (!ParseDuration(text, &value))
      return Expected(path, "时长, 例如 30m、2h、7d", "a duration such as 30m, 2h, 7d");
    duration->set_seconds(absl::ToInt64Seconds(value));
    return absl::OkStatus();
  }
  const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(text), child);
  if (!parsed.ok()) return Expected(path, "JSON", "JSON");
  return absl::OkStatus();
}

absl::Status SetScalar(Message* message, const FieldDescriptor* field, std::string_view path,
                       std::string_view text) {
  const Reflection* reflection = message->GetReflection();
  int64_t number = 0;
  double real = 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      field->is_repeated() ? reflection->AddString(message, field, std::string(text))
                           : reflection->SetString(message, field, std::string(text));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false")
        return Expected(path, " true 或 false", "true or false");
      reflection->SetBool(message, field, text == "true");
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      if (!absl::SimpleAtoi(Abs(text), &number)) return Expected(path, "整数", "a whole number");
      field->cpp_type() == FieldDescriptor::CPPTYPE_INT32
          ? reflection->SetInt32(message, field, static_cast<int32_t>(number))
          : reflection->SetInt64(message, field, number);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_DOUBLE:
      if (!absl::SimpleAtod(Abs(text), &real)) return Expected(path, "数", "a number");
      reflection->SetDouble(message, field, real);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = FindEnum(field, text);
      if (value == nullptr) return Expected(path, EnumChoices(field), EnumChoices(field));
      field->is_repeated() ? reflection->AddEnum(message, field, value)
                           : reflection->SetEnum(message, field, value);
      return absl::OkStatus();
    }
    default:
      return Expected(path, "可在命令行填写的字段", "a field that a command line can fill");
  }
}

std::string ScalarText(const Say& say, const Message& message, const FieldDescriptor* field,
                       int i) {
  const Reflection* r = message.GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? r->GetRepeatedString(message, field, i) : r->GetString(message, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return r->GetBool(message, field) ? say("是", "yes") : "";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(repeated ? r->GetRepeatedInt32(message, field, i)
                                   : r->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(repeated ? r->GetRepeatedInt64(message, field, i)
                                   : r->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(repeated ? r->GetRepeatedDouble(message, field, i)
                                   : r->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value =
          repeated ? r->GetRepeatedEnum(message, field, i) : r->GetEnum(message, field);
      return value->number() == 0 ? "" : Word(say, value->name());
    }
    default:
      return "";
  }
}

// Times, durations and actors in one word; "" for other messages.
std::string ShortMessage(const Say& say, const Message& message) {
  if (const auto* stamp = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    return stamp->seconds() == 0 ? "" : base::BeijingTime(base::FromProto(*stamp));
  }
  if (const auto* duration = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    return absl::FormatDuration(absl::Seconds(duration->seconds()));
  }
  if (message.GetDescriptor()->name() == "Actor") {
    const std::string person = FieldText(say, message, "person_name");
    const std::string post = FieldText(say, message, "post_name");
    return person + (post.empty() ? "" : " (" + post + ")");
  }
  return "";
}

}  // namespace

absl::Status SetField(Message* message, std::string_view path, std::string_view text) {
  const size_t dot = path.find('.');
  const std::string head(path.substr(0, dot));
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(head);
  if (field == nullptr) return Expected(path, "已知的字段", "a known field");
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return SetScalar(message, field, path, text);
  }
  const Reflection* reflection = message->GetReflection();
  Message* child = field->is_repeated() ? reflection->AddMessage(message, field)
                                        : reflection->MutableMessage(message, field);
  if (dot != std::string_view::npos) return SetField(child, path.substr(dot + 1), text);
  return SetMessage(child, path, text);
}

std::string FieldText(const Say& say, const Message& message, std::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field =
      message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr) return "";
  const Reflection* reflection = message.GetReflection();
  const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
  std::vector<std::string> parts;
  for (int i = 0; i < count; ++i) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      parts.push_back(ScalarText(say, message, field, i));
      continue;
    }
    if (!field->is_repeated() && !reflection->HasField(message, field)) continue;
    const Message& child = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                : reflection->GetMessage(message, field);
    parts.push_back(dot == std::string_view::npos ? ShortMessage(say, child)
                                                  : FieldText(say, child, path.substr(dot + 1)));
  }
  return absl::StrJoin(parts, "、");
}

std::string RenderMessage(const Say& say, const Message& message, int indent) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  const std::string margin(indent, ' ');
  std::string out;
  for (const FieldDescriptor* field : fields) {
    const std::string text = FieldText(say, message, field->name());
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
        (!field->is_repeated() && !text.empty())) {
      out += margin + field->name() + ": " + text + "\n";
      continue;
    }
    const int count = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Message& child = field->is_repeated()
                                 ? message.GetReflection()->GetRepeatedMessage(message, field, i)
                                 : message.GetReflection()->GetMessage(message, field);
      out += margin + field->name() + ":\n" + RenderMessage(say, child, indent + 2);
    }
  }
  return out;
}

}  // namespace huying::cli
