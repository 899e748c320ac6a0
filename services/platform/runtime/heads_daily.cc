// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/heads_daily.h"

#include <filesystem>

#include "services/platform/base/status.h"
#include "services/platform/runtime/case_export.h"
#include "services/platform/runtime/files.h"

namespace huying::runtime {

absl::StatusOr<bool> WriteDailyHeads(Homes& homes, const auth::SigningKey& key,
                                     const Layout& layout, absl::Time machine_now) {
  const std::string path = HeadsFile(layout, machine_now);
  if (std::filesystem::exists(path)) return false;
  platform::v1::SignedHeads heads;
  RETURN_IF_ERROR(homes.ForEach([&](RealmHomeImpl& home) -> absl::Status {
    ASSIGN_OR_RETURN(auto reader, home.ledger().Read());
    ASSIGN_OR_RETURN(*heads.add_heads(),
                     SignHead(*reader, home.ledger().header(), {&key, machine_now, {}}));
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(MakeFolder(layout.heads_folder()));
  RETURN_IF_ERROR(WriteFileAtomically(path, heads.SerializeAsString()));
  return true;
}

}  // namespace huying::runtime
