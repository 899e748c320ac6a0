// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "huying/common/v1/privacy.pb.h"
#include "services/platform/auth/secret.h"
#include "services/platform/base/clock.h"
#include "services/platform/sql/sql.h"

// Keys of dossiers, in a database file of their own outside the ledgers, with backups of their own:
// a journal is never changed, so forgetting a person means destroying the key of the person's
// dossier.
//
//   ASSIGN_OR_RETURN(auto store, privacy::KeyStore::Open(engine, "<data>/keystore/keys.db",
//   machine_clock)); ASSIGN_OR_RETURN(privacy::DossierKey key, store->GetOrCreate("live",
//   "incidents/2026-0007/reporter")); RETURN_IF_ERROR(store->Destroy("live",
//   "incidents/2026-0007/reporter", "posts/privacy-officer", "…"));
//
// A realm's dossiers are its own: the same name in a drill is another key.
namespace huying::privacy {

struct DossierKey {
  enum class State { kLive, kDestroyed };
  State state = State::kLive;
  std::string key_id;
  common::v1::CipherAlgorithm algorithm = common::v1::XCHACHA20_POLY1305;
  auth::Secret key;  // empty when destroyed
};

// Thread-safe; blocks for a disk write when a dossier is new. The engine and the clock must outlive
// it.
class KeyStore {
 public:
  static absl::StatusOr<std::unique_ptr<KeyStore>> Open(sql::Engine& engine,
                                                        const std::string& path,
                                                        const base::Clock& machine_clock);

  // The key is on disk (fsync) when this returns, so nothing is ever sealed under a key that a
  // crash loses. FAILED_PRECONDITION for a destroyed dossier: it is never opened again.
  absl::StatusOr<DossierKey> GetOrCreate(std::string_view realm, std::string_view dossier);
  absl::StatusOr<std::optional<DossierKey>> Find(std::string_view realm, std::string_view dossier);
  // Overwrites the key and keeps who destroyed it, when and why. Again: nothing happens. NOT_FOUND
  // for an unknown dossier. Backups of this store must expire before the data is gone everywhere.
  absl::Status Destroy(std::string_view realm, std::string_view dossier, std::string_view by,
                       std::string_view reason);

  absl::Status BackUpTo(const std::string& path);

 private:
  KeyStore(std::unique_ptr<sql::Database> database, std::unique_ptr<sql::Connection> connection,
           const base::Clock& clock)
      : clock_(clock), database_(std::move(database)), connection_(std::move(connection)) {}
  absl::StatusOr<std::optional<DossierKey>> Load(std::string_view realm, std::string_view dossier)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const base::Clock& clock_;
  const std::unique_ptr<sql::Database> database_;
  absl::Mutex mutex_;
  std::unique_ptr<sql::Connection> connection_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::privacy
