// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cpp/session.h"
#include "services/drill/rules/match.h"

namespace huying::drill_client {

// Reads on in every journal of the exercise's realm, with the director's token for that realm.
//
//   JournalReader journals(realm_session);
//   ASSIGN_OR_RETURN(auto fresh, journals.ReadTo(heads));   // heads: ledger → seq, from AdvanceClock
class JournalReader {
 public:
  explicit JournalReader(client::Session& realm) : realm_(realm) {}

  // Entries that were not read yet, by time of receipt, then upper services first, then seq; exactly
  // up to the heads.
  absl::StatusOr<std::vector<drill::rules::SeenEntry>> ReadTo(
      const std::map<std::string, int64_t>& heads);

 private:
  absl::Status ReadLedger(const std::string& ledger, int64_t head,
                          std::vector<drill::rules::SeenEntry>& fresh);

  client::Session& realm_;
  std::map<std::string, int64_t> read_to_;
};

}  // namespace huying::drill_client
