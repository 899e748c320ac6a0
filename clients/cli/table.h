// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// Tables for people: columns as wide as their widest cell, where a Chinese character takes two.
//
//   std::cout << cli::RenderTable({"编号", "状态"}, {{"alerts/2026-0001", "已发布"}});
namespace huying::cli {

// Columns of a terminal that UTF-8 text takes.
int DisplayWidth(std::string_view utf8);
// Cut to `width` columns, "…" at the end when something was cut.
std::string CutTo(std::string_view utf8, int width);

std::string RenderTable(const std::vector<std::string>& header,
                        const std::vector<std::vector<std::string>>& rows, int cell_width_max = 60);

}  // namespace huying::cli
