// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/forms.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::directory::rules {
namespace {

using base::Abs;
using base::Reason;
using common::v1::Tier;
using To = Reference::To;

constexpr int kIdCharactersMax = 64;
constexpr int kPasswordBytesMax = 256;

bool IsIdCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

absl::Status CheckText(std::string_view text, std::string_view field) {
  if (text.empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "缺少名称", "the title is missing").Field(field);
  }
  if (base::Characters(text) > kTextCharactersMax) {
    return base::Invalid(Reason::FIELD_TOO_LONG, absl::StrCat("超过", kTextCharactersMax, "个字"),
                         absl::StrCat("more than ", kTextCharactersMax, " characters"))
        .Field(field);
  }
  return absl::OkStatus();
}

absl::Status CheckTier(Tier tier) {
  if (Tier_IsValid(tier) && tier != Tier::TIER_UNSPECIFIED) return absl::OkStatus();
  return base::Invalid(Reason::UNKNOWN_ENUM_VALUE, "层级不是已知的值",
                       "the tier is not a known value")
      .Field("tier");
}

absl::Status CheckRequired(std::string_view value, std::string_view field) {
  if (!value.empty()) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_MISSING, absl::StrCat("缺少 ", Abs(field)),
                       absl::StrCat(Abs(field), " is missing"))
      .Field(field);
}

// No repetition, none of them `self`, not too many.
template <typename List>
absl::Status CheckList(const List& list, std::string_view self, std::string_view field) {
  std::set<std::string> seen;
  if (list.size() > kListMax) {
    return base::Invalid(Reason::FIELD_TOO_LONG, absl::StrCat("最多", kListMax, "项"),
                         absl::StrCat("at most ", kListMax))
        .Field(field);
  }
  for (int i = 0; i < list.size(); ++i) {
    if (list[i] != self && seen.insert(list[i]).second) continue;
    return base::Invalid(Reason::FIELD_INVALID,
                         list[i] == self ? "不能指向自身" : absl::StrCat("重复: ", list[i]),
                         list[i] == self ? "refers to itself" : absl::StrCat("repeated: ", list[i]))
        .Field(absl::StrCat(Abs(field), "[", i, "]"));
  }
  return absl::OkStatus();
}

template <typename List>
void AddAll(std::vector<Reference>& found, To to, const List& list, std::string_view field) {
  for (int i = 0; i < list.size(); ++i) {
    found.push_back({to, list[i], absl::StrCat(Abs(field), "[", i, "]")});
  }
}

void AddSet(std::vector<Reference>& found, To to, const std::string& name, const char* field) {
  if (!name.empty()) found.push_back({to, name, field});
}

}  // namespace

absl::Status CheckName(std::string_view name, std::string_view collection, std::string_view field) {
  const std::string prefix = absl::StrCat(Abs(collection), "/");
  const std::string_view id =
      absl::StartsWith(Abs(name), prefix) ? name.substr(prefix.size()) : std::string_view();
  if (!id.empty() && id.size() <= kIdCharactersMax &&
      std::all_of(id.begin(), id.end(), IsIdCharacter)) {
    return absl::OkStatus();
  }
  return base::Invalid(
             name.empty() ? Reason::FIELD_MISSING : Reason::FIELD_INVALID,
             absl::StrCat("名称须形如 ", prefix, "abc-1（小写字母、数字、连字符）"),
             absl::StrCat("a name looks like ", prefix, "abc-1 (lower case, digits, hyphens)"))
      .Field(field);
}

absl::Status CheckUnit(const v1::Unit& unit) {
  RETURN_IF_ERROR(CheckName(unit.name(), "units", "name"));
  RETURN_IF_ERROR(CheckText(unit.title(), "title"));
  RETURN_IF_ERROR(CheckRequired(unit.area(), "area"));
  return CheckTier(unit.tier());
}

absl::Status CheckRole(const v1::Role& role) {
  RETURN_IF_ERROR(CheckName(role.name(), "roles", "name"));
  RETURN_IF_ERROR(CheckText(role.title(), "title"));
  if (role.permissions_size() > kPermissionsMax) {
    return base::Invalid(Reason::FIELD_TOO_LONG, "权限太多", "too many permissions")
        .Field("permissions");
  }
  for (int i = 0; i < role.permissions_size(); ++i) {
    const std::string& permission = role.permissions(i);
    const bool form = permission.find('.') != std::string::npos &&
                      std::all_of(permission.begin(), permission.end(),
                                  [](char c) { return IsIdCharacter(c) || c == '.'; });
    if (form) continue;
    // "node", "any" and "public" have no dot: no role can give them.
    return base::Invalid(Reason::FIELD_INVALID, "权限须形如 alert.notice.issue",
                         "a permission looks like alert.notice.issue")
        .Field(absl::StrCat("permissions[", i, "]"));
  }
  return absl::OkStatus();
}

absl::Status CheckPost(const v1::Post& post) {
  RETURN_IF_ERROR(CheckName(post.name(), "posts", "name"));
  RETURN_IF_ERROR(CheckText(post.title(), "title"));
  RETURN_IF_ERROR(CheckRequired(post.unit(), "unit"));
  RETURN_IF_ERROR(CheckRequired(post.area(), "area"));
  RETURN_IF_ERROR(CheckTier(post.tier()));
  RETURN_IF_ERROR(CheckList(post.roles(), "", "roles"));
  RETURN_IF_ERROR(CheckList(post.deputies(), post.name(), "deputies"));
  if (post.supervisor() == post.name()) {
    return base::Invalid(Reason::FIELD_INVALID, "岗位不能督办自身",
                         "a post does not supervise itself")
        .Field("supervisor");
  }
  return absl::OkStatus();
}

absl::Status CheckPerson(const v1::Person& person) {
  RETURN_IF_ERROR(CheckName(person.name(), "people", "name"));
  RETURN_IF_ERROR(CheckText(person.display_name(), "display_name"));
  RETURN_IF_ERROR(CheckRequired(person.unit(), "unit"));
  const std::string& phone = person.phone();
  const bool phone_form = phone.size() <= 20 && std::all_of(phone.begin(), phone.end(), [](char c) {
                            return (c >= '0' && c <= '9') || c == '+' || c == '-';
                          });
  if (!phone_form) {
    return base::Invalid(Reason::FIELD_INVALID, "电话号码只含数字、+ 和 -",
                         "a phone number has digits, + and -")
        .Field("phone");
  }
  const std::string& id = person.id_number();
  const bool id_form = id.size() <= 18 && std::all_of(id.begin(), id.end(), [](char c) {
                         return (c >= '0' && c <= '9') || c == 'X';
                       });
  if (!id_form) {
    return base::Invalid(Reason::FIELD_INVALID, "证件号码格式不对", "the id number is malformed")
        .Field("id_number");
  }
  return absl::OkStatus();
}

absl::Status CheckAccountName(const v1::Account& account) {
  return CheckName(account.name(), "accounts", "name");
}

absl::Status CheckAccount(const v1::Account& account) {
  RETURN_IF_ERROR(CheckAccountName(account));
  if (account.person().empty() && !account.administrator()) {
    return base::Invalid(Reason::FIELD_MISSING, "账户须属于一个人",
                         "an account belongs to a person")
        .Field("person");
  }
  return CheckList(account.posts(), "", "posts");
}

absl::Status CheckShift(const v1::Shift& shift, absl::Duration longest) {
  RETURN_IF_ERROR(CheckRequired(shift.post(), "post"));
  RETURN_IF_ERROR(CheckRequired(shift.person(), "person"));
  if (!shift.has_start() || !shift.has_end()) {
    return base::Invalid(Reason::FIELD_MISSING, "缺少起止时间", "start and end are required")
        .Field(shift.has_start() ? "end" : "start");
  }
  const absl::Duration length = base::FromProto(shift.end()) - base::FromProto(shift.start());
  if (length <= absl::ZeroDuration()) {
    return base::Invalid(Reason::FIELD_INVALID, "结束时间须晚于开始时间",
                         "the end is after the start")
        .Field("end")
        .Rule("directory.shift-order");
  }
  if (length > longest) {
    return base::Invalid(Reason::FIELD_INVALID,
                         absl::StrCat("一班最长 ", absl::ToInt64Hours(longest), " 小时"),
                         absl::StrCat("a shift is at most ", absl::ToInt64Hours(longest), " hours"))
        .Field("end")
        .Rule("directory.shift-max");
  }
  return absl::OkStatus();
}

absl::Status CheckSize(const v1::Directory& directory) {
  const int rows = directory.areas_size() + directory.units_size() + directory.roles_size() +
                   directory.posts_size() + directory.people_size() + directory.shifts_size() +
                   directory.power_items_size() + directory.accounts_size();
  if (rows > 0 && rows <= kImportRowsMax) return absl::OkStatus();
  if (rows == 0) {
    return base::Invalid(Reason::FIELD_MISSING, "没有可导入的内容", "there is nothing to import")
        .Field("directory");
  }
  return base::Invalid(Reason::FIELD_TOO_LONG, absl::StrCat("一次最多导入", kImportRowsMax, "行"),
                       absl::StrCat("at most ", kImportRowsMax, " rows at once"))
      .Field("directory")
      .Next("请分批导入", "import in parts");
}

absl::Status CheckPassword(std::string_view password, int characters_min) {
  if (base::Characters(password) < characters_min) {
    return base::Invalid(Reason::FIELD_INVALID, absl::StrCat("口令至少", characters_min, "个字符"),
                         absl::StrCat("a password has at least ", characters_min, " characters"))
        .Field("password")
        .Rule("directory.password-min");
  }
  if (password.size() > kPasswordBytesMax) {
    return base::Invalid(Reason::FIELD_TOO_LONG, "口令太长", "the password is too long")
        .Field("password");
  }
  return absl::OkStatus();
}

absl::Status CheckPostTier(const v1::Post& post, const v1::Area& area) {
  if (post.tier() == Tier::EXTERNAL || post.tier() == area.tier()) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID,
                       absl::StrCat("岗位层级与所在区划", area.name(), "不符"),
                       absl::StrCat("the tier is not that of area ", area.code()))
      .Field("tier")
      .Rule("directory.post-tier");
}

std::vector<Reference> ReferencesOf(const v1::Unit& unit) {
  return {{To::kArea, unit.area(), "area"}};
}
std::vector<Reference> ReferencesOf(const v1::Post& post) {
  std::vector<Reference> found = {{To::kArea, post.area(), "area"},
                                  {To::kUnit, post.unit(), "unit"}};
  AddAll(found, To::kRole, post.roles(), "roles");
  AddAll(found, To::kPost, post.deputies(), "deputies");
  AddSet(found, To::kPost, post.supervisor(), "supervisor");
  AddSet(found, To::kPerson, post.standing_holder(), "standing_holder");
  return found;
}
std::vector<Reference> ReferencesOf(const v1::Person& person) {
  return {{To::kUnit, person.unit(), "unit"}};
}
std::vector<Reference> ReferencesOf(const v1::Account& account) {
  std::vector<Reference> found;
  AddSet(found, To::kPerson, account.person(), "person");
  AddAll(found, To::kPost, account.posts(), "posts");
  return found;
}
std::vector<Reference> ReferencesOf(const v1::Shift& shift) {
  return {{To::kPost, shift.post(), "post"}, {To::kPerson, shift.person(), "person"}};
}
std::vector<Reference> ReferencesOf(const v1::PowerItem& item) {
  return {{To::kUnit, item.holder_unit(), "holder_unit"}};
}

absl::Status UnknownReference(const Reference& reference) {
  if (reference.to == To::kArea) {
    return base::Invalid(Reason::UNKNOWN_AREA, absl::StrCat("区划表中没有代码 ", reference.name),
                         absl::StrCat("area code ", reference.name, " is not in the table"))
        .Field(reference.field)
        .Rule("directory.area-known")
        .Next("请从区划表中选择", "choose one of the table (ListAreas)");
  }
  return base::Invalid(Reason::UNKNOWN_REFERENCE, absl::StrCat("通讯录中没有 ", reference.name),
                       absl::StrCat(reference.name, " is not in the directory"))
      .Field(reference.field)
      .Rule("directory.reference-known")
      .Next("请先登记被引用的项目", "put what it refers to first, or in the same file");
}

}  // namespace huying::directory::rules
