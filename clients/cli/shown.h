// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "clients/cli/say.h"
#include "huying/alert/v1/alert.pb.h"
#include "huying/common/v1/obligation.pb.h"

// What a person must see of a record, in words. One function per record, whoever shows it: `huying watch`,
// `alert show`, `alert list`, the inbox. Fields are named by code, so that a field that is renamed
// breaks the build and not the screen.
//
//   std::cout << cli::AlertText(say, alert, names);
//
// Pure; times are Beijing's, to the second.
namespace huying::cli {

// Area → its name, as far as it is known.
using AreaNames = std::map<std::string, std::string>;

// 【实战】 or 【演练】; a realm's own mark stands first.
std::string ModeMark(const Say& say, const std::string& mark);
// "alerts/2026-0004《暴雨红色预警》"; what has no title known is its name.
std::string TitleOf(const std::string& name, const std::string& title);

// "【实战】alerts/2026-0004 [预警 红色 已发布] 暴雨红色预警", then, indented: areas and whether the reader's area is
// among them, text, cautions, measures, period, limits, reason, why it ended, issuer, how to answer.
std::string AlertText(const Say& say, const alert::v1::Alert& alert, const AreaNames& names);
// "平安社区 网格员值班岗：无法执行（桥断）"
std::string RecipientText(const Say& say, const alert::v1::Recipient& recipient);
// Who is silent and who was called for whom, why, and the limit that passed.
std::string StepText(const Say& say, const alert::v1::Escalation& step);
// What the holder of a called post does about it.
std::string StepAdvice(const Say& say, const alert::v1::Escalation& step);
// "[核实 进行中] 核实时限：燃气爆炸，3 人被埋（incidents/2026-0007），截止 2026-11-28 10:35:00"
std::string ObligationText(const Say& say, const common::v1::Obligation& obligation);

}  // namespace huying::cli
