// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/table.h"

#include <algorithm>
#include <cstdint>

namespace huying::cli {
namespace {

// Next code point of `text` from `at`, which moves past it. A broken byte is U+FFFD.
uint32_t Next(std::string_view text, size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (more == 0 || at + more > text.size()) return 0xFFFD;
  uint32_t point = lead & (0x3F >> more);
  for (int i = 0; i < more; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3F);
  return point;
}

// Wide: CJK, kana, full-width forms, Hangul, emoji.
int WidthOf(uint32_t point) {
  const bool wide = (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
                    (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
                    (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
                    (point >= 0xFFE0 && point <= 0xFFE6) ||
                    (point >= 0x1F300 && point <= 0x1FAFF) ||
                    (point >= 0x20000 && point <= 0x3FFFD);
  return wide ? 2 : 1;
}

std::string OneLine(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

void AppendRow(const std::vector<std::string>& cells, const std::vector<int>& widths,
               std::string& out) {
  for (size_t i = 0; i < widths.size(); ++i) {
    const std::string cell = i < cells.size() ? cells[i] : std::string();
    out += cell;
    if (i + 1 < widths.size()) out.append(widths[i] - DisplayWidth(cell) + 2, ' ');
  }
  out += '\n';
}

}  // namespace

int DisplayWidth(std::string_view utf8) {
  int width = 0;
  for (size_t at = 0; at < utf8.size();) width += WidthOf(Next(utf8, at));
  return width;
}

std::string CutTo(std::string_view utf8, int width) {
  if (DisplayWidth(utf8) <= width) return std::string(utf8);
  int used = 0;
  size_t at = 0;
  while (at < utf8.size()) {
    size_t next = at;
    const int more = WidthOf(Next(utf8, next));
    if (used + more > width - 1) break;
    used += more;
    at = next;
  }
  return std::string(utf8.substr(0, at)) + "…";
}

std::string RenderTable(const std::vector<std::string>& header,
                        const std::vector<std::vector<std::string>>& rows, int cell_width_max) {
  std::vector<std::vector<std::string>> cut;
  std::vector<int> widths;
  widths.reserve(header.size());
  for (const std::string& title : header) widths.push_back(DisplayWidth(title));
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      cells.push_back(CutTo(OneLine(row[i]), cell_width_max));
      widths[i] = std::max(widths[i], DisplayWidth(cells.back()));
    }
    cut.push_back(std::move(cells));
  }
  std::string out;
  AppendRow(header, widths, out);
  std::vector<std::string> rule;
  for (int width : widths) {
    std::string line;
    for (int i = 0; i < width; ++i) line += "─";
    rule.push_back(line);
  }
  AppendRow(rule, widths, out);
  for (const auto& row : cut) AppendRow(row, widths, out);
  return out;
}

}  // namespace huying::cli
