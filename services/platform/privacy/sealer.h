// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/platform/privacy/key_store.h"
#include "services/platform/privacy/mask.h"

// Moves the personal fields of a message, encrypted, into its field of type Sealed, and back.
//
//   privacy::Sealer sealer(platform.key_store(), home.realm());
//   RETURN_IF_ERROR(sealer.Seal(incident, "incidents/2026-0007/reporter"));   // while gathering
//   ... the decision stores ciphertext and never sees clear text ...
//   ASSIGN_OR_RETURN(auto unsealed, sealer.Unseal(answer));                   // while reading
//   RETURN_IF_ERROR(privacy::Mask(answer));                                   // 王*, 138****0001
//
// Ciphertext is bound to the message type, the realm and the dossier: moved elsewhere it does not
// open.
namespace huying::privacy {

// Stands in the place of text whose key was destroyed.
inline constexpr char kDestroyedNote[] = "（个人信息已销毁）";

// Thread-safe, cheap to make. The key store must outlive it.
class Sealer {
 public:
  Sealer(KeyStore& store, std::string realm) : store_(store), realm_(std::move(realm)) {}

  // Messages inside are sealed each on its own, under the same dossier. A message with nothing
  // personal in clear keeps what it has; one that was sealed before and got new clear fields is
  // sealed anew with both.
  absl::Status Seal(google::protobuf::Message& message, std::string_view dossier);

  struct Unsealed {
    int opened = 0;
    int destroyed = 0;  // their text fields hold kDestroyedNote
  };
  // Fills the personal fields from what is sealed; the Sealed field stays. Ciphertext that does not
  // open (moved, changed, a key that is not here) is INTERNAL.
  absl::StatusOr<Unsealed> Unseal(google::protobuf::Message& message);

 private:
  absl::Status SealOne(google::protobuf::Message& part, std::string_view dossier);
  absl::Status UnsealOne(google::protobuf::Message& part, Unsealed& count);

  KeyStore& store_;
  const std::string realm_;
};

}  // namespace huying::privacy
