// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/records.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "huying/common/v1/record.pb.h"
#include "services/platform/base/nearest.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::drill::rules {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr std::string_view kLedgers[] = {"directory", "plan", "alert", "incident", "drill"};

// The files in which records of a ledger may stand: its own and those all ledgers share.
std::vector<const FileDescriptor*> FilesOf(std::string_view ledger) {
  std::vector<const FileDescriptor*> files;
  for (const std::string& name :
       {absl::StrCat("huying/", base::Abs(ledger), "/v1/", base::Abs(ledger), ".proto"),
        std::string("huying/common/v1/common.proto"),
        std::string("huying/common/v1/obligation.proto")}) {
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file != nullptr) files.push_back(file);
  }
  return files;
}

template <typename Visit>
void ForEachRecord(std::string_view ledger, const Visit& visit) {
  for (const FileDescriptor* file : FilesOf(ledger)) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* type = file->message_type(i);
      const auto& record = type->options().GetExtension(common::v1::record);
      for (const std::string& kind : record.kind()) visit(kind, type);
    }
  }
}

std::vector<std::string> NamesOf(const EnumDescriptor& values) {
  std::vector<std::string> names;
  for (int i = 0; i < values.value_count(); ++i) names.push_back(values.value(i)->name());
  return names;
}

absl::Status Unknown(std::string_view zh, std::string_view en, std::string_view wrong,
                     const std::vector<std::string>& known) {
  const std::string near = base::Nearest(wrong, known);
  return base::Invalid(base::Reason::UNKNOWN_REFERENCE,
                       absl::StrCat(base::Abs(zh), near.empty() ? "" : "，是否指 " + near),
                       absl::StrCat(base::Abs(en), near.empty() ? "" : ", did you mean " + near));
}

bool IsWhole(std::string_view text) {
  int64_t number = 0;
  return absl::SimpleAtoi(base::Abs(text), &number);
}

// Whether the field's text can ever be this one.
absl::Status CheckValue(const FieldDescriptor& field, std::string_view value) {
  std::vector<std::string> known;
  bool fits = true;
  double number = 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      known = NamesOf(*field.enum_type());
      fits = std::find(known.begin(), known.end(), value) != known.end();
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      known = {"true", "false"};
      fits = value == "true" || value == "false";
      break;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      fits = IsWhole(value);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      fits = absl::SimpleAtod(base::Abs(value), &number);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  if (fits) return absl::OkStatus();
  return Unknown(absl::StrCat("字段“", field.name(), "”不会是“", base::Abs(value), "”"),
                 absl::StrCat("the field '", field.name(), "' is never '", base::Abs(value), "'"),
                 value, known);
}

}  // namespace

const Descriptor* SubjectType(std::string_view ledger, std::string_view kind) {
  const Descriptor* found = nullptr;
  ForEachRecord(ledger, [&](const std::string& known, const Descriptor* type) {
    if (known == kind) found = type;
  });
  return found;
}

std::vector<const Descriptor*> SubjectTypes(std::string_view ledger, std::string_view kind) {
  std::vector<const Descriptor*> types;
  const auto add = [&](std::string_view each) {
    const Descriptor* type = SubjectType(each, kind);
    const bool fresh = std::find(types.begin(), types.end(), type) == types.end();
    if (type != nullptr && fresh) types.push_back(type);
  };
  if (!ledger.empty()) {
    add(ledger);
  } else {
    for (const std::string_view each : kLedgers) add(each);
  }
  return types;
}

std::vector<std::string> KindsOf(std::string_view ledger) {
  std::vector<std::string> kinds;
  const auto add = [&kinds](const std::string& kind, const Descriptor*) { kinds.push_back(kind); };
  if (!ledger.empty()) {
    ForEachRecord(ledger, add);
  } else {
    for (const std::string_view each : kLedgers) ForEachRecord(each, add);
  }
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

std::vector<std::string> StatesOf(const Descriptor& type) {
  const auto& record = type.options().GetExtension(common::v1::record);
  if (record.state_size() > 0) return {record.state().begin(), record.state().end()};
  const FieldDescriptor* state = type.FindFieldByName("state");
  if (state == nullptr || state->enum_type() == nullptr) return {};
  return NamesOf(*state->enum_type());
}

absl::Status CheckField(const Descriptor& type, std::string_view path, std::string_view value) {
  const Descriptor* at = &type;
  const FieldDescriptor* field = nullptr;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(base::Abs(path), '.'))) {
    if (at == nullptr) {
      return Unknown(absl::StrCat("“", field->name(), "”之下没有字段"),
                     absl::StrCat("'", field->name(), "' has no fields"), part, {});
    }
    field = at->FindFieldByName(part);
    if (field == nullptr) {
      std::vector<std::string> known;
      for (int i = 0; i < at->field_count(); ++i) known.push_back(at->field(i)->name());
      return Unknown(absl::StrCat("“", at->name(), "”没有字段“", base::Abs(part), "”"),
                     absl::StrCat(at->name(), " has no field '", base::Abs(part), "'"), part,
                     known);
    }
    at = field->message_type();
  }
  if (value.find("${") != std::string_view::npos) return absl::OkStatus();
  return CheckValue(*field, value);
}

}  // namespace huying::drill::rules
