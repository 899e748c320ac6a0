// SPDX-License-Identifier: Apache-2.0
#include <spdlog/spdlog.h>

#include <algorithm>

#include "services/platform/ledger/journal.h"
#include "services/platform/ledger/ledger_impl.h"

namespace huying::ledger {

// Nobody listened between the last heartbeat and now. What fell due in between is marked, and waits
// a grace from now: the answers that people gave meanwhile come in first. Both are written with the
// entry, so a second start within the grace finds them.
absl::Status LedgerImpl::RecordOutage(const LedgerHead& head) {
  if (!options_.record_outages) return absl::OkStatus();
  const absl::Time realm_now = writer_.Now();
  absl::Duration length = absl::ZeroDuration();
  if (std::optional<absl::Time> last = heartbeat_.Last()) {
    length = options_.machine_clock->Now() - *last;  // realm time passed at the machine's pace
  } else if (head.seq > 0) {
    length = realm_now - head.decided_at;  // no file, as after a restore: since the last decision
  }
  if (length <= options_.outage_min) return absl::OkStatus();
  const absl::Time from = realm_now - length;
  spdlog::warn("ledger {}: nobody listened for {} s", options_.service,
               absl::ToInt64Seconds(length));
  platform::v1::Entry entry;
  *entry.mutable_received_at() = base::ToProto(from);
  *entry.mutable_decided_at() = base::ToProto(realm_now);
  entry.mutable_actor()->set_system(options_.service + ".ledger");
  entry.set_act(kOutageAct);
  entry.set_principal("system:" + options_.service);
  const int64_t resume = absl::ToUnixMicros(realm_now + options_.restart_grace);
  return writer_.WriteEntry(std::move(entry),
                            {{"UPDATE deadline SET in_outage = 1, "
                              "fires_at = CASE WHEN fires_at < $1 THEN $1 ELSE fires_at END "
                              "WHERE due_at <= $2 AND fires_at > $3",
                              {resume, absl::ToUnixMicros(realm_now), absl::ToUnixMicros(from)}}});
}

}  // namespace huying::ledger
