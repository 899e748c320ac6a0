// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/ledger/evidence.h"
#include "services/platform/runtime/admin.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/heads.h"
#include "services/platform/runtime/layout.h"
#include "services/platform/runtime/ledger_file.h"
#include "services/platform/runtime/manifest.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::runtime::admin {
namespace {
using platform::v1::Statement;
using Heads = std::map<std::pair<std::string, std::string>, std::vector<Statement>>;

absl::StatusOr<std::string> PublicKey(const VerifyOptions& options, const Layout& layout) {
  if (!options.public_key.empty()) return options.public_key;
  ASSIGN_OR_RETURN(std::string text, ReadWholeFile(layout.public_key_file()));
  return absl::HexStringToBytes(absl::StripTrailingAsciiWhitespace(text));
}

// What was signed earlier must still be in the journal, byte for byte.
absl::Status CheckHead(ledger::Reader& reader, const LedgerFacts& facts, const Statement& head,
                       LedgerReport& report) {
  if (head.head_seq() == 0) return absl::OkStatus();
  const std::string day = base::BeijingTime(base::FromProto(head.at()));
  std::string hash;
  if (head.head_seq() <= facts.head) {
    ASSIGN_OR_RETURN(auto entries, reader.Entries(head.head_seq() - 1, 1));
    if (!entries.empty()) hash = entries.front().hash;
  }
  if (hash == head.head_hash()) return absl::OkStatus();
  const bool restored = head.header().epoch() < facts.header.epoch();
  report.findings.push_back(absl::StrCat(
      "entry ", head.head_seq(), " signed on ", day, hash.empty() ? " is missing" : " was changed",
      restored ? " (a restore lies between: its backup was older)" : ""));
  return absl::OkStatus();
}

absl::Status CheckLedger(sql::Engine& engine, const LedgerFile& file, const Heads& heads,
                         VerifyResult& result) {
  LedgerReport report{file.realm, file.service, 0, {}};
  const auto status = ReadLedgerFile(
      engine, file.path, [&](ledger::Reader& reader, const LedgerFacts& facts) -> absl::Status {
        report.entries = facts.head;
        if (facts.header.ledger() != file.service || facts.header.realm() != file.realm) {
          report.findings.push_back(absl::StrCat("the file is ledger ", facts.header.ledger(),
                                                 " of realm ", facts.header.realm()));
        }
        ASSIGN_OR_RETURN(std::vector<ledger::Finding> findings, ledger::VerifyLedger(reader));
        for (const ledger::Finding& finding : findings) {
          report.findings.push_back(finding.seq > 0
                                        ? absl::StrCat("entry ", finding.seq, ": ", finding.what)
                                        : finding.what);
        }
        const auto known = heads.find({file.realm, file.service});
        if (known == heads.end()) return absl::OkStatus();
        for (const Statement& head : known->second) {
          RETURN_IF_ERROR(CheckHead(reader, facts, head, report));
          ++result.heads_checked;
        }
        return absl::OkStatus();
      });
  if (!status.ok()) {
    report.findings.push_back(absl::StrCat("cannot be read: ", status.status().message()));
  }
  result.ledgers.push_back(std::move(report));
  return absl::OkStatus();
}
}  // namespace

bool VerifyResult::ok() const {
  return findings.empty() && std::all_of(ledgers.begin(), ledgers.end(), [](const auto& ledger) {
           return ledger.findings.empty();
         });
}

absl::StatusOr<VerifyResult> Verify(const VerifyOptions& options) {
  const Layout layout(options.data_dir);
  RETURN_IF_ERROR(LoadInstallation(layout, false).status());
  VerifyResult result;
  if (const auto manifest = ReadManifest(options.data_dir); manifest.ok()) {
    ASSIGN_OR_RETURN(result.findings, CheckManifest(options.data_dir, *manifest));
  }
  Heads heads;
  if (const auto key = PublicKey(options, layout); !key.ok()) {
    result.findings.push_back("no public key: signed heads were not checked");
  } else if (const auto signed_heads = ReadHeads(layout, *key); !signed_heads.ok()) {
    result.findings.push_back(base::ProblemOf(signed_heads.status()).message_en());
  } else {
    for (const Statement& head : *signed_heads) {
      heads[{head.header().realm(), head.header().ledger()}].push_back(head);
    }
  }
  const auto engine = sql::MakeSqliteEngine();
  const std::vector<LedgerFile> files = FindLedgerFiles(options.data_dir);
  for (const LedgerFile& file : files) {
    RETURN_IF_ERROR(CheckLedger(*engine, file, heads, result));
    heads.erase({file.realm, file.service});
  }
  for (const auto& [name, statements] : heads) {
    if (statements.back().head_seq() == 0) continue;
    result.findings.push_back(absl::StrCat("the ledger ", name.second, " of realm ", name.first,
                                           " was signed and is missing"));
  }
  return result;
}

}  // namespace huying::runtime::admin
