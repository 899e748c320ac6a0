// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/platform/v1/journal.pb.h"
#include "services/platform/ledger/reader.h"
#include "services/platform/sql/sql.h"

// Ledger files seen from outside: found in a data folder or backup, and read without being its writer.
namespace huying::runtime {

struct LedgerFile {
  std::string realm;
  std::string service;
  std::string path;
};

// Every realms/<realm>/<service>.db, sorted.
std::vector<LedgerFile> FindLedgerFiles(const std::string& data_dir);

struct LedgerFacts {
  platform::v1::LedgerHeader header;  // with the present epoch
  int64_t head = 0;
  std::string head_hash;
};
// One snapshot of the file, which may be in use by a server.
absl::StatusOr<LedgerFacts> ReadLedgerFile(
    sql::Engine& engine, const std::string& path,
    const std::function<absl::Status(ledger::Reader&, const LedgerFacts&)>& use = nullptr);

}  // namespace huying::runtime
