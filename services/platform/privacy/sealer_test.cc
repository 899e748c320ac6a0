// SPDX-License-Identifier: Apache-2.0
#include "services/platform/privacy/sealer.h"

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "huying/platform/testing/privacy_sample.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/privacy/fields.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::privacy {
namespace {
using google::protobuf::util::MessageDifferencer;
using platform::testing::Case;
using platform::testing::NoSealedField;
using platform::testing::Reporter;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDossier[] = "cases/1/reporter";

class SealerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = KeyStore::Open(*engine_, dir_ / "keys.db", clock_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    sealer_ = std::make_unique<Sealer>(*store_, "live");
  }
  static Reporter Person() {
    Reporter person;
    person.set_person_name("王小明");
    person.set_phone("13800000001");
    person.set_id_number("23040719700101001X");
    person.add_addresses("新兴路1号");
    person.set_age(52);
    person.set_source("网格员");
    return person;
  }
  static Case Sample() {
    Case sample;
    sample.set_name("cases/1");
    *sample.mutable_reporter() = Person();
    *sample.add_witnesses() = Person();
    (*sample.mutable_by_role())["driver"] = Person();
    return sample;
  }
  base::TempDir dir_;
  base::ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::unique_ptr<sql::Engine> engine_ = sql::MakeSqliteEngine();
  std::unique_ptr<KeyStore> store_;
  std::unique_ptr<Sealer> sealer_;
};

TEST_F(SealerTest, NoPersonalTextIsLeftAfterSealingAndUnsealingBringsItBack) {
  Case sealed = Sample();
  ASSERT_EQ(FindClearPersonalField(sealed), "reporter.person_name");
  ASSERT_TRUE(sealer_->Seal(sealed, kDossier).ok());
  EXPECT_EQ(FindClearPersonalField(sealed), std::nullopt);
  const std::string bytes = sealed.SerializeAsString();
  for (const char* text : {"王小明", "13800000001", "23040719700101001X", "新兴路1号"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(text)));
  }
  EXPECT_THAT(bytes, HasSubstr("网格员"));  // internal, not personal
  EXPECT_EQ(sealed.reporter().age(), 0);

  auto unsealed = sealer_->Unseal(sealed);
  ASSERT_TRUE(unsealed.ok()) << unsealed.status();
  EXPECT_EQ(unsealed->opened, 3);
  for (Reporter* person : {sealed.mutable_reporter(), sealed.mutable_witnesses(0),
                           &(*sealed.mutable_by_role())["driver"]}) {
    person->clear_sealed();
    EXPECT_TRUE(MessageDifferencer::Equals(*person, Person())) << person->ShortDebugString();
  }
}

TEST_F(SealerTest, NothingPersonalMeansNoKeyAndNoCiphertext) {
  Case sample;
  sample.mutable_reporter()->set_source("110");
  ASSERT_TRUE(sealer_->Seal(sample, kDossier).ok());
  EXPECT_FALSE(sample.reporter().has_sealed());
  EXPECT_FALSE(store_->Find("live", kDossier)->has_value());
}

TEST_F(SealerTest, SealingAgainWithOneNewFieldKeepsTheOthers) {
  Reporter person = Person();
  ASSERT_TRUE(sealer_->Seal(person, kDossier).ok());
  person.set_phone("13900000002");
  ASSERT_TRUE(sealer_->Seal(person, kDossier).ok());
  ASSERT_TRUE(sealer_->Unseal(person).ok());
  EXPECT_EQ(person.phone(), "13900000002");
  EXPECT_EQ(person.person_name(), "王小明");
  EXPECT_EQ(person.addresses_size(), 1);
}

TEST_F(SealerTest, CiphertextDoesNotOpenUnderAnotherNameTypeOrRealm) {
  Reporter person = Person();
  ASSERT_TRUE(sealer_->Seal(person, kDossier).ok());
  ASSERT_TRUE(store_->GetOrCreate("live", "cases/2/reporter").ok());
  Reporter moved = person;
  moved.mutable_sealed()->set_dossier("cases/2/reporter");
  EXPECT_EQ(sealer_->Unseal(moved).status().code(), absl::StatusCode::kInternal);
  Reporter changed = person;
  (*changed.mutable_sealed()->mutable_ciphertext())[0] ^= 1;
  EXPECT_EQ(sealer_->Unseal(changed).status().code(), absl::StatusCode::kInternal);
  Sealer drill(*store_, "drill-1");
  EXPECT_EQ(drill.Unseal(person).status().code(), absl::StatusCode::kInternal);
}

TEST_F(SealerTest, ADestroyedKeyLeavesANoteInsteadOfText) {
  Reporter person = Person();
  ASSERT_TRUE(sealer_->Seal(person, kDossier).ok());
  ASSERT_TRUE(store_->Destroy("live", kDossier, "posts/privacy", "retention").ok());
  auto unsealed = sealer_->Unseal(person);
  ASSERT_TRUE(unsealed.ok());
  EXPECT_EQ(unsealed->destroyed, 1);
  EXPECT_EQ(person.person_name(), kDestroyedNote);
  EXPECT_EQ(person.age(), 0);
  EXPECT_FALSE(sealer_->Seal(person, kDossier).ok());
}

TEST_F(SealerTest, AContractWithoutAPlaceForCiphertextIsAFault) {
  NoSealedField message;
  message.set_phone("13800000001");
  EXPECT_EQ(sealer_->Seal(message, kDossier).code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Mask(message).code(), absl::StatusCode::kInternal);
}

TEST(MaskTest, NamesKeepTheFirstCharacterAndNumbersTheLastFour) {
  EXPECT_EQ(MaskText(""), "");
  EXPECT_EQ(MaskText("王小明"), "王*");
  EXPECT_EQ(MaskText("Zhang"), "Z*");
  EXPECT_EQ(MaskText("13800000001"), "138****0001");
  EXPECT_EQ(MaskText("23040719700101001X"), "**************001X");
  EXPECT_EQ(MaskText("0468-3580123"), "********0123");
  EXPECT_EQ(MaskText("110"), "***");
}

TEST(MaskTest, AMaskedAnswerHoldsNeitherClearTextNorCiphertext) {
  Case sample;
  sample.mutable_reporter()->set_person_name("王小明");
  sample.mutable_reporter()->set_age(52);
  sample.mutable_reporter()->add_addresses("新兴路1号");
  sample.mutable_reporter()->set_source("网格员");
  sample.mutable_reporter()->mutable_sealed()->set_ciphertext("x");
  ASSERT_TRUE(Mask(sample).ok());
  EXPECT_EQ(sample.reporter().person_name(), "王*");
  EXPECT_EQ(sample.reporter().addresses(0), "新*");
  EXPECT_EQ(sample.reporter().age(), 0);
  EXPECT_EQ(sample.reporter().source(), "网格员");
  EXPECT_FALSE(sample.reporter().has_sealed());
}

}  // namespace
}  // namespace huying::privacy
