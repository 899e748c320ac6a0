// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/powers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory::rules {
namespace {

using base::Reason;
using common::v1::LegalBasis;
using common::v1::Tier;

constexpr int kTextBytesMax = 200;
constexpr int kBasesMax = 16;

absl::Time From(const v1::PowerItem& item) {
  return item.has_valid_from() ? base::FromProto(item.valid_from()) : absl::InfinitePast();
}
absl::Time Until(const v1::PowerItem& item) {
  return item.has_valid_to() ? base::FromProto(item.valid_to()) : absl::InfiniteFuture();
}

absl::Status CheckText(const std::string& text, std::string_view field) {
  if (!text.empty() && text.size() <= kTextBytesMax) return absl::OkStatus();
  return base::Invalid(text.empty() ? Reason::FIELD_MISSING : Reason::FIELD_TOO_LONG,
                       text.empty() ? "权责事项要素不全" : "文字太长",
                       text.empty() ? "an element of the item is missing" : "the text is too long")
      .Field(field)
      .Rule("directory.power-elements");
}

absl::Status CheckBasis(const LegalBasis& basis) {
  if (!LegalBasis::Kind_IsValid(basis.kind()) || basis.kind() == LegalBasis::KIND_UNSPECIFIED) {
    return base::Invalid(Reason::UNKNOWN_ENUM_VALUE,
                         "不是可作依据的文件种类（会议纪要不能作为依据）",
                         "not a kind of legal basis; meeting minutes are none")
        .Field("kind")
        .Rule("directory.power-basis");
  }
  RETURN_IF_ERROR(CheckText(basis.title(), "title"));
  return CheckText(basis.article(), "article");
}

}  // namespace

absl::Status CheckPowerItem(const v1::PowerItem& item) {
  RETURN_IF_ERROR(CheckText(item.name(), "name"));
  if (item.name().rfind("powers/", 0) != 0 || item.name().find('@') != std::string::npos) {
    return base::Invalid(Reason::FIELD_INVALID, "名称须形如 powers/XS-YJ-001",
                         "a name looks like powers/XS-YJ-001")
        .Field("name");
  }
  RETURN_IF_ERROR(CheckText(item.code(), "code"));
  RETURN_IF_ERROR(CheckText(item.title(), "title"));
  RETURN_IF_ERROR(CheckText(item.type(), "type"));
  RETURN_IF_ERROR(CheckText(item.holder_unit(), "holder_unit"));
  if (item.lowest_tier() < Tier::DISTRICT || item.lowest_tier() > Tier::COMMUNITY) {
    return base::Invalid(Reason::UNKNOWN_ENUM_VALUE, "最低层级须为区、街道或社区",
                         "the lowest tier is DISTRICT, SUBDISTRICT or COMMUNITY")
        .Field("lowest_tier");
  }
  if (item.legal_basis().empty() || item.legal_basis_size() > kBasesMax) {
    return base::Invalid(
               item.legal_basis().empty() ? Reason::FIELD_MISSING : Reason::FIELD_TOO_LONG,
               "权责事项须有依据", "an item has a legal basis")
        .Field("legal_basis")
        .Rule("directory.power-elements");
  }
  for (int i = 0; i < item.legal_basis_size(); ++i) {
    RETURN_IF_ERROR(
        base::InField(CheckBasis(item.legal_basis(i)), absl::StrCat("legal_basis[", i, "]")));
  }
  if (!item.has_valid_from()) {
    return base::Invalid(Reason::FIELD_MISSING, "缺少生效时间", "valid_from is missing")
        .Field("valid_from")
        .Rule("directory.power-elements");
  }
  if (Until(item) <= From(item)) {
    return base::Invalid(Reason::FIELD_INVALID, "失效时间须晚于生效时间",
                         "valid_to is after valid_from")
        .Field("valid_to");
  }
  return absl::OkStatus();
}

std::vector<v1::PowerItem> Revise(std::vector<v1::PowerItem> revisions, const v1::PowerItem& item) {
  for (v1::PowerItem& earlier : revisions) {
    if (Until(earlier) <= From(item)) continue;
    const bool begins_later = From(earlier) >= From(item);
    *earlier.mutable_valid_to() = begins_later ? earlier.valid_from() : item.valid_from();
  }
  const int32_t last = revisions.empty() ? 0 : revisions.back().revision();
  revisions.push_back(item);
  revisions.back().set_revision(last + 1);
  return revisions;
}

absl::Status CheckBegin(const std::vector<v1::PowerItem>& earlier, const v1::PowerItem& item,
                        absl::Time now) {
  const absl::TimeZone beijing = absl::FixedTimeZone(8 * 60 * 60);
  const absl::Time today = absl::FromCivil(absl::ToCivilDay(now, beijing), beijing);
  const bool bound = std::any_of(earlier.begin(), earlier.end(), [&](const v1::PowerItem& known) {
    return EverInForce(known) && From(known) < today;
  });
  if (!bound || From(item) >= today) return absl::OkStatus();
  return base::Refused(
             Reason::PAST_DEADLINE, "修订不能从过去开始：此前的行为已以原事项为依据",
             "a revision does not begin in the past: acts were done under the earlier one")
      .Field("valid_from")
      .Rule("directory.power-backdated")
      .Next("生效时间请填今天或以后", "let it begin today or later");
}

std::string RevisionKey(std::string_view name, int32_t revision) {
  return absl::StrCat(base::Abs(name), "@", revision);
}

bool SamePower(const v1::PowerItem& a, const v1::PowerItem& b) {
  v1::PowerItem left = a;
  v1::PowerItem right = b;
  left.clear_revision();
  right.clear_revision();
  return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

bool EverInForce(const v1::PowerItem& item) { return From(item) < Until(item); }

absl::Status BookCode(const std::vector<v1::PowerItem>& revisions, v1::PowerCode& code) {
  const v1::PowerItem& newest = revisions.back();
  for (const v1::PowerItem& other : code.items()) {
    if (newest.code() != code.code() || other.name() == newest.name()) continue;
    if (From(newest) < Until(other) && From(other) < Until(newest)) {
      return base::Refused(
                 Reason::ALREADY_EXISTS,
                 absl::StrCat("编码 ", code.code(), " 在此期间由 ", other.name(), " 使用"),
                 absl::StrCat("code ", code.code(), " belongs to ", other.name(), " in that time"))
          .Field("code")
          .Rule("directory.power-code")
          .Next("同一事项请沿用原名称修订", "to change that item, put it under its own name");
    }
  }
  auto* items = code.mutable_items();
  for (int i = items->size() - 1; i >= 0; --i) {
    if (items->at(i).name() == newest.name()) items->DeleteSubrange(i, 1);
  }
  for (const v1::PowerItem& revision : revisions) {
    if (revision.code() != code.code() || !EverInForce(revision)) continue;
    v1::PowerItem* booked = code.add_items();
    booked->set_name(revision.name());
    booked->set_code(revision.code());
    booked->set_revision(revision.revision());
    if (revision.has_valid_from()) *booked->mutable_valid_from() = revision.valid_from();
    if (revision.has_valid_to()) *booked->mutable_valid_to() = revision.valid_to();
  }
  return absl::OkStatus();
}

}  // namespace huying::directory::rules
