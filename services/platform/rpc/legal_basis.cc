// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/legal_basis.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace huying::rpc {
namespace {

using common::v1::Flag;
using common::v1::LegalBasis;

Flag MakeFlag(const char* rule, std::string text) {
  Flag flag;
  flag.set_rule_id(rule);
  flag.set_text(std::move(text));
  return flag;
}

// Of law an article is named; a plan or a document is one basis as a whole.
bool NeedsArticle(LegalBasis::Kind kind) {
  return kind == LegalBasis::LAW || kind == LegalBasis::ADMIN_REGULATION ||
         kind == LegalBasis::LOCAL_REGULATION || kind == LegalBasis::RULE;
}

std::string MissingIn(const LegalBasis& basis) {
  if (basis.kind() == LegalBasis::KIND_UNSPECIFIED) return "种类";
  if (basis.title().empty()) return "名称";
  return NeedsArticle(basis.kind()) && basis.article().empty() ? "条款" : "";
}

}  // namespace

std::vector<Flag> FlagsOfBasis(const std::vector<LegalBasis>& bases) {
  std::vector<Flag> flags;
  bool founded = false;
  for (const LegalBasis& basis : bases) {
    const std::string missing = MissingIn(basis);
    if (absl::StrContains(basis.title(), "纪要")) {
      flags.push_back(MakeFlag("legal-basis.minutes", absl::StrCat("依据待核：“", basis.title(),
                                                                   "”，会议纪要不能作为依据")));
    } else if (!missing.empty()) {
      flags.push_back(MakeFlag("legal-basis.incomplete",
                               absl::StrCat("依据待核：“", basis.title(), "”未写明", missing)));
    } else {
      founded = true;
    }
  }
  if (!founded) flags.push_back(MakeFlag("legal-basis.missing", "依据待核"));
  return flags;
}

}  // namespace huying::rpc
