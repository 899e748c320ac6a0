// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/fields.h"

#include <cctype>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "clients/cli/labels.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "huying/common/v1/common.pb.h"
#include "huying/incident/v1/incident.pb.h"
#include "huying/plan/v1/plan.pb.h"
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

absl::Status SetBasis(common::v1::LegalBasis* basis, std::string_view path, std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(Abs(text), ':');
  if (parts.size() < 2 || parts.size() > 4 || parts[1].empty() ||
      !SetField(basis, "kind", parts[0]).ok()) {
    return Expected(path, "依据, 例如 law:突发事件应对法:第七十二条",
                    "a legal basis such as law:突发事件应对法:第七十二条");
  }
  basis->set_title(parts[1]);
  if (parts.size() > 2) basis->set_article(parts[2]);
  if (parts.size() > 3) basis->set_version_date(parts[3]);
  return absl::OkStatus();
}

// Without a word for the tier it goes to the direct superior, which the server knows.
absl::Status SetReceiver(incident::v1::Receiver* receiver, std::string_view path,
                         std::string_view text) {
  const size_t colon = text.rfind(':');
  receiver->set_body(std::string(text.substr(0, colon)));
  absl::Status status;
  if (colon != std::string_view::npos) {
    status =
        SetField(receiver, "addressee", absl::StrCat("report-tier-", Abs(text.substr(colon + 1))));
  }
  if (!receiver->body().empty() && status.ok()) return absl::OkStatus();
  return Expected(path, "单位[:层级], 例如 鹤岗市政府总值班室:city",
                  "BODY[:TIER], such as 鹤岗市政府总值班室:city");
}

absl::Status SetFact(plan::v1::Fact* fact, std::string_view path, std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) {
    return Expected(path, "事实, 例如 missing=139", "a fact such as missing=139");
  }
  const std::string value(text.substr(equals + 1));
  double number = 0;
  fact->set_key(std::string(text.substr(0, equals)));
  if (value == "true" || value == "false") {
    fact->set_truth(value == "true");
  } else if (absl::SimpleAtod(value, &number)) {
    fact->set_number(number);
  } else {
    fact->set_text(value);
  }
  return absl::OkStatus();
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
  if (text.substr(0, 1) != "{") {
    if (auto* basis = dynamic_cast<common::v1::LegalBasis*>(child)) {
      return SetBasis(basis, path, text);
    }
    if (auto* receiver = dynamic_cast<incident::v1::Receiver*>(child)) {
      return SetReceiver(receiver, path, text);
    }
    if (auto* fact = dynamic_cast<plan::v1::Fact*>(child)) return SetFact(fact, path, text);
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
      return value->number() == 0 ? "" : Word(say, value->name(), value->type()->name());
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
  if (const auto* actor = dynamic_cast<const common::v1::Actor*>(&message)) {
    const std::string& who = actor->person_name().empty() ? actor->system() : actor->person_name();
    return who + (actor->post_name().empty() ? "" : " (" + actor->post_name() + ")");
  }
  if (const auto* basis = dynamic_cast<const common::v1::LegalBasis*>(&message)) {
    return absl::StrCat(basis->title(), basis->article().empty() ? "" : " ", basis->article(), " (",
                        FieldText(say, message, "kind"), ")");
  }
  return "";
}

}  // namespace

// A screen that names a field wrong would show nothing where somebody looks for the alarm.
[[noreturn]] void UnknownField(const Message& message, std::string_view path) {
  std::cerr << message.GetDescriptor()->full_name() << " has no field " << path << std::endl;
  std::abort();
}

absl::Status SetField(Message* message, std::string_view path, std::string_view text) {
  const size_t dot = path.find('.');
  std::string head(path.substr(0, dot));
  // "receivers[].skip_reason": of the last element, not of one more.
  const bool last = absl::EndsWith(head, "[]");
  if (last) head.resize(head.size() - 2);
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(head);
  if (field == nullptr) return Expected(path, "已知的字段", "a known field");
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return SetScalar(message, field, path, text);
  }
  const Reflection* reflection = message->GetReflection();
  const int count = field->is_repeated() ? reflection->FieldSize(*message, field) : 0;
  Message* child = !field->is_repeated() ? reflection->MutableMessage(message, field)
                   : last && count > 0
                       ? reflection->MutableRepeatedMessage(message, field, count - 1)
                       : reflection->AddMessage(message, field);
  if (dot != std::string_view::npos) return SetField(child, path.substr(dot + 1), text);
  return SetMessage(child, path, text);
}

bool TakesMany(const Message& message, std::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field =
      message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr || field->is_repeated()) return field != nullptr;
  if (dot == std::string_view::npos || field->message_type() == nullptr) return false;
  return TakesMany(message.GetReflection()->GetMessage(message, field), path.substr(dot + 1));
}

bool IsTruth(const Message& message, std::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field =
      message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr || field->is_repeated()) return false;
  if (dot == std::string_view::npos) return field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
  return IsTruth(message.GetReflection()->GetMessage(message, field), path.substr(dot + 1));
}

std::string FieldText(const Say& say, const Message& message, std::string_view path) {
  const size_t dot = path.find('.');
  const FieldDescriptor* field =
      message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr) UnknownField(message, path);
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
    if (!IsShown(*field)) continue;
    const std::string label = margin + FieldLabel(say, *field) + say("：", ": ");
    const std::string text = FieldText(say, message, field->name());
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
        (!field->is_repeated() && !text.empty())) {
      out += label + text + "\n";
      continue;
    }
    const int count = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Message& child = field->is_repeated()
                                 ? message.GetReflection()->GetRepeatedMessage(message, field, i)
                                 : message.GetReflection()->GetMessage(message, field);
      const std::string in_one_word = ShortMessage(say, child);
      const std::string lines = in_one_word.empty() ? RenderMessage(say, child, indent + 2) : "";
      if (!in_one_word.empty() || !lines.empty()) out += label + in_one_word + "\n" + lines;
    }
  }
  return out;
}

}  // namespace huying::cli
