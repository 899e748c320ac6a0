// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

// Checks an exported case file offline: every signature, every link, every record against the entry
// that last changed it. Knows the file format and nothing of the server.
//
//   verify::Report report = verify::VerifyCaseFile(bytes, trusted_public_key);
//   for (const auto& finding : report.findings) std::cout << finding.text << "\n";
//   return report.findings.empty() ? 0 : 1;
//
// Pure functions; any thread.
namespace huying::verify {

enum class Problem {
  kUnreadable,      // not a case file
  kUntrustedKey,    // signed with another key than the one given
  kFileSignature,   // the list of ledgers was changed after signing
  kStatement,       // a ledger's statement is missing or its signature is wrong
  kLedgerLeftOut,   // other statements name a ledger that has no part here
  kEntryChanged,    // the bytes of an entry are not those that were chained
  kEntryMissing,    // an entry in between was taken out
  kEntriesCut,      // entries at the end were taken off
  kEntryMisplaced,  // wrong order, another case, or a number that is not its own
  kRecordChanged,   // a record is not the after-image of its last entry
  kRecordAhead,  // a record is newer than any entry made it: edited, or its entries were taken off
  kRecordGone,   // a record is missing, though no entry removed it
  kJournalCut,   // the journal ends before a head that was signed earlier
};

struct Finding {
  Problem problem;
  std::string ledger;  // "" for the file as a whole
  long long seq = 0;   // entry, where one is meant
  std::string text;    // one sentence, Chinese and English
};

struct Report {
  std::string case_id;
  std::string realm;
  std::string exported_at;      // RFC 3339
  std::string key_fingerprint;  // SHA-256 of the public key, hex; compare it with the printed one
  struct Ledger {
    std::string name;
    long long entries = 0;
    long long head_seq = 0;
    std::string head_hash;  // hex
  };
  std::vector<Ledger> ledgers;
  std::vector<Finding> findings;  // empty: nothing was changed since the export
};

// A public key as it is published: 64 hexadecimal digits and an end of line (`ledger_sign.pub`), or its 32
// raw bytes. "" when it is neither.
std::string PublicKeyFrom(std::string_view file);

// `trusted_public_key`: 32 bytes, or empty to take the file's own key (then compare the fingerprint).
// `known_heads`: files of daily signed heads, as kept off the box (<data>/heads/2026-03-01.pb).
Report VerifyCaseFile(std::string_view bytes, std::string_view trusted_public_key,
                      const std::vector<std::string>& known_heads = {});

}  // namespace huying::verify
