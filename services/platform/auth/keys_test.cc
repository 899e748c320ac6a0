// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/keys.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/auth/mac.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"

namespace huying::auth {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string Slurp(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class KeysTest : public ::testing::Test {
 protected:
  std::string Error() { return base::ProblemOf(KeyRing::Load(folder_).status()).message_en(); }
  base::TempDir dir_;
  const std::string folder_ = dir_ / "keys";
};

TEST_F(KeysTest, KeysAreCreatedOnceAndLoadedAgain) {
  ASSERT_TRUE(KeyRing::CreateAll(folder_).ok());
  auto first = KeyRing::Load(folder_);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string signature = Sign(first->ledger_sign(), "head");
  auto again = KeyRing::Load(folder_);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(VerifySignature(again->ledger_sign().public_key(), "head", signature));
  EXPECT_FALSE(VerifySignature(again->ledger_sign().public_key(), "hEad", signature));
  EXPECT_FALSE(VerifySignature(again->token_sign().public_key(), "head", signature));
  EXPECT_EQ(again->ledger_sign().key_id().size(), 16u);
  EXPECT_EQ(first->push_mac(), again->push_mac());
  EXPECT_NE(first->push_mac(), first->payload_hash());
}

TEST_F(KeysTest, ExistingKeysAreNeverOverwritten) {
  ASSERT_TRUE(KeyRing::CreateAll(folder_).ok());
  const std::string before = Slurp(folder_ + "/ledger_sign.key");
  fs::remove(folder_ + "/push_mac.key");
  EXPECT_EQ(KeyRing::CreateAll(folder_).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Slurp(folder_ + "/ledger_sign.key"), before);
  EXPECT_FALSE(fs::exists(folder_ + "/push_mac.key"));
}

TEST_F(KeysTest, KeyFilesArePrivateAndNameTheirAlgorithm) {
  ASSERT_TRUE(KeyRing::CreateAll(folder_).ok());
  int files = 0;
  for (const auto& file : fs::directory_iterator(folder_)) {
    struct stat info {};
    ASSERT_EQ(::stat(file.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << file.path();
    EXPECT_THAT(Slurp(file.path()), HasSubstr("\nalgorithm "));
    EXPECT_THAT(Slurp(file.path()), HasSubstr("\nkey_id "));
    ++files;
  }
  EXPECT_EQ(files, 4);
  struct stat info {};
  ASSERT_EQ(::stat(folder_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(KeysTest, AMissingKeyIsNamedWithWhatToDo) {
  EXPECT_THAT(Error(), HasSubstr("is missing"));
  ASSERT_TRUE(KeyRing::CreateAll(folder_).ok());
  fs::remove(folder_ + "/token_sign.key");
  EXPECT_THAT(Error(), HasSubstr("token_sign.key is missing"));
  EXPECT_THAT(base::ProblemOf(KeyRing::Load(folder_).status()).next_step_en(),
              HasSubstr("huying admin init"));
}

TEST_F(KeysTest, AKeyFileThatOthersMayReadIsNotUsed) {
  ASSERT_TRUE(KeyRing::CreateAll(folder_).ok());
  for (const int mode : {0640, 0604, 0660}) {
    ASSERT_EQ(::chmod((folder_ + "/push_mac.key").c_str(), static_cast<mode_t>(mode)), 0);
    EXPECT_THAT(Error(), HasSubstr("push_mac.key is open to other users")) << mode;
  }
  ASSERT_EQ(::chmod((folder_ + "/push_mac.key").c_str(), 0600), 0);
  EXPECT_TRUE(KeyRing::Load(folder_).ok());
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  EXPECT_THAT(Error(), HasSubstr("is open to other users"));
}

TEST_F(KeysTest, AKeyUnderAnotherKeysNameOrCutShortIsNotUsed) {
  ASSERT_TRUE(KeyRing::CreateAll(folder_).ok());
  fs::copy_file(folder_ + "/push_mac.key", folder_ + "/payload_hash.key",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(Error(), HasSubstr("payload_hash.key is incomplete or was changed"));
  std::ofstream(folder_ + "/ledger_sign.key") << "huying-key 1\nname ledger_sign\n";
  EXPECT_THAT(Error(), HasSubstr("ledger_sign.key is incomplete or was changed"));
}

TEST(MacTest, AMacFitsItsKeyAndBytesOnly) {
  const KeyRing keys = KeyRing::Ephemeral();
  const std::string mac = Mac(keys.push_mac(), "message");
  EXPECT_TRUE(VerifyMac(keys.push_mac(), "message", mac));
  EXPECT_FALSE(VerifyMac(keys.push_mac(), "messagE", mac));
  EXPECT_FALSE(VerifyMac(keys.payload_hash(), "message", mac));
  EXPECT_FALSE(VerifyMac(keys.push_mac(), "message", mac.substr(1)));
  EXPECT_FALSE(VerifyMac("short", "message", mac));
}

}  // namespace
}  // namespace huying::auth
