// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/platform/v1/journal.pb.h"
#include "services/platform/auth/signature.h"
#include "services/platform/ledger/reader.h"

// Evidence that leaves the server: signed statements of ledgers, and their parts of a case file. Each is read
// in one snapshot, so statement, entries and records fit each other.
//
//   ASSIGN_OR_RETURN(CaseFileLedger part, ExportCasePart(*reader, header, "alerts/2026-0007", context));
namespace huying::runtime {

inline constexpr int kCaseEntriesMax = 20'000;
inline constexpr int64_t kCaseBytesMax = 24 << 20;

struct ExportContext {
  const auth::SigningKey* key = nullptr;
  absl::Time at;                           // machine time
  std::vector<std::string> realm_ledgers;  // every ledger of the realm, sorted
};

// Head of the ledger, and of one case when it is named. "No entry of this case here" is said too.
absl::StatusOr<platform::v1::SignedStatement> SignHead(ledger::Reader& reader,
                                                       const platform::v1::LedgerHeader& header,
                                                       const ExportContext& context);

// RESOURCE_EXHAUSTED for a case beyond the limits above.
absl::StatusOr<platform::v1::CaseFileLedger> ExportCasePart(
    ledger::Reader& reader, const platform::v1::LedgerHeader& header, std::string_view case_id,
    const ExportContext& context);

platform::v1::SignedStatement SignStatement(const platform::v1::Statement& statement,
                                            const auth::SigningKey& key);

}  // namespace huying::runtime
