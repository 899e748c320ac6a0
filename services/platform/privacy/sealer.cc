// SPDX-License-Identifier: Apache-2.0
#include "services/platform/privacy/sealer.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/privacy/cipher.h"
#include "services/platform/privacy/fields.h"

namespace huying::privacy {
namespace {
using common::v1::Sealed;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool AnySet(const Message& message, const PersonalFields& personal) {
  const Reflection* reflection = message.GetReflection();
  for (const FieldDescriptor* field : personal.fields) {
    if (field->is_repeated() ? reflection->FieldSize(message, field) > 0
                             : reflection->HasField(message, field)) {
      return true;
    }
  }
  return false;
}

// Moves the personal fields between two messages of one type.
void MovePersonal(Message& from, Message& to, const PersonalFields& personal) {
  from.GetReflection()->SwapFields(&from, &to, personal.fields);
}

std::string Context(const Message& part, std::string_view realm, const Sealed& sealed) {
  return absl::StrCat(part.GetDescriptor()->full_name(), "\n", base::Abs(realm), "\n",
                      sealed.dossier(), "\n", sealed.key_id());
}

Sealed& SealedOf(Message& part, const PersonalFields& personal) {
  return static_cast<Sealed&>(*part.GetReflection()->MutableMessage(&part, personal.sealed));
}

void PutDestroyedNotes(Message& part, const PersonalFields& personal) {
  for (const FieldDescriptor* field : personal.fields) {
    if (field->type() != FieldDescriptor::TYPE_STRING || field->is_repeated()) continue;
    part.GetReflection()->SetString(&part, field, kDestroyedNote);
  }
}
}  // namespace

absl::Status Sealer::Seal(Message& message, std::string_view dossier) {
  if (dossier.empty()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "缺少卷宗名", "the dossier is missing");
  }
  return Walk(message, [&](Message& part) { return SealOne(part, dossier); });
}

absl::Status Sealer::SealOne(Message& part, std::string_view dossier) {
  ASSIGN_OR_RETURN(PersonalFields personal, PersonalFieldsOf(*part.GetDescriptor()));
  if (personal.fields.empty() || !AnySet(part, personal)) return absl::OkStatus();
  const std::unique_ptr<Message> clear(part.New());
  if (part.GetReflection()->HasField(part, personal.sealed)) {
    // What was sealed before stays, under what is new.
    std::unique_ptr<Message> before(part.New());
    before->CopyFrom(part);
    for (const FieldDescriptor* field : personal.fields) {
      before->GetReflection()->ClearField(before.get(), field);
    }
    Unsealed count;
    RETURN_IF_ERROR(UnsealOne(*before, count));
    if (count.opened > 0) MovePersonal(*before, *clear, personal);
  }
  const std::unique_ptr<Message> fresh(part.New());
  MovePersonal(part, *fresh, personal);
  for (const FieldDescriptor* field : personal.fields) {
    if (field->is_repeated() && fresh->GetReflection()->FieldSize(*fresh, field) > 0) {
      clear->GetReflection()->ClearField(clear.get(), field);  // a list is replaced, not extended
    }
  }
  clear->MergeFrom(*fresh);

  ASSIGN_OR_RETURN(DossierKey key, store_.GetOrCreate(realm_, dossier));
  Sealed& sealed = SealedOf(part, personal);
  sealed.Clear();
  sealed.set_dossier(std::string(dossier));
  sealed.set_key_id(key.key_id);
  sealed.set_algorithm(key.algorithm);
  std::string bytes = clear->SerializeAsString();
  Ciphertext ciphertext = Encrypt(key.key.view(), Context(part, realm_, sealed), bytes);
  auth::WipeString(bytes);
  sealed.set_nonce(std::move(ciphertext.nonce));
  sealed.set_ciphertext(std::move(ciphertext.bytes));
  return absl::OkStatus();
}

absl::StatusOr<Sealer::Unsealed> Sealer::Unseal(Message& message) {
  Unsealed count;
  RETURN_IF_ERROR(Walk(message, [&](Message& part) { return UnsealOne(part, count); }));
  return count;
}

absl::Status Sealer::UnsealOne(Message& part, Unsealed& count) {
  ASSIGN_OR_RETURN(PersonalFields personal, PersonalFieldsOf(*part.GetDescriptor()));
  if (personal.fields.empty() || !part.GetReflection()->HasField(part, personal.sealed)) {
    return absl::OkStatus();
  }
  const Sealed& sealed = SealedOf(part, personal);
  ASSIGN_OR_RETURN(std::optional<DossierKey> key, store_.Find(realm_, sealed.dossier()));
  if (key && key->state == DossierKey::State::kDestroyed) {
    PutDestroyedNotes(part, personal);
    ++count.destroyed;
    return absl::OkStatus();
  }
  std::optional<std::string> bytes;
  if (key && key->key_id == sealed.key_id() && key->algorithm == sealed.algorithm()) {
    bytes = Decrypt(key->key.view(), Context(part, realm_, sealed),
                    {sealed.nonce(), sealed.ciphertext()});
  }
  const std::unique_ptr<Message> clear(part.New());
  if (!bytes || !clear->ParseFromString(*bytes)) {
    return absl::InternalError(
        absl::StrCat("sealed fields of dossier ", sealed.dossier(), " do not open"));
  }
  auth::WipeString(*bytes);
  MovePersonal(*clear, part, personal);
  ++count.opened;
  return absl::OkStatus();
}

}  // namespace huying::privacy
