// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/lifecycle.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::drill::rules {
namespace {

struct Words {
  const char* zh;
  const char* en;
};
constexpr Words kCommandWords[kExerciseCommands] = {
    {"批准", "approve"},
    {"启动", "start"},
    {"就绪", "report ready"},
    {"准备失败", "fail preparing"},
    {"暂停", "pause"},
    {"继续", "resume"},
    {"记录情景", "record an inject"},
    {"结束", "finish"},
    {"终止", "stop"},
    {"评分", "score"},
    {"归档", "archive"},
};
constexpr Words kStateWords[kExerciseStates] = {
    {"无", "none"},          {"计划", "planned"},    {"已批准", "approved"},
    {"准备中", "preparing"}, {"进行中", "running"},  {"已暂停", "paused"},
    {"已终止", "stopped"},   {"已结束", "finished"}, {"已评估", "evaluated"},
    {"已归档", "archived"},
};

Words Allowed(v1::ExerciseState state, std::string* zh, std::string* en) {
  for (int command = 0; command < kExerciseCommands; ++command) {
    if (kExerciseTable[state][command] == v1::EXERCISE_STATE_UNSPECIFIED) continue;
    absl::StrAppend(zh, zh->empty() ? "" : "、", kCommandWords[command].zh);
    absl::StrAppend(en, en->empty() ? "" : ", ", kCommandWords[command].en);
  }
  if (zh->empty()) *zh = "无", *en = "nothing";
  return {zh->c_str(), en->c_str()};
}

}  // namespace

absl::StatusOr<v1::ExerciseState> NextState(v1::ExerciseState state, ExerciseCommand command) {
  const int c = static_cast<int>(command);
  const bool known = state > v1::EXERCISE_STATE_UNSPECIFIED && state < kExerciseStates;
  if (known && kExerciseTable[state][c] != v1::EXERCISE_STATE_UNSPECIFIED) {
    return kExerciseTable[state][c];
  }
  const Words now = kStateWords[known ? state : 0];
  std::string zh, en;
  if (known) Allowed(state, &zh, &en);
  return base::Refused(base::Reason::ILLEGAL_TRANSITION,
                       absl::StrCat("演练“", now.zh, "”时不能", kCommandWords[c].zh),
                       absl::StrCat("cannot ", kCommandWords[c].en, ": the exercise is ", now.en))
      .Rule("drill.lifecycle")
      .Next(absl::StrCat("现在可以：", zh), absl::StrCat("possible now: ", en));
}

}  // namespace huying::drill::rules
