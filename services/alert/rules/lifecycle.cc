// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/lifecycle.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::alert::rules {
namespace {
struct Words {
  std::string_view zh;
  std::string_view en;
};
constexpr std::array<Words, kActs> kActWords = {{{"制作", "draft"},
                                                 {"审核", "review"},
                                                 {"签发", "sign"},
                                                 {"发布", "issue"},
                                                 {"绿色通道发布", "issue urgently"},
                                                 {"调整", "adjust"},
                                                 {"以新预警替换", "supersede"},
                                                 {"延长", "extend"},
                                                 {"撤回", "withdraw"},
                                                 {"解除", "lift"},
                                                 {"撤回误发", "retract"},
                                                 {"置为到期", "expire"},
                                                 {"应答", "answer"},
                                                 {"升级叫应", "climb"}}};
constexpr std::array<std::string_view, kStates> kStateZh = {
    "尚未建立", "制作",   "已审核", "已签发", "已发布",
    "已调整",   "已解除", "已到期", "已撤回", "误发已撤回"};

// What a person can do instead.
Words Instead(v1::AlertState state, Act act) {
  const bool sending = act == Act::kIssue || act == Act::kIssueUrgently;
  if (sending && (state == v1::DRAFT || state == v1::REVIEWED)) {
    return {"先审核、签发；情况紧急的，填写 urgency 走绿色通道，事后补办",
            "have it reviewed and signed; in urgency it leaves with `urgency` and is made up"};
  }
  if (act == Act::kSign && state == v1::DRAFT) return {"先审核", "have it reviewed first"};
  if (state == v1::SUPERSEDED) return {"请对调整后的预警操作", "act on its successor (`next`)"};
  if (InForce(state))
    return {"可调整、延长、解除或撤回（误发）", "adjust, extend, lift or retract it"};
  return {"请查看其当前状态", "look at its present state"};
}
}  // namespace

std::string_view StateZh(v1::AlertState state) { return kStateZh[static_cast<int>(state)]; }
std::string_view ActZh(Act act) { return kActWords[static_cast<int>(act)].zh; }
std::string_view ActEn(Act act) { return kActWords[static_cast<int>(act)].en; }

absl::StatusOr<v1::AlertState> Transition(const v1::Alert& alert, Act act) {
  const v1::AlertState next = NextState(alert.kind(), alert.state(), act);
  if (next != v1::ALERT_STATE_UNSPECIFIED) return next;
  const Words instead = Instead(alert.state(), act);
  const std::string_view kind = alert.kind() == v1::WARNING ? "预警" : "紧急通知";
  return base::Refused(base::Reason::ILLEGAL_TRANSITION,
                       absl::StrCat(base::Abs(kind), "处于“", base::Abs(StateZh(alert.state())),
                                    "”，不能", base::Abs(ActZh(act))),
                       absl::StrCat("an alert in state ", v1::AlertState_Name(alert.state()),
                                    " cannot take ", base::Abs(ActEn(act))))
      .Rule("alert.lifecycle")
      .Next(instead.zh, instead.en);
}

}  // namespace huying::alert::rules
