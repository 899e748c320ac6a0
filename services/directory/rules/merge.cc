// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/merge.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::string_view kServerWrites[] = {"name", "sealed", "password_hash", "credential",
                                              "revision"};

bool IsServers(std::string_view field) {
  return std::find(std::begin(kServerWrites), std::end(kServerWrites), field) !=
         std::end(kServerWrites);
}

absl::Status CheckMask(const Message& row, const Mask& mask) {
  for (const std::string& path : mask) {
    if (row.GetDescriptor()->FindFieldByName(path) != nullptr && !IsServers(path)) continue;
    return base::Invalid(base::Reason::FIELD_INVALID, absl::StrCat("不能改动的字段: ", path),
                         absl::StrCat("no field that can be changed: ", path))
        .Field("update_mask")
        .Rule("directory.update-mask");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MergeInto(const Message& put, const Mask& mask, Message& stored) {
  RETURN_IF_ERROR(CheckMask(put, mask));
  const auto* reflection = put.GetReflection();
  const std::unique_ptr<Message> from(put.New());
  from->CopyFrom(put);
  for (int i = 0; i < put.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = put.GetDescriptor()->field(i);
    const bool named = std::find(mask.begin(), mask.end(), field->name()) != mask.end();
    const bool said = field->is_repeated() ? reflection->FieldSize(put, field) > 0
                                           : reflection->HasField(put, field);
    if (named || said) reflection->SwapFields(&stored, from.get(), {field});
  }
  return absl::OkStatus();
}

}  // namespace huying::directory::rules
