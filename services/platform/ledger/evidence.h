// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/reader.h"

// Checks a whole ledger against its own journal.
//
//   ASSIGN_OR_RETURN(auto reader, ledger.Read());
//   ASSIGN_OR_RETURN(std::vector<Finding> findings, VerifyLedger(*reader, {.kinds = kinds}));
//   for (const Finding& finding : findings) Print(finding.seq, finding.what);
namespace huying::ledger {

struct Finding {
  enum class Kind {
    kHeader,     // the header is damaged
    kSequence,   // an entry is missing, doubled or out of order
    kBytes,      // stored bytes do not fit their hash, or do not parse
    kLink,       // an entry does not hang on the one before it
    kCaseLink,   // nor on the one before it of its case
    kIndex,      // a look-up column says something else than the entry
    kRecord,     // a record is not what its last after-image says
    kDeadline,   // the deadline table is not what the entries say
    kChannel,    // the channel tables are not what the entries say
    kHeadMoved,  // the journal does not reach, or contradicts, the head that was signed
  };
  Kind kind;
  int64_t seq = 0;   // of the entry concerned; 0 = none
  std::string what;  // English, with the key
};

struct VerifyOptions {
  // Where given, the projected columns of these kinds are compared as well.
  absl::Span<const KindSchema> kinds;
  // A head that was signed or printed earlier: only it can tell that the last entries were cut off.
  std::optional<Ledger::Position> known_head;
  int findings_max = 1000;
};

// No findings = the ledger is whole. Errors are of the storage, not of the evidence.
absl::StatusOr<std::vector<Finding>> VerifyLedger(Reader& reader, VerifyOptions options = {});

}  // namespace huying::ledger
