// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/directory/api_fake.h"

namespace huying::directory {
namespace {

using common::v1::LegalBasis;
using common::v1::Tier;

struct AreaRow {
  const char* slug;
  const char* code;
  const char* short_code;
  const char* name;
  const char* parent;
  Tier tier;
};

constexpr AreaRow kAreas[] = {
    {"xingshan", kXingshan, "230407", "兴山区", "2304", Tier::DISTRICT},
    {"lingbei", kLingbei, "230407001", "岭北街道", kXingshan, Tier::SUBDISTRICT},
    {"lingnan", kLingnan, "230407002", "岭南街道", kXingshan, Tier::SUBDISTRICT},
    {"goubei", kGoubei, "230407003", "沟北街道", kXingshan, Tier::SUBDISTRICT},
    {"gounan", kGounan, "230407004", "沟南街道", kXingshan, Tier::SUBDISTRICT},
    {"pingan", kPingan, "", "平安社区", kLingbei, Tier::COMMUNITY},
    {"guoan", kGuoan, "", "国安社区", kLingbei, Tier::COMMUNITY},
    {"dongxing", kDongxing, "", "东兴社区", kLingnan, Tier::COMMUNITY},
    {"jingxiao", kJingxiao, "", "警校社区", kLingnan, Tier::COMMUNITY},
    {"yuying", kYuying, "", "育英社区", kGoubei, Tier::COMMUNITY},
    {"xingfa", kXingfa, "", "兴发社区", kGoubei, Tier::COMMUNITY},
    {"weimin", kWeimin, "", "为民社区", kGounan, Tier::COMMUNITY},
    {"limin", kLimin, "", "利民社区", kGounan, Tier::COMMUNITY},
};

// 2000-01-01, so that the items are in force whatever date a test plays.
constexpr int64_t kInForceSince = 946'684'800;

using Names = std::vector<const char*>;

struct RoleRow {
  const char* id;
  Names permissions;
};

const std::vector<RoleRow>& Roles() {
  static const auto* rows = new std::vector<RoleRow>{
      {"reader",
       {"directory.read", "alert.read", "plan.read", "incident.read", "report.read", "task.read",
        "drill.read", "journal.read"}},
      {"duty",
       {"roster.write", "alert.notice.issue", "alert.lift", "alert.answer", "incident.intake",
        "incident.verify", "incident.handle", "incident.figures", "report.write",
        "response.propose", "task.execute", "alert.warning.draft", "alert.warning.issue",
        "incident.confirm", "report.receive", "task.assign", "task.verify", "incident.level",
        "case.export"}},
      {"leader",
       {"alert.notice.issue", "alert.lift", "alert.answer", "alert.warning.issue",
        "alert.warning.review", "report.sign", "response.propose", "response.approve",
        "incident.level", "task.assign", "task.verify", "incident.handle"}},
      {"drafter", {"alert.warning.draft", "alert.notice.issue"}},
      {"reviewer", {"alert.warning.review"}},
      {"signer", {"alert.warning.sign", "alert.warning.issue", "alert.lift", "report.sign"}},
      {"commander",
       {"alert.notice.issue", "incident.command", "incident.level", "response.approve",
        "response.command", "task.assign", "task.verify", "case.export"}},
      {"report-signer", {"report.sign", "report.write", "report.receive", "case.export"}},
      {"planner", {"plan.write", "drill.plan", "roster.write"}},
      {"drill-director", {"drill.plan", "drill.direct", "case.export"}},
      {"executor", {"alert.answer", "incident.intake", "incident.handle", "task.execute"}},
      {"unit", {"incident.intake", "alert.answer", "task.execute"}},
  };
  return *rows;
}

struct PostRow {
  const char* id;
  const char* title;
  const char* unit;
  Tier tier;
  Names roles;
};

const std::vector<PostRow>& DistrictPosts() {
  constexpr Tier kDistrict = Tier::DISTRICT;
  static const auto* rows = new std::vector<PostRow>{
      {"district-duty", "区政府值班员", "district-office", kDistrict, {"duty"}},
      {"district-leader", "区政府带班领导", "district-office", kDistrict, {"leader"}},
      {"emergency-duty", "区应急管理局值班员", "emergency", kDistrict, {"duty"}},
      {"alert-drafter", "区应急管理局预警岗", "emergency", kDistrict, {"drafter"}},
      {"alert-reviewer", "区应急管理局预警审核岗", "emergency", kDistrict, {"reviewer"}},
      {"alert-signer", "区政府分管领导", "district-office", kDistrict, {"signer"}},
      {"commander", "区应急指挥部总指挥", "district-office", kDistrict, {"commander", "signer"}},
      {"deputy-commander", "区应急指挥部副总指挥", "emergency", kDistrict, {"commander"}},
      {"report-signer", "区政府办公室主任", "district-office", kDistrict, {"report-signer"}},
      {"spokesperson", "区政府新闻发言人", "publicity", kDistrict, {}},
      {"plan-officer", "区应急管理局预案岗", "emergency", kDistrict, {"planner"}},
      {"drill-director", "演练总导调", "emergency", kDistrict, {"drill-director"}},
      {"police-duty", "区公安分局值班员", "police", kDistrict, {"executor"}},
      {"fire-duty", "消防救援大队值班员", "fire", kDistrict, {"executor"}},
      {"health-duty", "区卫生健康局值班员", "health", kDistrict, {"executor"}},
      {"mine-dispatch", "新兴煤矿调度室值班员", "xinxing-mine", Tier::EXTERNAL, {"unit"}},
  };
  return *rows;
}

void AddUnit(v1::Directory& directory, const std::string& id, const std::string& title,
             const std::string& area, Tier tier, bool department = false) {
  v1::Unit* unit = directory.add_units();
  unit->set_name(absl::StrCat("units/", id));
  unit->set_title(title);
  unit->set_area(area);
  unit->set_tier(tier);
  unit->set_department(department);
}

v1::Post* AddPost(v1::Directory& directory, const PostRow& row, const std::string& area) {
  v1::Post* post = directory.add_posts();
  post->set_name(absl::StrCat("posts/", row.id));
  post->set_title(row.title);
  post->set_unit(absl::StrCat("units/", row.unit));
  post->set_area(area);
  post->set_tier(row.tier);
  post->add_roles("roles/reader");
  for (const char* role : row.roles) post->add_roles(absl::StrCat("roles/", role));
  post->set_standing_holder(absl::StrCat("people/", row.id));
  v1::Person* person = directory.add_people();
  person->set_name(post->standing_holder());
  person->set_display_name(absl::StrCat("（虚构）", row.title));
  person->set_unit(post->unit());
  v1::Account* account = directory.add_accounts();
  account->set_name(absl::StrCat("accounts/", row.id));
  account->set_person(person->name());
  account->add_posts(post->name());
  return post;
}

void AddGrassroots(v1::Directory& directory, const AreaRow& area) {
  const bool community = area.tier == Tier::COMMUNITY;
  AddUnit(directory, area.slug, absl::StrCat(area.name, community ? "居民委员会" : "办事处"),
          area.code, area.tier);
  const std::string duty_id = absl::StrCat(area.slug, "-duty");
  const std::string second_id = absl::StrCat(area.slug, community ? "-deputy" : "-leader");
  const std::string duty_title = absl::StrCat(area.name, community ? "网格员值班岗" : "值班员");
  const std::string second_title = absl::StrCat(area.name, community ? "副主任" : "带班领导");
  std::string supervisor = "posts/district-duty";
  if (community) {
    for (const AreaRow& above : kAreas) {
      if (std::string_view(above.code) == area.parent) {
        supervisor = absl::StrCat("posts/", above.slug, "-duty");
      }
    }
  }
  v1::Post* duty = AddPost(
      directory, {duty_id.c_str(), duty_title.c_str(), area.slug, area.tier, {"duty"}}, area.code);
  duty->set_receives_alerts(true);
  duty->add_deputies(absl::StrCat("posts/", second_id));
  duty->set_supervisor(supervisor);
  v1::Post* second = AddPost(directory,
                             {second_id.c_str(),
                              second_title.c_str(),
                              area.slug,
                              area.tier,
                              {community ? "duty" : "leader"}},
                             area.code);
  second->set_supervisor(supervisor);
}

void AddPower(v1::Directory& directory, const char* code, const char* title, const char* permission,
              const char* article, const char* unit, Tier lowest) {
  v1::PowerItem* item = directory.add_power_items();
  item->set_name(absl::StrCat("powers/", code));
  item->set_code(code);
  item->set_title(title);
  item->set_type("其他行政权力");
  item->set_permission(permission);
  item->set_holder_unit(unit);
  item->set_lowest_tier(lowest);
  item->set_revision(1);
  item->mutable_valid_from()->set_seconds(kInForceSince);
  LegalBasis* basis = item->add_legal_basis();
  basis->set_kind(LegalBasis::LAW);
  basis->set_title("中华人民共和国突发事件应对法");
  basis->set_article(article);
  basis->set_version_date("2024-06-28");
}

}  // namespace

v1::Directory XingshanForTests() {
  v1::Directory directory;
  for (const AreaRow& row : kAreas) {
    v1::Area* area = directory.add_areas();
    area->set_code(row.code);
    area->set_short_code(row.short_code);
    area->set_name(row.name);
    area->set_parent(row.parent);
    area->set_tier(row.tier);
  }
  for (const RoleRow& row : Roles()) {
    v1::Role* role = directory.add_roles();
    role->set_name(absl::StrCat("roles/", row.id));
    role->set_title(row.id);
    for (const char* permission : row.permissions) role->add_permissions(permission);
  }
  AddUnit(directory, "district-office", "区政府办公室（总值班室）", kXingshan, Tier::DISTRICT);
  AddUnit(directory, "emergency", "区应急管理局", kXingshan, Tier::DISTRICT);
  AddUnit(directory, "publicity", "区委宣传部", kXingshan, Tier::DISTRICT, /*department=*/true);
  AddUnit(directory, "police", "区公安分局", kXingshan, Tier::DISTRICT, /*department=*/true);
  AddUnit(directory, "fire", "消防救援大队", kXingshan, Tier::DISTRICT, /*department=*/true);
  AddUnit(directory, "health", "区卫生健康局", kXingshan, Tier::DISTRICT, /*department=*/true);
  AddUnit(directory, "xinxing-mine", "新兴煤矿", kXingshan, Tier::EXTERNAL);
  for (const PostRow& row : DistrictPosts()) {
    v1::Post* post = AddPost(directory, row, kXingshan);
    if (row.tier == Tier::DISTRICT) post->set_supervisor("posts/commander");
    if (post->name() == "posts/commander") post->clear_supervisor();
    if (post->name() == "posts/district-duty") {
      post->set_receives_alerts(true);
      post->add_deputies("posts/emergency-duty");
      post->set_supervisor("posts/district-leader");
    }
    if (post->name() == "posts/commander") post->add_deputies("posts/deputy-commander");
  }
  for (const AreaRow& row : kAreas) {
    if (row.tier != Tier::DISTRICT) AddGrassroots(directory, row);
  }
  AddPower(directory, "XS-YJ-001", "紧急通知", "alert.notice.issue", "第七十七条",
           "units/district-office", Tier::COMMUNITY);
  AddPower(directory, "XS-YJ-002", "发布预警", "alert.warning.issue", "第六十四条",
           "units/district-office", Tier::DISTRICT);
  AddPower(directory, "XS-YJ-003", "签发预警", "alert.warning.sign", "第六十四条",
           "units/district-office", Tier::DISTRICT);
  AddPower(directory, "XS-YJ-004", "解除预警", "alert.lift", "第七十条", "units/district-office",
           Tier::COMMUNITY);
  AddPower(directory, "XS-YJ-005", "启动应急响应", "response.approve", "第七十二条",
           "units/district-office", Tier::DISTRICT);
  return directory;
}

}  // namespace huying::directory
