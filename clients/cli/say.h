// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "huying/common/v1/common.pb.h"

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
// `type` tells apart a name that two enums have ("PlanState" of "SUPERSEDED").
std::string Word(const Say& say, std::string_view value, std::string_view type = "");

// What a flag of a receipt says (依据待核). Servers write Chinese; English comes from the flag's rule id,
// and where there is none the Chinese stands.
std::string FlagText(const Say& say, const common::v1::Flag& flag);
// The flags that have English, for the test that no server's flag is without.
bool HasEnglish(std::string_view flag_rule_id);

}  // namespace huying::cli
