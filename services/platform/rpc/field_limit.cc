// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/field_limit.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::rpc {
namespace {

using base::Reason;
using common::v1::Limit;
using ::google::protobuf::FieldDescriptor;

constexpr int32_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 24 * 60 * 60;

bool IsMessage(const FieldDescriptor& field, std::string_view type) {
  return field.message_type() != nullptr && field.message_type()->full_name() == type;
}

// What each value of Limit.Text and Limit.Time stands for, from the proto.
template <typename Option, typename Extension>
const Option& OptionOf(const google::protobuf::EnumDescriptor& type, int value,
                       const Extension& extension) {
  return type.FindValueByNumber(value)->options().GetExtension(extension);
}

const common::v1::TextSize& SizeOf(Limit::Text kind) {
  return OptionOf<common::v1::TextSize>(*Limit::Text_descriptor(), kind, common::v1::text_size);
}

absl::Status ControlCharacter(std::string_view text, std::string_view control) {
  const auto before = text.substr(0, static_cast<size_t>(control.data() - text.data()));
  const int position = base::Characters(before) + 1;
  const std::string name = base::CodePointName(control);
  return base::Invalid(Reason::FIELD_INVALID,
                       absl::StrCat("第 ", position, " 个字符 ", name, " 是不可见的控制字符或换行"),
                       absl::StrCat("character ", position, " is ", name,
                                    ", a control character, a line end or a mark of direction"))
      .Rule("platform.visible-text")
      .Next("删去该字符后重新提交", "remove that character and send again");
}

}  // namespace

const Limit& LimitOf(const FieldDescriptor& field) {
  return field.options().GetExtension(common::v1::limit);
}

std::string_view LimitFault(const FieldDescriptor& field) {
  const Limit& limit = LimitOf(field);
  const bool text = limit.text() != Limit::TEXT_UNSPECIFIED;
  if (field.is_map()) {
    const FieldDescriptor& key = *field.message_type()->map_key();
    const FieldDescriptor& value = *field.message_type()->map_value();
    if (limit.items() <= 0) return "a map needs a limit with items";
    if (key.type() == FieldDescriptor::TYPE_STRING && limit.key() == Limit::TEXT_UNSPECIFIED) {
      return "a map with text as key needs a limit with key";
    }
    if (value.type() == FieldDescriptor::TYPE_STRING && !text) {
      return "a map of texts needs a limit with text";
    }
    return "";
  }
  if (field.is_repeated() != (limit.items() > 0)) {
    return field.is_repeated() ? "a list needs a limit with items" : "only a list has items";
  }
  if ((field.type() == FieldDescriptor::TYPE_STRING) != text) {
    return text ? "only text has a limit with text" : "text needs a limit with text";
  }
  if ((field.type() == FieldDescriptor::TYPE_BYTES) != (limit.bytes() > 0)) {
    return "bytes, and they alone, need a limit with bytes";
  }
  if (IsMessage(field, "google.protobuf.Timestamp") != (limit.time() != Limit::TIME_UNSPECIFIED)) {
    return "a Timestamp, and it alone, needs a limit with time";
  }
  if (IsMessage(field, "google.protobuf.Duration") != (limit.days() > 0)) {
    return "a Duration, and it alone, needs a limit with days";
  }
  return "";
}

absl::Status CheckText(Limit::Text kind, std::string_view text) {
  if (!base::IsUtf8(text)) {
    return base::Invalid(Reason::INVALID_UTF8, "文字编码不是 UTF-8", "the text is not UTF-8")
        .Next("以 UTF-8 编码重新提交", "send the text in UTF-8");
  }
  const common::v1::TextSize& size = SizeOf(kind);
  const int characters = base::Characters(text);
  if (characters > size.characters()) {
    return base::Invalid(
               Reason::FIELD_TOO_LONG,
               absl::StrCat("最多 ", size.characters(), " 个字，现有 ", characters, " 个字"),
               absl::StrCat("at most ", size.characters(), " characters, got ", characters))
        .Next("缩短后重新提交", "shorten it and send again");
  }
  const std::string_view allowed = size.file() ? "\n\t\r" : size.lines() ? "\n\t" : "";
  const std::string_view control = base::FirstControl(text, allowed);
  return control.empty() ? absl::OkStatus() : ControlCharacter(text, control);
}

absl::Status CheckBytes(int bytes_max, size_t size) {
  if (size <= static_cast<size_t>(bytes_max)) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_TOO_LONG,
                       absl::StrCat("最多 ", bytes_max, " 字节，现有 ", size, " 字节"),
                       absl::StrCat("at most ", bytes_max, " bytes, got ", size))
      .Next("缩短后重新提交", "shorten it and send again");
}

absl::Status CheckItems(int items_max, int count) {
  if (count <= items_max) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_TOO_LONG,
                       absl::StrCat("最多 ", items_max, " 项，现有 ", count, " 项"),
                       absl::StrCat("at most ", items_max, " items, got ", count))
      .Next("减少项数，或分批提交", "send fewer, or send them in parts");
}

absl::Status CheckTime(Limit::Time kind, const google::protobuf::Timestamp& time) {
  const auto& years =
      OptionOf<common::v1::YearRange>(*Limit::Time_descriptor(), kind, common::v1::year_range);
  const auto start_of = [](int year) {
    return absl::ToUnixSeconds(absl::FromCivil(absl::CivilSecond(year), absl::UTCTimeZone()));
  };
  const bool in_years =
      time.seconds() >= start_of(years.first()) && time.seconds() < start_of(years.last() + 1);
  if (in_years && time.nanos() >= 0 && time.nanos() < kNanosPerSecond) return absl::OkStatus();
  const std::string range = absl::StrFormat("%04d–%04d", years.first(), years.last());
  return base::Invalid(Reason::FIELD_INVALID, absl::StrCat("时间不在公元 ", range, " 年之内"),
                       absl::StrCat("the time is not in the years ", range))
      .Rule("platform.time-range")
      .Next("核对时间后重新提交", "check the time and send again");
}

absl::Status CheckPeriod(int days_max, const google::protobuf::Duration& period) {
  const int64_t seconds_max = days_max * kSecondsPerDay;
  const bool negative = period.seconds() < 0 || period.nanos() < 0;
  const bool too_long =
      period.seconds() > seconds_max || (period.seconds() == seconds_max && period.nanos() > 0);
  if (!negative && !too_long && period.nanos() < kNanosPerSecond) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID, absl::StrCat("时长应在 0 到 ", days_max, " 天之间"),
                       absl::StrCat("a period is between 0 and ", days_max, " days"))
      .Rule("platform.period-range")
      .Next("核对时长后重新提交", "check the period and send again");
}

absl::Status CheckNumber(int64_t max, int64_t number) {
  if (number >= 0 && number <= max) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID, absl::StrCat("数值应在 0 到 ", max, " 之间"),
                       absl::StrCat("the number is between 0 and ", max))
      .Rule("platform.number-range")
      .Next("核对数值后重新提交", "check the number and send again");
}

absl::Status CheckFinite(double number) {
  if (std::isfinite(number)) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID, "不是一个数", "it is not a number, or infinite")
      .Rule("platform.number-range")
      .Next("核对数值后重新提交", "check the number and send again");
}

}  // namespace huying::rpc
