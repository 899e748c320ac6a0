// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clients/cli/say.h"
#include "clients/drill/runner.h"

// What a running drill shows on a terminal: the time line, and below it one line that says who was
// told and who answered, tasks, expectations. Without a terminal the lower line comes with each inject.
namespace huying::cli {

class DrillScreen {
 public:
  DrillScreen(const Say& say, bool quiet);

  void Show(const drill_client::Progress& progress);
  void ShowPause(bool paused);
  // The closing table, problems and verified heads.
  void ShowResult(const drill_client::RunResult& result);

 private:
  void ClearStatus();
  void ShowStatus(const drill_client::Progress& progress);
  void ShowItem(const drill_client::TimelineItem& item);

  const Say& say_;
  const bool quiet_;
  const bool terminal_;
  bool status_shown_ = false;
  std::string day_;
};

}  // namespace huying::cli
