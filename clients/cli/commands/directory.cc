// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/commands.h"

namespace huying::cli {

void AddDirectoryCommands(Cli& cli) {
  const std::string service = "huying.directory.v1.DirectoryService/";
  const Field page = {"--page", "page_token", "下一页", "next page"};
  CLI::App* roster = cli.AddGroup("roster", "值班表: 现在谁在岗", "who is on duty");
  cli.AddCall(roster, {.name = "show",
                       .zh = "某区划的在岗人员",
                       .en = "who is on duty in an area",
                       .method = service + "GetRoster",
                       .fields = {{"area", "area", "区划", "area", kRequired},
                                  {"--at", "at", "时间 (缺省: 现在)", "when (default: now)"},
                                  page},
                       .list = "holders",
                       .columns = {{"岗位", "post", "post_title"},
                                   {"人员", "person", "person_name"},
                                   {"班次", "shift", "shift"},
                                   {"常设", "standing", "standing"}}});
  cli.AddCall(roster, {.name = "who",
                       .zh = "某岗位现在由谁担任",
                       .en = "who holds a post",
                       .method = service + "WhoHolds",
                       .fields = {{"post", "posts", "posts/…", "posts/…", kRequired},
                                  {"--at", "at", "时间", "when"}},
                       .list = "holders",
                       .columns = {{"岗位", "post", "post_title"},
                                   {"人员", "person", "person_name"},
                                   {"班次", "shift", "shift"},
                                   {"常设", "standing", "standing"}}});
  cli.AddCall(roster, {.name = "set",
                       .zh = "排班",
                       .en = "put a shift",
                       .method = service + "PutShift",
                       .fields = {{"--post", "shift.post", "岗位", "post", kRequired},
                                  {"--person", "shift.person", "人员", "person", kRequired},
                                  {"--from", "shift.start", "起", "from", kRequired},
                                  {"--to", "shift.end", "止", "to", kRequired}},
                       .example = "roster set --post posts/lingbei-duty --person people/li-na "
                                  "--from '2026-11-23 08:00' --to '2026-11-24 08:00'"});
  CLI::App* directory = cli.AddGroup("directory", "区划、单位、岗位、人员、权责事项、账号",
                                     "areas, units, posts, people, power items, accounts");
  cli.AddCall(directory, {.name = "areas",
                          .zh = "区划",
                          .en = "areas",
                          .method = service + "ListAreas",
                          .fields = {{"--within", "within", "上级区划", "within"}, page},
                          .list = "areas",
                          .columns = {{"代码", "code", "code"},
                                      {"名称", "name", "name"},
                                      {"层级", "tier", "tier"},
                                      {"上级", "parent", "parent"}}});
  cli.AddCall(directory, {.name = "units",
                          .zh = "单位",
                          .en = "units",
                          .method = service + "ListUnits",
                          .fields = {page},
                          .list = "units",
                          .columns = {{"编号", "name", "name"},
                                      {"名称", "title", "title"},
                                      {"区划", "area", "area"}}});
  cli.AddCall(directory, {.name = "posts",
                          .zh = "岗位",
                          .en = "posts",
                          .method = service + "ListPosts",
                          .fields = {{"--area", "area", "区划", "area"}, page},
                          .list = "posts",
                          .columns = {{"编号", "name", "name"},
                                      {"名称", "title", "title"},
                                      {"区划", "area", "area"},
                                      {"职责", "roles", "roles"},
                                      {"代理", "deputies", "deputies"}}});
  cli.AddCall(directory, {.name = "people",
                          .zh = "人员 (电话、证件打码)",
                          .en = "people (masked)",
                          .method = service + "ListPeople",
                          .fields = {page},
                          .list = "people",
                          .columns = {{"编号", "name", "name"},
                                      {"姓名", "name", "display_name"},
                                      {"单位", "unit", "unit"},
                                      {"电话", "phone", "phone"}}});
  cli.AddCall(directory, {.name = "powers",
                          .zh = "权责事项",
                          .en = "power items",
                          .method = service + "ListPowerItems",
                          .fields = {page},
                          .list = "items",
                          .columns = {{"编码", "code", "code"},
                                      {"名称", "title", "title"},
                                      {"类型", "type", "type"},
                                      {"最低层级", "lowest tier", "lowest_tier"},
                                      {"修订", "revision", "revision"}}});
  cli.AddCall(directory,
              {.name = "account",
               .zh = "设置账号",
               .en = "put an account",
               .method = service + "PutAccount",
               .fields = {{"name", "account.name", "accounts/…", "accounts/…", kRequired},
                          {"--person", "account.person", "人员", "person"},
                          {"--post", "account.posts", "岗位", "post"},
                          {"--disabled", "account.disabled", "停用: true", "disabled: true"},
                          {"--password", "password", "口令, 至少 12 个字符",
                           "password, at least 12 characters"}}});
}

void AddPlanCommands(Cli& cli) {
  const std::string service = "huying.plan.v1.PlanService/";
  const Field name = {"name", "name", "plans/…", "plans/…", kRequired};
  CLI::App* group = cli.AddGroup("plan", "预案: 查看、试算", "plans");
  cli.AddCall(group,
              {.name = "list",
               .zh = "列表",
               .en = "list",
               .method = service + "ListPlans",
               .fields = {{"--in-force", "in_force_only", "只看有效: true", "only in force: true"}},
               .list = "plans",
               .columns = {{"编号", "name", "name"},
                           {"名称", "title", "title"},
                           {"修订", "revision", "revision"},
                           {"状态", "state", "state"}}});
  cli.AddCall(group, {.name = "show",
                      .zh = "查看",
                      .en = "show",
                      .method = service + "GetPlan",
                      .fields = {name,
                                 {"--revision", "revision", "修订 (缺省: 有效的)",
                                  "revision (default: in force)"}}});
  cli.AddCall(
      group,
      {.name = "dry-run",
       .zh = "试算: 这些事实会启动哪一级",
       .en = "which level would these facts start",
       .method = service + "DryRun",
       .fields = {name,
                  {"--level", "level", "只试某级", "one level only"},
                  {"--fact", "facts", "事实 JSON: {\"key\":\"missing\",\"number\":139}",
                   "a fact as JSON"}},
       .example =
           "plan dry-run plans/mine-accident --fact '{\"key\":\"missing\",\"number\":139}'"});
  cli.AddCall(group, {.name = "abolish",
                      .zh = "废止",
                      .en = "abolish",
                      .method = service + "AbolishPlan",
                      .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}}});
}

}  // namespace huying::cli
