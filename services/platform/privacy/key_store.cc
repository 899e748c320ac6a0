// SPDX-License-Identifier: Apache-2.0
#include "services/platform/privacy/key_store.h"

#include <utility>

#include "services/platform/base/status.h"
#include "services/platform/privacy/cipher.h"

namespace huying::privacy {
namespace {
using base::Reason;
using sql::Blob;

constexpr char kCreateTable[] =
    "CREATE TABLE IF NOT EXISTS dossier_key("
    "realm TEXT NOT NULL, dossier TEXT NOT NULL, key_id TEXT NOT NULL, algorithm BIGINT NOT NULL, "
    "key BYTEA NOT NULL, created_at BIGINT NOT NULL, destroyed_at BIGINT NOT NULL, "
    "destroyed_by TEXT NOT NULL, destroyed_for TEXT NOT NULL, PRIMARY KEY(realm, dossier))";
constexpr char kInsert[] =
    "INSERT INTO dossier_key(realm, dossier, key_id, algorithm, key, created_at, destroyed_at, "
    "destroyed_by, destroyed_for) VALUES ($1, $2, $3, $4, $5, $6, 0, '', '') "
    "ON CONFLICT (realm, dossier) DO NOTHING";
constexpr char kSelect[] =
    "SELECT key_id, algorithm, key, destroyed_at FROM dossier_key WHERE realm = $1 AND dossier = "
    "$2";
constexpr char kDestroy[] =
    "UPDATE dossier_key SET key = $3, destroyed_at = $4, destroyed_by = $5, destroyed_for = $6 "
    "WHERE realm = $1 AND dossier = $2 AND destroyed_at = 0";
// The overwritten page must not survive in the write-ahead log. Engines without one answer an
// error, which is no fault.
constexpr char kEmptyLog[] = "PRAGMA wal_checkpoint(TRUNCATE)";
}  // namespace

absl::StatusOr<std::unique_ptr<KeyStore>> KeyStore::Open(sql::Engine& engine,
                                                         const std::string& path,
                                                         const base::Clock& machine_clock) {
  ASSIGN_OR_RETURN(auto database, engine.Open(path));
  ASSIGN_OR_RETURN(auto connection, database->OpenWriter());
  RETURN_IF_ERROR(connection->RunOne({kCreateTable, {}}).status());
  return std::unique_ptr<KeyStore>(
      new KeyStore(std::move(database), std::move(connection), machine_clock));
}

absl::StatusOr<std::optional<DossierKey>> KeyStore::Load(std::string_view realm,
                                                         std::string_view dossier) {
  ASSIGN_OR_RETURN(sql::Result result,
                   connection_->RunOne({kSelect, {std::string(realm), std::string(dossier)}}));
  if (result.rows.empty()) return std::optional<DossierKey>();
  sql::Row& row = result.rows.front();
  DossierKey key;
  key.key_id = std::get<std::string>(row[0]);
  key.algorithm = static_cast<common::v1::CipherAlgorithm>(std::get<int64_t>(row[1]));
  if (std::get<int64_t>(row[3]) != 0) {
    key.state = DossierKey::State::kDestroyed;
  } else {
    std::string& bytes = std::get<Blob>(row[2]).bytes;
    key.key = auth::Secret(bytes);
    auth::WipeString(bytes);
  }
  return std::optional<DossierKey>(std::move(key));
}

absl::StatusOr<DossierKey> KeyStore::GetOrCreate(std::string_view realm, std::string_view dossier) {
  if (realm.empty() || dossier.empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "缺少卷宗名", "the dossier is missing");
  }
  absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(std::optional<DossierKey> found, Load(realm, dossier));
  if (!found) {
    const auth::Secret fresh = auth::Secret::Random(kCipherKeyBytes);
    RETURN_IF_ERROR(
        connection_
            ->RunOne({kInsert,
                      {std::string(realm), std::string(dossier), auth::RandomHex(8),
                       int64_t{common::v1::XCHACHA20_POLY1305}, Blob{std::string(fresh.view())},
                       absl::ToUnixMicros(clock_.Now())}})
            .status());
    ASSIGN_OR_RETURN(found, Load(realm, dossier));
    if (!found) {
      return base::Unavailable(Reason::STORAGE_UNAVAILABLE, "密钥库没有应答",
                               "the key store lost a key");
    }
  }
  if (found->state == DossierKey::State::kDestroyed) {
    return base::Refused(Reason::CONDITION_NOT_MET, "该卷宗的个人信息已销毁，不能再写入",
                         "the personal data of this dossier were destroyed")
        .Rule("privacy.destroyed-stays-destroyed")
        .Next("另立卷宗", "open another dossier");
  }
  return *std::move(found);
}

absl::StatusOr<std::optional<DossierKey>> KeyStore::Find(std::string_view realm,
                                                         std::string_view dossier) {
  absl::MutexLock lock(&mutex_);
  return Load(realm, dossier);
}

absl::Status KeyStore::Destroy(std::string_view realm, std::string_view dossier,
                               std::string_view by, std::string_view reason) {
  absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(std::optional<DossierKey> found, Load(realm, dossier));
  if (!found) return base::NotFound(dossier);
  if (found->state == DossierKey::State::kDestroyed) return absl::OkStatus();
  RETURN_IF_ERROR(
      connection_
          ->RunOne(
              {kDestroy,
               {std::string(realm), std::string(dossier), Blob{std::string(kCipherKeyBytes, '\0')},
                absl::ToUnixMicros(clock_.Now()), std::string(by), std::string(reason)}})
          .status());
  (void)connection_->RunOne({kEmptyLog, {}});
  return absl::OkStatus();
}

absl::Status KeyStore::BackUpTo(const std::string& path) { return database_->BackUpTo(path); }

}  // namespace huying::privacy
