// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/commands.h"
#include "clients/cli/commands/common_fields.h"
#include "clients/cli/password.h"
#include "huying/directory/v1/directory_service.pb.h"

namespace huying::cli {
namespace {

// The new password is asked for, as sign-in asks: on the command line others could read it.
void AddAccount(Cli& cli, CLI::App* directory) {
  const auto set_password = std::make_shared<bool>(false);
  CLI::App* command = cli.AddCall(
      directory,
      {.name = "account",
       .zh = "设置账号",
       .en = "put an account",
       .method = "huying.directory.v1.DirectoryService/PutAccount",
       .fields = {{"name", "account.name", "accounts/…", "accounts/…", kRequired},
                  {"--person", "account.person", "人员", "person"},
                  {"--post", "account.posts", "岗位", "post"},
                  {"--disabled", "account.disabled", "停用", "disabled"}},
       .example = "directory account accounts/zhao-ming --person people/zhao-ming "
                  "--post posts/district-duty --set-password",
       .complete = [&cli, set_password](google::protobuf::Message& request) -> absl::Status {
         if (!*set_password) return absl::OkStatus();
         auto& put = dynamic_cast<directory::v1::PutAccountRequest&>(request);
         put.set_password(ReadPassword(
             cli.say(), "HUYING_NEW_PASSWORD",
             cli.say()("新口令, 至少 12 个字符", "new password, at least 12 characters")));
         return absl::OkStatus();
       }});
  command->add_flag("--set-password", *set_password,
                    cli.say()("设新口令: 不回显, 或取自 $HUYING_NEW_PASSWORD",
                              "a new password: not echoed, or from $HUYING_NEW_PASSWORD"));
}

}  // namespace

void AddDirectoryCommands(Cli& cli) {
  const std::string service = "huying.directory.v1.DirectoryService/";
  CLI::App* roster = cli.AddGroup("roster", "值班表: 现在谁在岗", "who is on duty");
  cli.AddCall(roster, {.name = "show",
                       .zh = "某区划的在岗人员",
                       .en = "who is on duty in an area",
                       .method = service + "GetRoster",
                       .fields = Join({{"area", "area", "区划", "area", kRequired},
                                       {"--at", "at", "时间 (缺省: 现在)", "when (default: now)"}},
                                      PageFields()),
                       .list = "holders",
                       .columns = {{"岗位", "post", "post_title"},
                                   {"人员", "person", "person_name"},
                                   {"班次", "shift", "shift"},
                                   {"常设", "standing", "standing"}},
                       .example = "roster show 230407"});
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
                                   {"常设", "standing", "standing"}},
                       .example = "roster who posts/district-duty"});
  cli.AddCall(roster, {.name = "set",
                       .zh = "排班",
                       .en = "put a shift",
                       .method = service + "PutShift",
                       .fields = {{"--post", "shift.post", "岗位", "post", kRequired},
                                  {"--person", "shift.person", "人员", "person", kRequired},
                                  {"--from", "shift.start", "起", "from", kRequired},
                                  {"--to", "shift.end", "止", "to", kRequired}},
                       .example = "roster set --post posts/lingbei-duty --person people/yan-guizhi "
                                  "--from '2026-11-23 08:00' --to '2026-11-24 08:00'"});
  CLI::App* directory = cli.AddGroup("directory", "区划、单位、岗位、人员、权责事项、账号",
                                     "areas, units, posts, people, power items, accounts");
  cli.AddCall(directory,
              {.name = "areas",
               .zh = "区划",
               .en = "areas",
               .method = service + "ListAreas",
               .fields = Join({{"--within", "within", "上级区划", "within"}}, PageFields()),
               .list = "areas",
               .columns = {{"代码", "code", "code"},
                           {"名称", "name", "name"},
                           {"层级", "tier", "tier"},
                           {"上级", "parent", "parent"}},
               .example = "directory areas --within 230407001"});
  cli.AddCall(
      directory,
      {.name = "units",
       .zh = "单位",
       .en = "units",
       .method = service + "ListUnits",
       .fields = PageFields(),
       .list = "units",
       .columns = {{"编号", "name", "name"}, {"名称", "title", "title"}, {"区划", "area", "area"}},
       .example = "directory units"});
  cli.AddCall(directory, {.name = "posts",
                          .zh = "岗位",
                          .en = "posts",
                          .method = service + "ListPosts",
                          .fields = Join({{"--area", "area", "区划", "area"}}, PageFields()),
                          .list = "posts",
                          .columns = {{"编号", "name", "name"},
                                      {"名称", "title", "title"},
                                      {"区划", "area", "area"},
                                      {"职责", "roles", "roles"},
                                      {"代理", "deputies", "deputies"}},
                          .example = "directory posts --area 230407001"});
  cli.AddCall(directory, {.name = "people",
                          .zh = "人员 (电话、证件打码)",
                          .en = "people (masked)",
                          .method = service + "ListPeople",
                          .fields = PageFields(),
                          .list = "people",
                          .columns = {{"编号", "name", "name"},
                                      {"姓名", "name", "display_name"},
                                      {"单位", "unit", "unit"},
                                      {"电话", "phone", "phone"}},
                          .example = "directory people"});
  cli.AddCall(directory, {.name = "powers",
                          .zh = "权责事项",
                          .en = "power items",
                          .method = service + "ListPowerItems",
                          .fields = PageFields(),
                          .list = "items",
                          .columns = {{"编码", "code", "code"},
                                      {"名称", "title", "title"},
                                      {"类型", "type", "type"},
                                      {"最低层级", "lowest tier", "lowest_tier"},
                                      {"修订", "revision", "revision"}},
                          .example = "directory powers"});
  cli.AddCall(directory,
              {.name = "power-revisions",
               .zh = "一项权责事项的各次修订, 新的在前",
               .en = "every revision of a power item, newest first",
               .method = service + "ListPowerItemRevisions",
               .fields = Join({{"name", "name", "powers/…", "powers/…", kRequired}}, PageFields()),
               .list = "revisions",
               .columns = {{"修订", "revision", "revision"},
                           {"编码", "code", "code"},
                           {"名称", "title", "title"},
                           {"生效", "from", "valid_from"},
                           {"失效", "until", "valid_to"}},
               .example = "directory power-revisions powers/XS-YJ-001"});
  AddAccount(cli, directory);
}

}  // namespace huying::cli
