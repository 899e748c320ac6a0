// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/request_check.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"
#include "services/platform/rpc/field_limit.h"

namespace huying::rpc {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;
using ::google::protobuf::internal::WireFormatLite;
using ::google::protobuf::io::CodedInputStream;

constexpr int kDepthMax = 100;  // as the parser's own limit

absl::Status NotUtf8(std::string_view path) {
  return base::Invalid(base::Reason::INVALID_UTF8, "文字编码不是 UTF-8", "the text is not UTF-8")
      .Field(path)
      .Next("以 UTF-8 编码重新提交", "send the text in UTF-8");
}

std::string ElementPath(const std::string& prefix, const FieldDescriptor& field, int index) {
  std::string path = prefix.empty() ? field.name() : absl::StrCat(prefix, ".", field.name());
  if (field.is_repeated()) absl::StrAppend(&path, "[", index, "]");
  return path;
}

// Runs only after a failed parse, to tell wrong text from broken bytes. Empty: no wrong text found.
std::string FindWrongText(CodedInputStream& in, const Descriptor& type, const std::string& prefix,
                          int depth) {
  absl::flat_hash_map<int, int> seen;
  while (const uint32_t tag = in.ReadTag()) {
    const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag)) return "";
      continue;
    }
    uint32_t length = 0;
    if (!in.ReadVarint32(&length)) return "";
    if (field == nullptr || depth == 0) {
      if (!in.Skip(static_cast<int>(length))) return "";
      continue;
    }
    const int index = seen[field->number()]++;
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      std::string text;
      if (!in.ReadString(&text, static_cast<int>(length))) return "";
      if (!base::IsUtf8(text)) return ElementPath(prefix, *field, index);
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      const auto limit = in.PushLimit(static_cast<int>(length));
      std::string found =
          FindWrongText(in, *field->message_type(), ElementPath(prefix, *field, index), depth - 1);
      if (!found.empty()) return found;
      if (in.BytesUntilLimit() > 0 && !in.Skip(in.BytesUntilLimit())) return "";
      in.PopLimit(limit);
    } else if (!in.Skip(static_cast<int>(length))) {
      return "";
    }
  }
  return "";
}

absl::Status UnknownValue(const FieldDescriptor& field, int value) {
  std::vector<std::string> names;
  constexpr int kNamesMax = 12;
  const auto& type = *field.enum_type();
  for (int i = 0; i < type.value_count() && i < kNamesMax; ++i) {
    if (type.value(i)->number() != 0) names.push_back(type.value(i)->name());
  }
  std::string known;
  for (const std::string& name : names) absl::StrAppend(&known, known.empty() ? "" : ", ", name);
  return base::Invalid(base::Reason::UNKNOWN_ENUM_VALUE,
                       absl::StrCat("取值 ", value, " 不在 ", type.name(), " 的范围内"),
                       absl::StrCat(value, " is not a value of ", type.name()))
      .Next(absl::StrCat("可用的取值:", known), absl::StrCat("known values: ", known));
}

}  // namespace

// One field of a message and what is demanded of it.
struct FieldCheck {
  const FieldDescriptor* field = nullptr;
  common::v1::Limit limit;  // its own; of a map's key and value: the map's
  const RequestCheck::Plan* message = nullptr;
};

struct RequestCheck::Plan {
  std::vector<FieldCheck> fields;
  std::vector<std::string> faults;  // of this type alone
};

namespace {

// One value of a field: the field itself, or one element of a list.
class Value {
 public:
  Value(const Message& message, const FieldDescriptor& field, int index)
      : message_(message), reflection_(*message.GetReflection()), field_(field), index_(index) {}

  const std::string& text(std::string* scratch) const {
    return list() ? reflection_.GetRepeatedStringReference(message_, &field_, index_, scratch)
                  : reflection_.GetStringReference(message_, &field_, scratch);
  }
  int enum_value() const {
    return list() ? reflection_.GetRepeatedEnumValue(message_, &field_, index_)
                  : reflection_.GetEnumValue(message_, &field_);
  }
  double real() const {
    return list() ? reflection_.GetRepeatedDouble(message_, &field_, index_)
                  : reflection_.GetDouble(message_, &field_);
  }
  const Message& message() const {
    return list() ? reflection_.GetRepeatedMessage(message_, &field_, index_)
                  : reflection_.GetMessage(message_, &field_);
  }
  // Of a field that is no list. A greater one than int64 holds becomes negative and is refused as such.
  int64_t number() const {
    switch (field_.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return reflection_.GetInt32(message_, &field_);
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection_.GetUInt32(message_, &field_);
      case FieldDescriptor::CPPTYPE_UINT64:
        return static_cast<int64_t>(reflection_.GetUInt64(message_, &field_));
      default:
        return reflection_.GetInt64(message_, &field_);
    }
  }

 private:
  bool list() const { return field_.is_repeated(); }

  const Message& message_;
  const Reflection& reflection_;
  const FieldDescriptor& field_;
  const int index_;
};

absl::Status CheckFields(const RequestCheck::Plan& plan, const Message& message, int depth);

absl::Status CheckMessageValue(const FieldCheck& check, const Message& message, int depth) {
  if (check.limit.time() != common::v1::Limit::TIME_UNSPECIFIED) {
    return CheckTime(check.limit.time(), static_cast<const google::protobuf::Timestamp&>(message));
  }
  if (check.limit.days() > 0) {
    return CheckPeriod(check.limit.days(), static_cast<const google::protobuf::Duration&>(message));
  }
  return CheckFields(*check.message, message, depth - 1);
}

absl::Status CheckValue(const FieldCheck& check, const Value& value, int depth) {
  std::string scratch;
  switch (check.field->type()) {
    case FieldDescriptor::TYPE_STRING:
      return CheckText(check.limit.text(), value.text(&scratch));
    case FieldDescriptor::TYPE_BYTES:
      return CheckBytes(check.limit.bytes(), value.text(&scratch).size());
    case FieldDescriptor::TYPE_ENUM:
      if (check.field->enum_type()->FindValueByNumber(value.enum_value()) != nullptr) {
        return absl::OkStatus();
      }
      return UnknownValue(*check.field, value.enum_value());
    case FieldDescriptor::TYPE_DOUBLE:
      return CheckFinite(value.real());
    case FieldDescriptor::TYPE_MESSAGE:
      return CheckMessageValue(check, value.message(), depth);
    default:
      return check.limit.max() > 0 ? CheckNumber(check.limit.max(), value.number())
                                   : absl::OkStatus();
  }
}

absl::Status CheckFields(const RequestCheck::Plan& plan, const Message& message, int depth) {
  if (depth == 0) return absl::OkStatus();
  const Reflection& reflection = *message.GetReflection();
  for (const FieldCheck& check : plan.fields) {
    const FieldDescriptor& field = *check.field;
    int count = 1;
    if (field.is_repeated()) {
      count = reflection.FieldSize(message, &field);
      const absl::Status status = CheckItems(check.limit.items(), count);
      if (!status.ok()) return base::InField(status, field.name());
    } else if (field.message_type() != nullptr && !reflection.HasField(message, &field)) {
      continue;
    }
    for (int i = 0; i < count; ++i) {
      const absl::Status status = CheckValue(check, Value(message, field, i), depth);
      if (!status.ok()) return base::InField(status, ElementPath("", field, i));
    }
  }
  return absl::OkStatus();
}

// Of the key and the value of a map, whose limit stands on the map itself.
common::v1::Limit LimitIn(const FieldDescriptor& part, const common::v1::Limit& map) {
  common::v1::Limit limit;
  if (part.type() == FieldDescriptor::TYPE_STRING) {
    limit.set_text(part.number() == 1 ? map.key() : map.text());
  }
  return limit;
}

bool IsOurs(const Descriptor& type) { return type.file()->package() != "google.protobuf"; }

void CollectFaults(const RequestCheck::Plan& plan, std::set<const RequestCheck::Plan*>& seen,
                   std::vector<std::string>& faults) {
  if (!seen.insert(&plan).second) return;
  faults.insert(faults.end(), plan.faults.begin(), plan.faults.end());
  for (const FieldCheck& check : plan.fields) {
    if (check.message != nullptr) CollectFaults(*check.message, seen, faults);
  }
}

}  // namespace

RequestCheck::RequestCheck() = default;
RequestCheck::~RequestCheck() = default;

const RequestCheck::Plan* RequestCheck::PlanFor(const Descriptor* type) {
  auto [it, inserted] = plans_.try_emplace(type, nullptr);
  if (!inserted) return it->second.get();
  it->second = std::make_unique<Plan>();
  Plan* plan = it->second.get();  // stays where it is while other types are added
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    FieldCheck check{field, LimitOf(*field)};
    const std::string_view fault = LimitFault(*field);
    if (!fault.empty()) {
      plan->faults.push_back(absl::StrCat(field->full_name(), ": ", base::Abs(fault)));
    }
    if (field->is_map()) {
      check.message = PlanFor(field->message_type());
      Plan& entry = *plans_[field->message_type()];
      entry.faults.clear();
      for (FieldCheck& part : entry.fields) part.limit = LimitIn(*part.field, check.limit);
    } else if (field->message_type() != nullptr && IsOurs(*field->message_type())) {
      check.message = PlanFor(field->message_type());
    }
    plan->fields.push_back(std::move(check));
  }
  return plan;
}

std::vector<std::string> RequestCheck::FaultsOf(const Plan& plan) {
  std::set<const Plan*> seen;
  std::vector<std::string> faults;
  CollectFaults(plan, seen, faults);
  return faults;
}

absl::Status RequestCheck::Parse(std::string_view bytes, Message* request) {
  if (request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  const std::string path = FindWrongText(in, *request->GetDescriptor(), "", kDepthMax);
  if (!path.empty()) return NotUtf8(path);
  return base::Invalid(base::Reason::MALFORMED_REQUEST, "请求不是合法的消息",
                       absl::StrCat("the bytes are not a ", request->GetDescriptor()->full_name()))
      .Next("按接口定义重新生成客户端代码", "build the client from the same proto files");
}

absl::Status RequestCheck::Fields(const Plan& plan, const Message& request) {
  return CheckFields(plan, request, kDepthMax);
}

}  // namespace huying::rpc
