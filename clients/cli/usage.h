// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string_view>
#include <vector>

#include "clients/cli/say.h"
#include "huying/common/v1/errors.pb.h"

// How the command line itself speaks: headings of --help, and what is wrong with what was typed.
namespace huying::cli {

// --lang wins over HUYING_LANG, that over the locale. Read before the parser is made, so that --help
// speaks it too. `words` are the arguments.
Language ChooseLanguage(const std::vector<std::string>& words);
// The caller wants JSON, also of a line that does not parse.
bool WantsJson(const std::vector<std::string>& words);

// Headings, and the words CLI11 writes by itself.
void SetHeadings(CLI::App& app, const Say& say);
// The same for a command, which CLI11 gives its own defaults.
void SetCommandHeadings(CLI::App& command, const Say& say);

// What is wrong with a command line that did not parse.
common::v1::Problem UsageProblem(const CLI::ParseError& error);

}  // namespace huying::cli
