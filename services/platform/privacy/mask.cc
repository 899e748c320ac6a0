// SPDX-License-Identifier: Apache-2.0
#include "services/platform/privacy/mask.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/privacy/fields.h"

namespace huying::privacy {
namespace {
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kMobileDigits = 11;
constexpr size_t kLastShown = 4;
constexpr size_t kNumberLengthMin = 7;

bool IsNumberLike(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isdigit(c) || c == '-' || c == '+' || c == ' ' || c == 'X' || c == 'x';
  });
}

// Bytes of the first character.
size_t FirstCharacter(std::string_view text) {
  size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return size;
}
}  // namespace

std::string MaskText(std::string_view text) {
  if (text.empty()) return "";
  if (!IsNumberLike(text)) {
    return absl::StrCat(base::Abs(text.substr(0, FirstCharacter(text))), "*");
  }
  if (text.size() < kNumberLengthMin) return std::string(text.size(), '*');
  const std::string_view last = text.substr(text.size() - kLastShown);
  if (text.size() == kMobileDigits && text[0] == '1') {
    return absl::StrCat(base::Abs(text.substr(0, 3)), "****", base::Abs(last));
  }
  return absl::StrCat(std::string(text.size() - kLastShown, '*'), base::Abs(last));
}

absl::Status Mask(Message& message) {
  return Walk(message, [](Message& part) -> absl::Status {
    ASSIGN_OR_RETURN(PersonalFields personal, PersonalFieldsOf(*part.GetDescriptor()));
    const auto* reflection = part.GetReflection();
    for (const FieldDescriptor* field : personal.fields) {
      if (field->type() != FieldDescriptor::TYPE_STRING) {
        reflection->ClearField(&part, field);
      } else if (field->is_repeated()) {
        for (int i = 0; i < reflection->FieldSize(part, field); ++i) {
          reflection->SetRepeatedString(&part, field, i,
                                        MaskText(reflection->GetRepeatedString(part, field, i)));
        }
      } else {
        reflection->SetString(&part, field, MaskText(reflection->GetString(part, field)));
      }
    }
    if (personal.sealed != nullptr) reflection->ClearField(&part, personal.sealed);
    return absl::OkStatus();
  });
}

}  // namespace huying::privacy
