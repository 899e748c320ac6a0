// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace huying::drill_report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOpen[] = "<script type=\"application/json\" id=\"data\">";
const std::filesystem::path kHome =
    std::filesystem::path(HUYING_SOURCE_DIR) / "clients/drill/report";

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}
nlohmann::json Sample() { return nlohmann::json::parse(ReadText(kHome / "testdata/sample.json")); }
// What a browser takes as the data block: everything up to the first "</script".
std::string DataBlock(const std::string& page) {
  const size_t from = page.find(kOpen) + sizeof(kOpen) - 1;
  return page.substr(from, page.find("</script", from) - from);
}
size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

const std::vector<std::string> kHostile = {
    "</script><script>alert(1)</script>",
    "</SCRIPT ><img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>&amp;&lt;\"'`${1}",
    "\xe2\x80\xa8line\xe2\x80\xa9separators",
    std::string("nul\0byte", 8),
    "@DATA@ @STYLE@ {0} \\u003c \\",
    "\xe2\x80\xae right to left",
};

TEST(Report, TheDataComesOutOfThePageAsItWentIn) {
  const nlohmann::json data = Sample();
  EXPECT_EQ(nlohmann::json::parse(DataBlock(RenderReport(data))), data);
}

TEST(Report, HostileTextsStayTexts) {
  const std::string plain = RenderReport(nlohmann::json::object());
  for (const std::string& text : kHostile) {
    nlohmann::json data;
    data["exercise"]["title"] = text;
    data["timeline"] = {{{"at", "2009-11-21T02:30:00+08:00"}, {"kind", text}, {"text", text}}};
    data[text] = text;
    const std::string page = RenderReport(data);
    EXPECT_EQ(nlohmann::json::parse(DataBlock(page)), data) << text;
    for (const char* tag : {"<script", "</script", "<!--", "<img"}) {
      EXPECT_EQ(Count(page, tag), Count(plain, tag)) << text;
    }
  }
}

TEST(Report, BytesThatAreNotUtf8AreReplaced) {
  nlohmann::json data;
  data["exercise"]["title"] = "\xff\xc3(";
  const std::string page = RenderReport(data);
  EXPECT_THAT(page, HasSubstr("\xef\xbf\xbd"));
  EXPECT_THAT(page, Not(HasSubstr("\xff")));
}

TEST(Report, NothingIsAPageToo) {
  for (const char* json :
       {"{}", "null", "[]", "7", R"({"areas": [], "timeline": [], "alerts": []})"}) {
    const std::string page = RenderReport(nlohmann::json::parse(json));
    EXPECT_THAT(page, HasSubstr("</html>"));
    EXPECT_EQ(nlohmann::json::parse(DataBlock(page)), nlohmann::json::parse(json));
  }
}

TEST(Report, NothingIsLoadedFromAnywhere) {
  const std::string page = RenderReport(nlohmann::json::object());
  for (const char* load : {"http://", "https://", "@import", "src=\"", "fetch(", "XMLHttpRequest",
                           "<link rel=\"stylesheet\"", "url(\"", "url(h", "url(/"}) {
    EXPECT_THAT(page, Not(HasSubstr(load)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'")) << "and a browser would refuse it";
}

TEST(Report, NoDataIsEverReadAsMarkup) {
  const std::string page = RenderReport(nlohmann::json::object());
  for (const char* way : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                          "new Function", "DOMParser", "srcdoc"}) {
    EXPECT_THAT(page, Not(HasSubstr(way)));
  }
}

TEST(Report, EveryWordIsThereInBothLanguages) {
  const std::string words = ReadText(kHome / "page/words.js");
  const size_t cut = words.find("\n  en: {");
  ASSERT_NE(cut, std::string::npos);
  auto keys = [](const std::string& text) {
    std::vector<std::string> found;
    for (size_t at = text.find(": \""); at != std::string::npos; at = text.find(": \"", at + 1)) {
      size_t from = at;
      while (from > 0 && (std::isalnum(static_cast<unsigned char>(text[from - 1])) != 0)) --from;
      if (from < at) found.push_back(text.substr(from, at - from));
    }
    return found;
  };
  const auto zh = keys(words.substr(0, cut));
  EXPECT_GT(zh.size(), 100u);
  EXPECT_EQ(zh, keys(words.substr(cut))) << "same words in the same order";
  const std::string page = RenderReport(Sample());
  EXPECT_THAT(page, HasSubstr("lang=\"zh-CN\"")) << "Chinese first";
  EXPECT_THAT(page, HasSubstr("期望逐项对照"));
  EXPECT_THAT(page, HasSubstr("Expectations, one by one"));
}

TEST(Report, ItSaysThatItIsAnExerciseEvenWithoutAScript) {
  const std::string page = RenderReport(nlohmann::json::object());
  EXPECT_THAT(page, HasSubstr("<strong id=\"mark\">【演练】</strong>"));
  EXPECT_THAT(page, HasSubstr("均为虚构"));
}

// Runs the page: HUYING_BROWSER=/usr/bin/chromium. The texts must show, and make no element.
TEST(Report, ABrowserShowsWhatIsHostileAsText) {
  const char* browser = std::getenv("HUYING_BROWSER");
  if (browser == nullptr) GTEST_SKIP() << "HUYING_BROWSER names no browser";
  nlohmann::json data = Sample();
  for (const std::string& text : kHostile) {
    for (nlohmann::json& list : data) {
      if (!list.is_array() || list.empty()) continue;
      nlohmann::json row = list[0];
      for (auto& [key, value] : row.items()) value = text;
      list.push_back(row);
      list.push_back(nullptr);
      list.push_back(text);
    }
  }
  data["expectations"].push_back({{"text", "<b class=\"pwned\">x</b>"}});
  const auto home = std::filesystem::path(::testing::TempDir()) / "huying-report";
  std::filesystem::create_directories(home);
  std::ofstream(home / "page.html", std::ios::binary) << RenderReport(data);
  const std::string command =
      "timeout 60 " + std::string(browser) +
      " --headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
      " --disable-background-networking --disable-component-update --disable-sync"
      " --user-data-dir=" +
      (home / "profile").string() + " --virtual-time-budget=1500 --dump-dom file://" +
      (home / "page.html").string() + " 2>/dev/null";
  std::string dom;
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) dom.append(buffer, n);
  pclose(pipe);
  std::filesystem::remove_all(home);
  const std::string shown = dom.substr(0, dom.find(kOpen));
  EXPECT_THAT(shown, HasSubstr("class=\"ready\"")) << "the script ran to its end";
  EXPECT_THAT(shown, HasSubstr("&lt;b class=\"pwned\"&gt;x&lt;/b&gt;"));
  EXPECT_THAT(shown, Not(HasSubstr("<b class")));
  EXPECT_THAT(shown, Not(HasSubstr(">\xe2\x80\xae"))) << "no text turns the line around";
  EXPECT_THAT(shown, Not(HasSubstr("<img")));
  EXPECT_THAT(shown, Not(HasSubstr("<script")));
}

// For looking at it: HUYING_REPORT_OUT=/tmp/report.html.
TEST(Report, TheSampleCanBeWrittenOut) {
  const char* path = std::getenv("HUYING_REPORT_OUT");
  if (path == nullptr) GTEST_SKIP() << "HUYING_REPORT_OUT names no file";
  std::ofstream(path, std::ios::binary) << RenderReport(Sample());
  EXPECT_GT(std::filesystem::file_size(path), 50000u);
}

}  // namespace
}  // namespace huying::drill_report
