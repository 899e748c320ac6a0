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
       .zh = "设置账号; 未写的项保持不变",
       .en = "make an account or change it; what is not said stays",
       .method = "huying.directory.v1.DirectoryService/PutAccount",
       .fields = {{"name", "account.name", "accounts/…", "accounts/…", kRequired},
                  {"--person", "account.person", "人员", "person"},
                  {"--post", "account.posts", "岗位", "post"},
                  {"--no-post", "update_mask", "不再有岗位", "no post any more", false, "posts"},
                  {"--disabled", "account.disabled", "停用", "disabled"},
                  {"--enabled", "account.disabled", "重新启用", "enabled again", false, "false"},
                  {"--administrator", "account.administrator", "设为管理员 (须第二人复核)",
                   "make it an administrator's (a second person confirms)"},
                  {"--no-administrator", "account.administrator", "不再是管理员",
                   "no administrator any more", false, "false"}},
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

// The second person for a grave right.
void AddGrants(Cli& cli, CLI::App* directory) {
  const std::string service = "huying.directory.v1.DirectoryService/";
  cli.AddCall(directory, {.name = "grants",
                          .zh = "授权: 谁提出、谁因此获得什么权限、是否已复核",
                          .en = "grants: who proposed them, who gains what, confirmed or not",
                          .method = service + "ListGrants",
                          .fields = Join({{"--state", "state", "状态", "state"}}, PageFields()),
                          .list = "grants",
                          .columns = {{"编号", "name", "name"},
                                      {"状态", "state", "state"},
                                      {"改动", "changes", "changes"},
                                      {"提出人", "proposed by", "proposer.person_name"},
                                      {"提出时间", "proposed", "proposed_at"},
                                      {"复核人", "decided by", "decider.person_name"}},
                          .example = "directory grants --state AWAITS_SECOND"});
  cli.AddCall(directory,
              {.name = "confirm-grant",
               .zh = "复核通过一项授权 (不能是提出人, 也不能是获得权限的人)",
               .en = "confirm a grant, as another person than proposed it or gains by it",
               .method = service + "ConfirmGrant",
               .fields = {{"name", "name", "grants/…", "grants/…", kRequired}},
               .example = "directory confirm-grant grants/1"});
  cli.AddCall(directory, {.name = "reject-grant",
                          .zh = "不予通过, 或由提出人撤回",
                          .en = "reject a grant, or take it back",
                          .method = service + "RejectGrant",
                          .fields = {{"name", "name", "grants/…", "grants/…", kRequired},
                                     {"--reason", "reason", "理由", "reason", kRequired}},
                          .example = "directory reject-grant grants/1 --reason 该岗位不签发预警"});
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
                                   {"自", "from", "shift_start"},
                                   {"至", "until", "shift_end"},
                                   {"常设", "standing", "standing"},
                                   {"可登录", "can sign in", "can_sign_in"}},
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
                                   {"自", "from", "shift_start"},
                                   {"至", "until", "shift_end"},
                                   {"常设", "standing", "standing"},
                                   {"可登录", "can sign in", "can_sign_in"}},
                       .example = "roster who posts/district-duty"});
  cli.AddCall(roster, {.name = "set",
                       .zh = "排班",
                       .en = "put a shift",
                       .method = service + "PutShift",
                       .fields = {{"--post", "shift.post", "岗位", "post", kRequired},
                                  {"--person", "shift.person", "人员", "person", kRequired},
                                  {"--from", "shift.start", "起", "from", kRequired},
                                  {"--to", "shift.end", "止", "to", kRequired},
                                  {"--take-over", "take_over", "他人让出这段时间 (换班)",
                                   "others give that time up (a swap)"},
                                  {"--replaces", "replaces", "同时作废的班次 (移动班次)",
                                   "a shift cancelled in the same act (a move)"}},
                       .example = "roster set --post posts/lingbei-duty --person people/yan-guizhi "
                                  "--from '2026-11-23 08:00' --to '2026-11-24 08:00'"});
  cli.AddCall(roster,
              {.name = "cancel",
               .zh = "作废一个班次",
               .en = "cancel a shift",
               .method = service + "CancelShift",
               .fields = {{"name", "name", "shifts/…", "shifts/…", kRequired},
                          {"--reason", "reason", "原因", "reason", kRequired}},
               .example = "roster cancel shifts/lingbei-duty/1796428800 --reason 排错日期"});
  cli.AddCall(roster, {.name = "shifts",
                       .zh = "某岗位的班次",
                       .en = "the shifts of a post",
                       .method = service + "ListShifts",
                       .fields = Join({{"post", "post", "posts/…", "posts/…", kRequired},
                                       {"--from", "from", "起 (缺省: 现在)", "from (default: now)"},
                                       {"--to", "to", "止", "to"}},
                                      PageFields()),
                       .list = "shifts",
                       .columns = {{"自", "from", "start"},
                                   {"至", "until", "end"},
                                   {"人员", "person", "person"},
                                   {"作废", "cancelled", "cancelled"},
                                   {"编号", "name", "name"}},
                       .example = "roster shifts posts/lingbei-duty"});
  cli.AddCall(roster,
              {.name = "gaps",
               .zh = "今后几天的缺口: 无人在班、在班人不能登录、班次将尽",
               .en = "what will be missing: nobody on duty, nobody who can sign in, a roster's end",
               .method = service + "LookAhead",
               .fields = Join({{"--area", "area", "区划", "area"},
                               {"--days", "days", "天数 (缺省 7)", "days (default 7)"}},
                              PageFields()),
               .list = "gaps",
               .columns = {{"岗位", "post", "post_title"},
                           {"缺口", "what", "kind"},
                           {"自", "from", "start"},
                           {"至", "until", "end"},
                           {"人员", "person", "person_name"}},
               .example = "roster gaps --area 230407 --days 7"});
  cli.AddCall(roster, {.name = "telephone",
                       .zh = "在班人的值班电话 (留痕)",
                       .en = "the duty telephone of whoever holds a post (recorded)",
                       .method = service + "GetDutyContact",
                       .fields = {{"post", "post", "posts/…", "posts/…", kRequired},
                                  {"--for", "purpose", "为何事: 预警、事件编号或文字",
                                   "what the call is for", kRequired}},
                       .example = "roster telephone posts/lingbei-duty --for alerts/2026-0007"});
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
  cli.AddCall(directory, {.name = "show-account",
                          .zh = "一个账号",
                          .en = "one account",
                          .method = service + "GetAccount",
                          .fields = {{"name", "name", "accounts/…", "accounts/…", kRequired}},
                          .example = "directory show-account accounts/zhao-ming"});
  cli.AddCall(directory, {.name = "accounts",
                          .zh = "全部账号: 归谁、可任何岗、停用与否",
                          .en = "every account: whose, for which posts, disabled or not",
                          .method = service + "ListAccounts",
                          .fields = PageFields(),
                          .list = "accounts",
                          .columns = {{"账号", "account", "name"},
                                      {"人员", "person", "person_name"},
                                      {"岗位", "posts", "posts"},
                                      {"停用", "disabled", "disabled"},
                                      {"管理员", "administrator", "administrator"},
                                      {"有口令", "has a password", "has_password"}},
                          .example = "directory accounts"});
  AddGrants(cli, directory);
}

}  // namespace huying::cli
