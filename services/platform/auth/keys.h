// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/auth/secret.h"
#include "services/platform/auth/signature.h"

// The installation's own keys, one file each in <data>/keys (folder 0700, files 0600):
//
//   ledger_sign    Ed25519: heads, statements, case files
//   token_sign     Ed25519: tokens of people, actors and nodes
//   push_mac       32 bytes: MAC of push messages
//   payload_hash   32 bytes: keyed hash of requests
//
//   RETURN_IF_ERROR(auth::KeyRing::CreateAll("/var/lib/huying/keys"));      // once, `huying admin
//   init` ASSIGN_OR_RETURN(auth::KeyRing keys, auth::KeyRing::Load("/var/lib/huying/keys"));
//   std::string signature = auth::Sign(keys.ledger_sign(), bytes);
//
// A file names its key, algorithm and key id in clear above the secret.
namespace huying::auth {

// Move-only value; const use from any thread.
class KeyRing {
 public:
  // Makes the folder and every key, synced to disk. Never overwrites: with any of the files present
  // it writes nothing and answers ALREADY_EXISTS.
  static absl::Status CreateAll(const std::string& folder);
  // FAILED_PRECONDITION with what to do when a file is missing, broken, or readable by others.
  static absl::StatusOr<KeyRing> Load(const std::string& folder);
  // Fresh keys that are in no file, for tests and tools.
  static KeyRing Ephemeral();

  const SigningKey& ledger_sign() const { return ledger_sign_; }
  const SigningKey& token_sign() const { return token_sign_; }
  std::string_view push_mac() const { return push_mac_.view(); }
  std::string_view payload_hash() const { return payload_hash_.view(); }

 private:
  SigningKey ledger_sign_;
  SigningKey token_sign_;
  Secret push_mac_;
  Secret payload_hash_;
};

}  // namespace huying::auth
