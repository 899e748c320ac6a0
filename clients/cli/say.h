// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Chinese and English on the terminal, chosen by locale or --lang.
//
//   cli::Say say(cli::LanguageOf(std::getenv("LANG")));
//   std::cout << say("已登录", "signed in");
namespace huying::cli {

enum class Language { kChinese, kEnglish };

// "zh", "zh_CN.UTF-8", empty, "C" and "POSIX" are Chinese, the language of the house; "en…" is English.
Language LanguageOf(std::string_view locale);

class Say {
 public:
  explicit Say(Language language) : language_(language) {}
  std::string operator()(std::string_view zh, std::string_view en) const {
    return std::string(language_ == Language::kChinese ? zh : en);
  }
  Language language() const { return language_; }

 private:
  Language language_;
};

// The Chinese word for an enum value's name ("ISSUED" → "已发布"); the name itself when there is none.
std::string Word(const Say& say, std::string_view value);

}  // namespace huying::cli
