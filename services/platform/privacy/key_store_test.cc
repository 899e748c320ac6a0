// SPDX-License-Identifier: Apache-2.0
#include "services/platform/privacy/key_store.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::privacy {
namespace {
constexpr char kDossier[] = "incidents/2026-0007/reporter";

std::string AllBytes(const std::string& folder) {
  std::stringstream bytes;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file() && file.file_size() > 0) {
      bytes << std::ifstream(file.path(), std::ios::binary).rdbuf();
    }
  }
  return bytes.str();
}

class KeyStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    auto store = KeyStore::Open(*engine_, dir_ / "keys.db", clock_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  base::TempDir dir_;
  base::ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::unique_ptr<sql::Engine> engine_ = sql::MakeSqliteEngine();
  std::unique_ptr<KeyStore> store_;
};

TEST_F(KeyStoreTest, AKeyIsMadeOnceAndFoundAfterARestart) {
  auto made = store_->GetOrCreate("live", kDossier);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->key.size(), 32u);
  EXPECT_EQ(made->algorithm, common::v1::XCHACHA20_POLY1305);
  Open();
  auto again = store_->GetOrCreate("live", kDossier);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->key.view(), made->key.view());
  EXPECT_EQ(again->key_id, made->key_id);
}

TEST_F(KeyStoreTest, ADossierOfADrillHasAKeyOfItsOwn) {
  auto live = store_->GetOrCreate("live", kDossier);
  auto drill = store_->GetOrCreate("drill-1", kDossier);
  ASSERT_TRUE(live.ok() && drill.ok());
  EXPECT_NE(live->key.view(), drill->key.view());
}

TEST_F(KeyStoreTest, ADestroyedKeyIsInNoFileAndTheDossierStaysClosed) {
  auto made = store_->GetOrCreate("live", kDossier);
  ASSERT_TRUE(made.ok());
  const std::string key(made->key.view());
  ASSERT_NE(AllBytes(dir_.path()).find(key), std::string::npos);  // the test can see a key
  ASSERT_TRUE(store_->Destroy("live", kDossier, "posts/privacy", "retention ended").ok());
  EXPECT_EQ(AllBytes(dir_.path()).find(key), std::string::npos);
  EXPECT_NE(AllBytes(dir_.path()).find("retention ended"), std::string::npos);
  auto found = store_->Find("live", kDossier);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->state, DossierKey::State::kDestroyed);
  EXPECT_TRUE((*found)->key.empty());
  EXPECT_EQ(base::ProblemOf(store_->GetOrCreate("live", kDossier).status()).rule_id(),
            "privacy.destroyed-stays-destroyed");
  EXPECT_TRUE(store_->Destroy("live", kDossier, "someone", "again").ok());
  EXPECT_EQ(AllBytes(dir_.path()).find("someone"), std::string::npos);
}

TEST_F(KeyStoreTest, AnUnknownDossierIsNotFound) {
  EXPECT_EQ(store_->Destroy("live", "x", "y", "z").code(), absl::StatusCode::kNotFound);
  auto found = store_->Find("live", "x");
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->has_value());
  EXPECT_FALSE(store_->GetOrCreate("", kDossier).ok());
}

TEST_F(KeyStoreTest, ABackUpHoldsTheKeys) {
  auto made = store_->GetOrCreate("live", kDossier);
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(store_->BackUpTo(dir_ / "copy.db").ok());
  auto copy = KeyStore::Open(*engine_, dir_ / "copy.db", clock_);
  ASSERT_TRUE(copy.ok());
  auto found = (*copy)->Find("live", kDossier);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->key.view(), made->key.view());
}

}  // namespace
}  // namespace huying::privacy
