// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/request_check.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

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

absl::Status UnknownValue(const FieldDescriptor& field, int value, std::string_view path) {
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
      .Field(path)
      .Next(absl::StrCat("可用的取值:", known), absl::StrCat("known values: ", known));
}

absl::Status TextOf(const Message& message, int depth) {
  if (depth == 0) return absl::OkStatus();
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  std::string scratch;
  for (const FieldDescriptor* field : fields) {
    const bool text = field->type() == FieldDescriptor::TYPE_STRING;
    if (!text && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (text) {
        const std::string& value =
            field->is_repeated()
                ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                : reflection.GetStringReference(message, field, &scratch);
        if (!base::IsUtf8(value)) return NotUtf8(ElementPath("", *field, i));
      } else {
        const Message& child = field->is_repeated()
                                   ? reflection.GetRepeatedMessage(message, field, i)
                                   : reflection.GetMessage(message, field);
        const absl::Status status = TextOf(child, depth - 1);
        if (!status.ok()) return base::InField(status, ElementPath("", *field, i));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

struct RequestCheck::Plan {
  std::vector<const FieldDescriptor*> enums;
  std::vector<std::pair<const FieldDescriptor*, const Plan*>> messages;
  bool done = false;
  bool empty() const { return enums.empty() && messages.empty(); }
};

namespace {

absl::Status EnumsOf(const RequestCheck::Plan& plan, const Message& message, int depth) {
  if (depth == 0) return absl::OkStatus();
  const Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : plan.enums) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const int value = field->is_repeated() ? reflection.GetRepeatedEnumValue(message, field, i)
                                             : reflection.GetEnumValue(message, field);
      if (field->enum_type()->FindValueByNumber(value) == nullptr) {
        return UnknownValue(*field, value, ElementPath("", *field, i));
      }
    }
  }
  for (const auto& [field, child_plan] : plan.messages) {
    if (!field->is_repeated() && !reflection.HasField(message, field)) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const Message& child = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                  : reflection.GetMessage(message, field);
      const absl::Status status = EnumsOf(*child_plan, child, depth - 1);
      if (!status.ok()) return base::InField(status, ElementPath("", *field, i));
    }
  }
  return absl::OkStatus();
}

}  // namespace

RequestCheck::RequestCheck() = default;
RequestCheck::~RequestCheck() = default;

const RequestCheck::Plan* RequestCheck::PlanFor(const Descriptor* type) {
  auto [it, inserted] = plans_.try_emplace(type, nullptr);
  if (!inserted) return it->second.get();
  it->second = std::make_unique<Plan>();
  Plan* plan = it->second.get();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->type() == FieldDescriptor::TYPE_ENUM) plan->enums.push_back(field);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const Plan* child = PlanFor(field->message_type());
    // A type that contains itself is not done here: keep it, an empty plan costs nothing.
    if (!child->done || !child->empty()) plan->messages.emplace_back(field, child);
  }
  plan->done = true;
  return plan;
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

absl::Status RequestCheck::Enums(const Plan& plan, const Message& request) {
  if (plan.empty()) return absl::OkStatus();
  return EnumsOf(plan, request, kDepthMax);
}

absl::Status RequestCheck::Text(const Message& request) { return TextOf(request, kDepthMax); }

}  // namespace huying::rpc
