// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/match.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"
#include "services/drill/rules/records.h"
#include "services/platform/base/strings.h"

namespace huying::drill::rules {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;

std::string MessageText(const Message& message) {
  if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    return TimeUtil::ToString(static_cast<const google::protobuf::Timestamp&>(message));
  }
  if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
    return TimeUtil::ToString(static_cast<const google::protobuf::Duration&>(message));
  }
  return message.ShortDebugString();
}

// Element `i` of a repeated field, or the field itself with i < 0.
std::string ScalarText(const Message& message, const FieldDescriptor& field, int i) {
  const Reflection& r = *message.GetReflection();
  const FieldDescriptor* f = &field;
  const bool one = i < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(one ? r.GetInt32(message, f) : r.GetRepeatedInt32(message, f, i));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(one ? r.GetInt64(message, f) : r.GetRepeatedInt64(message, f, i));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(one ? r.GetUInt32(message, f) : r.GetRepeatedUInt32(message, f, i));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(one ? r.GetUInt64(message, f) : r.GetRepeatedUInt64(message, f, i));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(one ? r.GetDouble(message, f) : r.GetRepeatedDouble(message, f, i));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(one ? r.GetFloat(message, f) : r.GetRepeatedFloat(message, f, i));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? r.GetBool(message, f) : r.GetRepeatedBool(message, f, i)) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return (one ? r.GetEnum(message, f) : r.GetRepeatedEnum(message, f, i))->name();
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? r.GetString(message, f) : r.GetRepeatedString(message, f, i);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageText(one ? r.GetMessage(message, f) : r.GetRepeatedMessage(message, f, i));
  }
  return "";
}

void Collect(const Message& message, const std::vector<std::string>& path, size_t at,
             std::vector<std::string>& out) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(path[at]);
  if (field == nullptr) return;
  const Reflection& r = *message.GetReflection();
  const int count = field->is_repeated() ? r.FieldSize(message, field) : 1;
  for (int i = 0; i < count; ++i) {
    if (at + 1 == path.size()) {
      out.push_back(ScalarText(message, *field, field->is_repeated() ? i : -1));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Collect(field->is_repeated() ? r.GetRepeatedMessage(message, field, i)
                                   : r.GetMessage(message, field),
              path, at + 1, out);
    }
  }
}

std::unique_ptr<Message> ParseImage(std::string_view ledger, const platform::v1::Change& change) {
  const Descriptor* type = SubjectType(ledger, change.kind());
  if (type == nullptr) return nullptr;
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  if (prototype == nullptr) return nullptr;
  std::unique_ptr<Message> image(prototype->New());
  if (!image->ParseFromString(change.image())) return nullptr;
  return image;
}

bool ChangeMatches(const v1::Expectation::Match& match, std::string_view ledger,
                   const platform::v1::Change& change) {
  if (!match.kind().empty() && match.kind() != change.kind()) return false;
  if (!match.state().empty() && match.state() != change.state()) return false;
  if (match.fields().empty()) return true;
  const std::unique_ptr<Message> image = ParseImage(ledger, change);
  if (image == nullptr) return false;
  for (const auto& [path, wanted] : match.fields()) {
    bool found = false;
    for (const std::string& value : ValuesAt(*image, path)) found = found || value == wanted;
    if (!found) return false;
  }
  return true;
}

}  // namespace

bool Matches(const v1::Expectation::Match& match, const SeenEntry& seen) {
  const platform::v1::Entry& entry = seen.entry;
  if (entry.has_refusal() != (match.state() == "REFUSED")) return false;
  if (!match.act().empty() && match.act() != entry.act()) return false;
  if (!match.post().empty() && match.post() != entry.actor().post()) return false;
  if (!match.tier().empty() && match.tier() != common::v1::Tier_Name(entry.actor().tier())) {
    return false;
  }
  if (entry.has_refusal()) return match.kind().empty() && match.fields().empty();
  const bool asks_record =
      !match.kind().empty() || !match.state().empty() || !match.fields().empty();
  if (!asks_record) return true;
  // Without a kind the subject is meant; with one, any record of it that the entry changed.
  const int looked_at =
      match.kind().empty() ? std::min(1, entry.changes_size()) : entry.changes_size();
  for (int i = 0; i < looked_at; ++i) {
    if (ChangeMatches(match, seen.ledger, entry.changes(i))) return true;
  }
  return false;
}

std::vector<std::string> ValuesAt(const Message& message, std::string_view path) {
  const std::vector<std::string> parts = absl::StrSplit(base::Abs(path), '.');
  std::vector<std::string> values;
  Collect(message, parts, 0, values);
  return values;
}

}  // namespace huying::drill::rules
