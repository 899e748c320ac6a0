// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"

// Where things are in a data folder, in one place:
//
//   installation            random id made by `huying admin init`
//   keys/<key>.key          the installation's keys
//   ledger_sign.pub         public key of the evidence, hex, to be published
//   keystore/keys.db        keys of dossiers
//   realms/<realm>/         realm.textproto, one <service>.db per service
//   heads/<date>.pb         daily signed heads
//   last_backup             time of the last backup that was completed
//   manifest.textproto      in a backup only: its files and their hashes
//   lock                    held by the process that serves the folder
namespace huying::runtime {

class Layout {
 public:
  explicit Layout(std::string data_dir) : data_dir_(std::move(data_dir)) {}
  const std::string& data_dir() const { return data_dir_; }
  std::string installation_file() const { return data_dir_ + "/installation"; }
  std::string keys_folder() const { return data_dir_ + "/keys"; }
  std::string public_key_file() const { return data_dir_ + "/ledger_sign.pub"; }
  std::string manifest_file() const { return data_dir_ + "/manifest.textproto"; }
  std::string keystore_folder() const { return data_dir_ + "/keystore"; }
  std::string keystore_file() const { return keystore_folder() + "/keys.db"; }
  std::string realms_folder() const { return data_dir_ + "/realms"; }
  std::string heads_folder() const { return data_dir_ + "/heads"; }
  std::string last_backup_file() const { return data_dir_ + "/last_backup"; }

 private:
  std::string data_dir_;
};

// The installation's id. FAILED_PRECONDITION when the folder was never initialised; with `make`, one is made
// then (tests, and a second process of an installation, whose own folder starts empty).
absl::StatusOr<std::string> LoadInstallation(const Layout& layout, bool make);

}  // namespace huying::runtime
