# SPDX-License-Identifier: Apache-2.0
#
# Joins page/ into one C++ file: cmake -DPAGE=<folder> -DOUT=<file.cc> "-DSCRIPTS=a.js b.js" -P …
# Placeholders of report.html: @STYLE@, @SCRIPT@, @DATA@.

function(read_page name variable)
  file(READ ${PAGE}/${name} text)
  # The licence line of a part is said once, by report.html.
  string(REGEX REPLACE "^(/\\*|//) SPDX-License-Identifier: [^\n]*\n" "" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

read_page(report.html html)
read_page(report.css style)
set(script "")
string(REPLACE " " ";" names "${SCRIPTS}")
foreach(name IN LISTS names)
  read_page(${name} part)
  string(APPEND script "${part}")
endforeach()

string(REPLACE "@STYLE@" "${style}" html "${html}")
string(REPLACE "@SCRIPT@" "${script}" html "${html}")
string(FIND "${html}" "@DATA@" cut)
if(cut EQUAL -1)
  message(FATAL_ERROR "report.html lacks @DATA@")
endif()
string(SUBSTRING "${html}" 0 ${cut} before)
math(EXPR cut "${cut} + 6")
string(SUBSTRING "${html}" ${cut} -1 after)

file(WRITE ${OUT} "// Made by clients/drill/report/assemble.cmake.
#include \"clients/drill/report/page.h\"

namespace huying::drill_report {

std::string_view PageBeforeData() {
  static constexpr char kText[] = R\"page(${before})page\";
  return {kText, sizeof(kText) - 1};
}
std::string_view PageAfterData() {
  static constexpr char kText[] = R\"page(${after})page\";
  return {kText, sizeof(kText) - 1};
}

}  // namespace huying::drill_report
")
