// SPDX-License-Identifier: Apache-2.0
#include "services/directory/yaml_directory.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/directory/rules/area_tree.h"
#include "services/directory/rules/areas_csv.h"
#include "services/directory/rules/forms.h"
#include "services/directory/rules/powers.h"
#include "services/directory/yaml_rows.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::directory {
namespace {

using base::Abs;
using To = rules::Reference::To;

constexpr int kDaysMax = 400;
constexpr absl::Duration kShiftMax = absl::Hours(24 * 31);

std::string Named(const char* collection, const std::string& id) {
  if (id.empty() || absl::StartsWith(id, absl::StrCat(collection, "/"))) return id;
  return absl::StrCat(collection, "/", id);
}

// Reads one file into a Directory; one use.
class Loader {
 public:
  Loader(std::string file, RotaWindow window) : file_(std::move(file)), window_(window) {}

  absl::StatusOr<v1::Directory> Load(std::string_view yaml, std::string_view areas_csv) {
    ASSIGN_OR_RETURN(std::vector<v1::Area> areas, rules::ParseAreasCsv(areas_csv, {}));
    tree_ = rules::AreaTree(areas);
    for (v1::Area& area : areas) *directory_.add_areas() = std::move(area);
    const YamlRow root(file_, "", YAML::Load(std::string(yaml)));
    RETURN_IF_ERROR(
        root.Only({"areas", "units", "roles", "people", "posts", "rota", "accounts", "powers"}));
    RETURN_IF_ERROR(Each(root, "units", &Loader::Unit));
    RETURN_IF_ERROR(Each(root, "roles", &Loader::Role));
    RETURN_IF_ERROR(Each(root, "people", &Loader::Person));
    RETURN_IF_ERROR(Each(root, "posts", &Loader::Post));
    RETURN_IF_ERROR(Each(root, "powers", &Loader::Power));
    RETURN_IF_ERROR(Each(root, "accounts", &Loader::Account));
    RETURN_IF_ERROR(Each(root, "rota", &Loader::Rota));
    for (const auto& [row, reference] : references_) {
      if (!known_.contains(reference.name)) {
        RETURN_IF_ERROR(row.At(rules::UnknownReference(reference)));
      }
    }
    return std::move(directory_);
  }

 private:
  absl::Status Each(const YamlRow& root, const char* key,
                    absl::Status (Loader::*load)(const YamlRow&)) {
    ASSIGN_OR_RETURN(const std::vector<YamlRow> rows, root.Rows(key));
    for (const YamlRow& row : rows) RETURN_IF_ERROR((this->*load)(row));
    return absl::OkStatus();
  }

  // `name` is new in this file; what the row refers to is looked up at the end.
  template <typename T>
  absl::Status Take(const YamlRow& row, const T& value) {
    if (!known_.insert(value.name()).second) {
      return row.Bad("name", absl::StrCat(value.name(), " 重复"),
                     absl::StrCat(value.name(), " is here twice"));
    }
    return Refer(row, value);
  }
  template <typename T>
  absl::Status Refer(const YamlRow& row, const T& value) {
    for (rules::Reference& reference : rules::ReferencesOf(value)) {
      if (reference.to != To::kArea) references_.emplace_back(row, std::move(reference));
    }
    return absl::OkStatus();
  }

  // The area's 12 digits and its tier where the row names none.
  template <typename T>
  absl::Status Place(const YamlRow& row, T& value) {
    ASSIGN_OR_RETURN(const std::string code, row.Text("area"));
    const v1::Area* area = tree_.Find(code);
    if (area == nullptr) return row.At(rules::UnknownReference({To::kArea, code, "area"}));
    value.set_area(area->code());
    ASSIGN_OR_RETURN(const common::v1::Tier tier, row.TierOf("tier"));
    value.set_tier(tier == common::v1::TIER_UNSPECIFIED ? area->tier() : tier);
    return absl::OkStatus();
  }

  absl::Status Unit(const YamlRow& row);
  absl::Status Role(const YamlRow& row);
  absl::Status Person(const YamlRow& row);
  absl::Status Post(const YamlRow& row);
  absl::Status Power(const YamlRow& row);
  absl::Status Account(const YamlRow& row);
  absl::Status Rota(const YamlRow& row);

  const std::string file_;
  const RotaWindow window_;
  rules::AreaTree tree_;
  v1::Directory directory_;
  std::set<std::string> known_;
  std::vector<std::pair<YamlRow, rules::Reference>> references_;
};

absl::Status Loader::Unit(const YamlRow& row) {
  RETURN_IF_ERROR(row.Only({"id", "title", "area", "tier", "department"}));
  v1::Unit unit;
  ASSIGN_OR_RETURN(const std::string id, row.Text("id"));
  unit.set_name(Named("units", id));
  ASSIGN_OR_RETURN(*unit.mutable_title(), row.Text("title"));
  ASSIGN_OR_RETURN(const bool department, row.Truth("department"));
  unit.set_department(department);
  RETURN_IF_ERROR(Place(row, unit));
  RETURN_IF_ERROR(row.At(rules::CheckUnit(unit)));
  *directory_.add_units() = unit;
  return Take(row, unit);
}

absl::Status Loader::Role(const YamlRow& row) {
  RETURN_IF_ERROR(row.Only({"id", "title", "permissions"}));
  v1::Role role;
  ASSIGN_OR_RETURN(const std::string id, row.Text("id"));
  role.set_name(Named("roles", id));
  ASSIGN_OR_RETURN(*role.mutable_title(), row.Text("title"));
  ASSIGN_OR_RETURN(const auto permissions, row.Texts("permissions"));
  role.mutable_permissions()->Assign(permissions.begin(), permissions.end());
  RETURN_IF_ERROR(row.At(rules::CheckRole(role)));
  known_.insert(role.name());
  *directory_.add_roles() = role;
  return absl::OkStatus();
}

absl::Status Loader::Person(const YamlRow& row) {
  RETURN_IF_ERROR(row.Only({"id", "display_name", "unit", "phone", "id_number"}));
  v1::Person person;
  ASSIGN_OR_RETURN(const std::string id, row.Text("id"));
  person.set_name(Named("people", id));
  ASSIGN_OR_RETURN(*person.mutable_display_name(), row.Text("display_name"));
  ASSIGN_OR_RETURN(const std::string unit, row.Text("unit"));
  person.set_unit(Named("units", unit));
  ASSIGN_OR_RETURN(*person.mutable_phone(), row.Text("phone"));
  ASSIGN_OR_RETURN(*person.mutable_id_number(), row.Text("id_number"));
  RETURN_IF_ERROR(row.At(rules::CheckPerson(person)));
  *directory_.add_people() = person;
  return Take(row, person);
}

absl::Status Loader::Post(const YamlRow& row) {
  RETURN_IF_ERROR(row.Only({"id", "title", "unit", "area", "tier", "roles", "deputies",
                            "standing_holder", "receives_alerts", "supervisor"}));
  v1::Post post;
  ASSIGN_OR_RETURN(const std::string id, row.Text("id"));
  post.set_name(Named("posts", id));
  ASSIGN_OR_RETURN(*post.mutable_title(), row.Text("title"));
  ASSIGN_OR_RETURN(const std::string unit, row.Text("unit"));
  post.set_unit(Named("units", unit));
  RETURN_IF_ERROR(Place(row, post));
  ASSIGN_OR_RETURN(const auto roles, row.Texts("roles"));
  for (const std::string& role : roles) post.add_roles(Named("roles", role));
  ASSIGN_OR_RETURN(const auto deputies, row.Texts("deputies"));
  for (const std::string& deputy : deputies) post.add_deputies(Named("posts", deputy));
  ASSIGN_OR_RETURN(const std::string holder, row.Text("standing_holder"));
  post.set_standing_holder(Named("people", holder));
  ASSIGN_OR_RETURN(const bool receives, row.Truth("receives_alerts"));
  post.set_receives_alerts(receives);
  ASSIGN_OR_RETURN(const std::string supervisor, row.Text("supervisor"));
  post.set_supervisor(Named("posts", supervisor));
  RETURN_IF_ERROR(row.At(rules::CheckPost(post)));
  RETURN_IF_ERROR(row.At(rules::CheckPostTier(post, *tree_.Find(post.area()))));
  *directory_.add_posts() = post;
  return Take(row, post);
}

absl::StatusOr<common::v1::LegalBasis> Basis(const YamlRow& row) {
  RETURN_IF_ERROR(row.Only({"kind", "title", "article", "version_date"}));
  common::v1::LegalBasis basis;
  ASSIGN_OR_RETURN(const std::string kind, row.Text("kind"));
  common::v1::LegalBasis::Kind parsed;
  if (!common::v1::LegalBasis::Kind_Parse(kind, &parsed)) {
    return row.Bad("kind", absl::StrCat(kind, " 不是可作依据的文件种类"),
                   absl::StrCat(kind, " is not a kind of legal basis"));
  }
  basis.set_kind(parsed);
  ASSIGN_OR_RETURN(*basis.mutable_title(), row.Text("title"));
  ASSIGN_OR_RETURN(*basis.mutable_article(), row.Text("article"));
  ASSIGN_OR_RETURN(*basis.mutable_version_date(), row.Text("version_date"));
  return basis;
}

absl::Status Loader::Power(const YamlRow& row) {
  RETURN_IF_ERROR(row.Only({"code", "title", "type", "permission", "holder_unit", "lowest_tier",
                            "valid_from", "valid_to", "legal_basis"}));
  v1::PowerItem item;
  ASSIGN_OR_RETURN(*item.mutable_code(), row.Text("code"));
  item.set_name(absl::StrCat("powers/", item.code()));
  ASSIGN_OR_RETURN(*item.mutable_title(), row.Text("title"));
  ASSIGN_OR_RETURN(*item.mutable_type(), row.Text("type"));
  ASSIGN_OR_RETURN(*item.mutable_permission(), row.Text("permission"));
  ASSIGN_OR_RETURN(const std::string unit, row.Text("holder_unit"));
  item.set_holder_unit(Named("units", unit));
  ASSIGN_OR_RETURN(const common::v1::Tier lowest, row.TierOf("lowest_tier"));
  item.set_lowest_tier(lowest);
  ASSIGN_OR_RETURN(const int64_t from, row.Day("valid_from"));
  if (from != 0) item.mutable_valid_from()->set_seconds(from);
  ASSIGN_OR_RETURN(const int64_t to, row.Day("valid_to"));
  if (to != 0) item.mutable_valid_to()->set_seconds(to);
  ASSIGN_OR_RETURN(const std::vector<YamlRow> bases, row.Rows("legal_basis"));
  for (const YamlRow& basis : bases) {
    ASSIGN_OR_RETURN(*item.add_legal_basis(), Basis(basis));
  }
  RETURN_IF_ERROR(row.At(rules::CheckPowerItem(item)));
  *directory_.add_power_items() = item;
  return Take(row, item);
}

absl::Status Loader::Account(const YamlRow& row) {
  RETURN_IF_ERROR(row.Only({"id", "person", "posts"}));
  v1::Account account;
  ASSIGN_OR_RETURN(const std::string id, row.Text("id"));
  account.set_name(Named("accounts", id));
  ASSIGN_OR_RETURN(const std::string person, row.Text("person"));
  account.set_person(Named("people", person));
  ASSIGN_OR_RETURN(const auto posts, row.Texts("posts"));
  for (const std::string& post : posts) account.add_posts(Named("posts", post));
  RETURN_IF_ERROR(row.At(rules::CheckAccount(account)));
  *directory_.add_accounts() = account;
  return Take(row, account);
}

// "daily 08:00-08:00": from the first time to the second, the next day when it is not later.
struct Daily {
  absl::Duration start;
  absl::Duration end;
};

absl::StatusOr<Daily> ParseDaily(const YamlRow& row) {
  ASSIGN_OR_RETURN(const std::string text, row.Text("shift"));
  int from_hour = 0;
  int from_minute = 0;
  int to_hour = 0;
  int to_minute = 0;
  char rest = 0;
  const int read = std::sscanf(text.c_str(), "daily %2d:%2d-%2d:%2d%c", &from_hour, &from_minute,
                               &to_hour, &to_minute, &rest);
  const auto minute_of_day = [](int hour, int minute) {
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 ? hour * 60 + minute : -1;
  };
  const int from = minute_of_day(from_hour, from_minute);
  int to = minute_of_day(to_hour, to_minute);
  if (read != 4 || from < 0 || to < 0) {
    return row.Bad("shift", "班次应形如 daily 08:00-08:00", "a shift looks like daily 08:00-08:00");
  }
  if (to <= from) to += 24 * 60;
  return Daily{absl::Minutes(from), absl::Minutes(to)};
}

absl::Status Loader::Rota(const YamlRow& row) {
  RETURN_IF_ERROR(row.Only({"post", "shift", "people"}));
  ASSIGN_OR_RETURN(const std::string post, row.Text("post"));
  ASSIGN_OR_RETURN(const auto people, row.Texts("people"));
  if (people.empty()) return row.Bad("people", "没有轮值人员", "nobody takes turns");
  ASSIGN_OR_RETURN(const Daily daily, ParseDaily(row));
  references_.emplace_back(row, rules::Reference{To::kPost, Named("posts", post), "post"});
  for (size_t i = 0; i < people.size(); ++i) {
    references_.emplace_back(row, rules::Reference{To::kPerson, Named("people", people[i]),
                                                   absl::StrCat("people[", i, "]")});
  }
  const absl::TimeZone beijing = absl::FixedTimeZone(8 * 60 * 60);
  for (int day = 0; day < window_.days; ++day) {
    const absl::CivilDay date = window_.from + day;
    const absl::Time midnight = absl::FromCivil(date, beijing);
    const int64_t turn = date - absl::CivilDay(1970, 1, 1);
    const int64_t count = static_cast<int64_t>(people.size());
    v1::Shift shift;
    shift.set_post(Named("posts", post));
    shift.set_person(Named("people", people[((turn % count) + count) % count]));
    *shift.mutable_start() = base::ToProto(midnight + daily.start);
    *shift.mutable_end() = base::ToProto(midnight + daily.end);
    RETURN_IF_ERROR(row.At(rules::CheckShift(shift, kShiftMax)));
    *directory_.add_shifts() = std::move(shift);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return base::Invalid(base::Reason::FIELD_INVALID, absl::StrCat("无法读取文件 ", path),
                         absl::StrCat("cannot read ", path))
        .Next("请检查路径", "check the path");
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

absl::Status CheckUtf8(std::string_view file, std::string_view text) {
  const std::optional<int> line = base::LineNotUtf8(text);
  if (!line) return absl::OkStatus();
  return base::Invalid(base::Reason::INVALID_UTF8,
                       absl::StrCat(Abs(file), " 第", *line, "行: ", base::kNotUtf8Zh),
                       absl::StrCat(Abs(file), ":", *line, ": ", base::kNotUtf8En));
}

absl::Status YamlFault(std::string_view file, const YAML::Exception& fault) {
  const int line = fault.mark.line + 1;
  return base::Invalid(base::Reason::MALFORMED_REQUEST,
                       absl::StrCat(Abs(file), " 第", line, "行: 不是正确的 YAML"),
                       absl::StrCat(Abs(file), ":", line, ": not YAML: ", fault.msg));
}

}  // namespace

absl::StatusOr<v1::Directory> ParseDirectoryYaml(std::string_view yaml, std::string_view areas_csv,
                                                 const RotaWindow& window, std::string_view file) {
  if (window.days < 0 || window.days > kDaysMax) {
    return base::Invalid(base::Reason::FIELD_INVALID, absl::StrCat("排班天数应为0至", kDaysMax),
                         absl::StrCat("a rota is spread over 0 to ", kDaysMax, " days"))
        .Field("days");
  }
  RETURN_IF_ERROR(CheckUtf8(file, yaml));
  try {
    return Loader(std::string(file), window).Load(yaml, areas_csv);
  } catch (const YAML::Exception& fault) {
    return YamlFault(file, fault);
  }
}

absl::StatusOr<v1::Directory> LoadDirectoryYaml(const std::string& path, const RotaWindow& window) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path));
  const std::filesystem::path file(path);
  RETURN_IF_ERROR(CheckUtf8(file.filename().string(), yaml));
  std::string areas = "areas.csv";
  try {
    const YAML::Node named = YAML::Load(yaml)["areas"];
    if (named.IsDefined() && named.IsScalar()) areas = named.Scalar();
  } catch (const YAML::Exception& fault) {
    return YamlFault(file.filename().string(), fault);
  }
  ASSIGN_OR_RETURN(const std::string csv, ReadFile((file.parent_path() / areas).string()));
  return ParseDirectoryYaml(yaml, csv, window, file.filename().string());
}

}  // namespace huying::directory
