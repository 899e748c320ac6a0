// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clients/cli/cli.h"

// One function per group of commands.
namespace huying::cli {

void AddSessionCommands(Cli& cli);   // sign-in, sign-out, whoami, enter
void AddIncidentCommands(Cli& cli);  // intake … end, show, list
void AddReportCommands(Cli& cli);
void AddResponseCommands(Cli& cli);  // response and task
void AddAlertCommands(Cli& cli);     // notice, warning, answer, rollup
void AddWatchCommand(Cli& cli);
void AddDirectoryCommands(Cli& cli);  // roster, areas, posts, powers
void AddPlanCommands(Cli& cli);
void AddCaseFileCommands(Cli& cli);
void AddDrillCommands(Cli& cli);                  // new, lint, run, report, pause …
void AddAdminCommands(Cli& cli);                  // on the server's machine
void AddLoadCommands(Cli& cli, CLI::App* group);  // part of admin

// All of them, in the order of --help.
inline void AddAllCommands(Cli& cli) {
  AddSessionCommands(cli);
  AddIncidentCommands(cli);
  AddReportCommands(cli);
  AddResponseCommands(cli);
  AddAlertCommands(cli);
  AddWatchCommand(cli);
  AddDirectoryCommands(cli);
  AddPlanCommands(cli);
  AddCaseFileCommands(cli);
  AddDrillCommands(cli);
  AddAdminCommands(cli);
}

}  // namespace huying::cli
