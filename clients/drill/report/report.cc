// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/report/report.h"

#include <string_view>

#include "clients/drill/report/page.h"

namespace huying::drill_report {
namespace {

// Inside <script> nothing but "<" can end the block or open a comment; the others are escaped so that
// the page survives being pasted elsewhere. In JSON these bytes stand in texts only, where \u is the
// same character.
std::string ForScript(const std::string& json) {
  std::string safe;
  safe.reserve(json.size() + json.size() / 16);
  for (size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = std::string_view(json).substr(i, 3);
    if (json[i] == '<') {
      safe += "\\u003c";
    } else if (json[i] == '>') {
      safe += "\\u003e";
    } else if (json[i] == '&') {
      safe += "\\u0026";
    } else if (rest == "\xe2\x80\xa8" || rest == "\xe2\x80\xa9") {  // line ends to JavaScript
      safe += rest == "\xe2\x80\xa8" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      safe += json[i];
    }
  }
  return safe;
}

}  // namespace

std::string RenderReport(const nlohmann::json& data) {
  const std::string json =
      data.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace);
  std::string page(PageBeforeData());
  page += ForScript(json);
  page += PageAfterData();
  return page;
}

}  // namespace huying::drill_report
