// SPDX-License-Identifier: Apache-2.0
#include "clients/verify/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include "huying/platform/v1/journal.pb.h"

namespace huying::verify {
namespace {

using platform::v1::CaseFile;
using platform::v1::Entry;
using platform::v1::SignedCaseFile;
using platform::v1::Statement;

constexpr char kCase[] = "incidents/2026-0001";

std::string Sha256(const std::string& bytes) {
  std::string hash(32, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hash;
}

// A case with three entries in one ledger and none in another, as a server exports it.
class CaseFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GE(sodium_init(), 0);
    crypto_sign_keypair(public_, secret_);
    file_.set_case_id(kCase);
    file_.set_realm("live");
    file_.set_public_key(std::string(reinterpret_cast<char*>(public_), sizeof(public_)));
    file_.set_key_id(KeyId());
    AddLedger("incident", {2, 5, 9});
    AddLedger("alert", {});
  }

  std::string Sign(const std::string& bytes) {
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr,
                         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                         secret_);
    return signature;
  }

  std::string KeyId() {
    std::string id;
    for (unsigned char byte : Sha256(file_.public_key()).substr(0, 8)) {
      id += "0123456789abcdef"[byte >> 4];
      id += "0123456789abcdef"[byte & 15];
    }
    return id;
  }

  void AddLedger(const std::string& name, const std::vector<int>& seqs) {
    auto* part = file_.add_ledgers();
    int64_t previous = 0;
    std::string hash;
    for (int seq : seqs) {
      Entry entry;
      entry.set_seq(seq);
      entry.set_case_id(kCase);
      entry.set_case_prev_seq(previous);
      entry.set_case_prev_hash(hash);
      auto* change = entry.add_changes();
      change->set_kind("incident");
      change->set_key(kCase);
      change->set_version(++versions_);
      change->set_image("state " + std::to_string(seq));
      auto* stored = part->add_entries();
      stored->set_seq(seq);
      stored->set_bytes(entry.SerializeAsString());
      previous = seq;
      hash = Sha256(stored->bytes());
    }
    if (!seqs.empty()) {
      auto* record = part->add_records();
      record->set_kind("incident");
      record->set_key(kCase);
      record->set_version(versions_);
      record->set_data("state " + std::to_string(seqs.back()));
    }
    Statement statement;
    statement.mutable_header()->set_ledger(name);
    statement.mutable_header()->set_realm("live");
    statement.set_case_id(kCase);
    statement.set_case_entries(static_cast<int64_t>(seqs.size()));
    statement.set_case_last_seq(previous);
    statement.set_case_last_hash(hash);
    statement.add_realm_ledgers("incident");
    statement.add_realm_ledgers("alert");
    part->mutable_statement()->set_statement(statement.SerializeAsString());
    part->mutable_statement()->set_algorithm(1);
    part->mutable_statement()->set_key_id(KeyId());
    part->mutable_statement()->set_signature(Sign(part->statement().statement()));
  }

  std::string Bytes(bool sign_again = false) {
    if (original_.empty() || sign_again) original_ = Sign(file_.SerializeAsString());
    SignedCaseFile signed_file;
    signed_file.set_case_file(file_.SerializeAsString());
    signed_file.set_signature(original_);
    signed_file.set_algorithm(1);
    return signed_file.SerializeAsString();
  }

  std::vector<Problem> ProblemsOf(const std::string& bytes) {
    std::vector<Problem> problems;
    for (const Finding& finding : VerifyCaseFile(bytes, file_.public_key()).findings) {
      problems.push_back(finding.problem);
    }
    return problems;
  }

  unsigned char public_[crypto_sign_PUBLICKEYBYTES];
  unsigned char secret_[crypto_sign_SECRETKEYBYTES];
  CaseFile file_;
  std::string original_;
  int64_t versions_ = 0;
};

TEST_F(CaseFileTest, AnUntouchedFileHasNoFindings) {
  EXPECT_THAT(ProblemsOf(Bytes()), ::testing::IsEmpty());
}

TEST_F(CaseFileTest, AFlippedByteOfAnEntryIsNamedWithItsNumber) {
  Bytes();
  std::string& bytes = *file_.mutable_ledgers(0)->mutable_entries(1)->mutable_bytes();
  const size_t at = bytes.find("state 5");
  ASSERT_NE(at, std::string::npos);
  bytes[at] ^= 1;
  const Report report = VerifyCaseFile(Bytes(), "");
  ASSERT_EQ(report.findings.size(), 2u);
  EXPECT_EQ(report.findings[0].problem, Problem::kFileSignature);
  EXPECT_EQ(report.findings[1].problem, Problem::kEntryChanged);
  EXPECT_EQ(report.findings[1].ledger, "incident");
  EXPECT_EQ(report.findings[1].seq, 5);
}

TEST_F(CaseFileTest, TheLastEntryCutIsNamedEvenWhenTheListIsSignedAgain) {
  file_.mutable_ledgers(0)->mutable_entries()->RemoveLast();
  EXPECT_THAT(ProblemsOf(Bytes(true)),
              ::testing::UnorderedElementsAre(Problem::kEntriesCut, Problem::kRecordAhead));
}

TEST_F(CaseFileTest, AnEntryTakenOutOfTheMiddleIsNamed) {
  file_.mutable_ledgers(0)->mutable_entries()->DeleteSubrange(1, 1);
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::Contains(Problem::kEntryMissing));
}

TEST_F(CaseFileTest, ALedgerLeftOutIsNamedByTheOthers) {
  file_.mutable_ledgers()->RemoveLast();
  const Report report = VerifyCaseFile(Bytes(true), "");
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].problem, Problem::kLedgerLeftOut);
  EXPECT_EQ(report.findings[0].ledger, "alert");
}

TEST_F(CaseFileTest, AnEditedRecordIsNamed) {
  file_.mutable_ledgers(0)->mutable_records(0)->set_data("state better");
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::ElementsAre(Problem::kRecordChanged));
}

TEST_F(CaseFileTest, ARecordThatIsNotInTheFileIsNamed) {
  file_.mutable_ledgers(0)->clear_records();
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::ElementsAre(Problem::kRecordGone));
}

TEST_F(CaseFileTest, ARecordListedTwiceOrOfNoEntryIsNamed) {
  auto& part = *file_.mutable_ledgers(0);
  *part.add_records() = part.records(0);
  part.add_records()->set_key("incidents/2026-0009");
  EXPECT_THAT(ProblemsOf(Bytes(true)),
              ::testing::ElementsAre(Problem::kRecordChanged, Problem::kRecordChanged));
}

TEST_F(CaseFileTest, ARecordWithoutARowIsGoneUnlessItsLastEntryRemovedIt) {
  auto& record = *file_.mutable_ledgers(0)->mutable_records(0);
  record.set_absent(true);
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::ElementsAre(Problem::kRecordGone));
  record.mutable_later()->set_seq(12);
  record.mutable_later()->set_deleted(true);
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::IsEmpty());
  record.set_absent(false);
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::ElementsAre(Problem::kRecordChanged));
}

TEST_F(CaseFileTest, ARecordThatAnotherCaseChangedIsComparedWithWhatThatCaseMadeOfIt) {
  auto& record = *file_.mutable_ledgers(0)->mutable_records(0);
  record.mutable_later()->set_seq(12);
  record.mutable_later()->set_version(7);
  record.mutable_later()->set_image_hash(Sha256("state 12"));
  record.set_version(7);
  record.clear_data();
  record.set_data_hash(Sha256("state 12"));
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::IsEmpty());
  record.set_data_hash(Sha256("state 13"));
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::ElementsAre(Problem::kRecordChanged));
  record.set_version(8);
  EXPECT_THAT(ProblemsOf(Bytes(true)), ::testing::ElementsAre(Problem::kRecordAhead));
}

TEST_F(CaseFileTest, APublishedKeyIsReadAsHexAndRaw) {
  const std::string raw = file_.public_key();
  std::string hex;
  for (unsigned char byte : raw) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  EXPECT_EQ(PublicKeyFrom(raw), raw);
  EXPECT_EQ(PublicKeyFrom(hex + "\n"), raw);
  EXPECT_EQ(PublicKeyFrom(hex.substr(2)), "");
  EXPECT_EQ(PublicKeyFrom(hex + "00"), "");
  EXPECT_EQ(PublicKeyFrom("no key"), "");
}

TEST_F(CaseFileTest, AFileSignedWithAnotherKeyIsNotBelieved) {
  EXPECT_THAT(ProblemsOf(Bytes()), ::testing::IsEmpty());
  const std::string other(32, 'k');
  const Report report = VerifyCaseFile(Bytes(), other);
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings[0].problem, Problem::kUntrustedKey);
}

TEST_F(CaseFileTest, APublishedKeyIsTakenAsHexLineOrAsRawBytes) {
  const std::string raw = file_.public_key();
  std::string hex;
  for (unsigned char byte : raw) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  for (const std::string& file : {raw, hex, hex + "\n", hex + "\r\n"}) {
    EXPECT_EQ(PublicKeyFrom(file), raw);
  }
  for (const std::string& file : {std::string(), std::string("Ed25519"), hex.substr(2), hex + "00",
                                  raw + "x", std::string(64, 'g')}) {
    EXPECT_EQ(PublicKeyFrom(file), "") << file;
  }
}

TEST_F(CaseFileTest, RandomBytesAreRefusedInOneSentence) {
  EXPECT_THAT(ProblemsOf("no case file"), ::testing::ElementsAre(Problem::kUnreadable));
}

TEST_F(CaseFileTest, AnySingleFlippedByteAnywhereIsFound) {
  const std::string good = Bytes();
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] ^= 1;
    EXPECT_FALSE(VerifyCaseFile(bad, file_.public_key()).findings.empty()) << "byte " << i;
  }
}

}  // namespace
}  // namespace huying::verify
