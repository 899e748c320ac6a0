// SPDX-License-Identifier: Apache-2.0
#include "clients/verify/verify.h"

#include <sodium.h>

#include <map>
#include <set>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "huying/platform/v1/backup.pb.h"
#include "huying/platform/v1/journal.pb.h"

namespace huying::verify {
namespace {

using platform::v1::CaseFile;
using platform::v1::CaseFileLedger;
using platform::v1::Entry;
using platform::v1::Statement;

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char byte : bytes) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string Sha256(std::string_view bytes) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hash;
}

bool SignedBy(std::string_view key, std::string_view bytes, std::string_view signature) {
  return key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(signature.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     bytes.size(),
                                     reinterpret_cast<const unsigned char*>(key.data())) == 0;
}

constexpr int kEd25519 = 1;

// As servers name keys: the first 16 hex digits of the public key's SHA-256.
std::string KeyId(std::string_view key) { return Hex(Sha256(key)).substr(0, 16); }

using RecordName = std::pair<std::string, std::string>;  // kind, key

// Checks one ledger's part against its own statement.
class LedgerCheck {
 public:
  LedgerCheck(const CaseFile& file, const CaseFileLedger& part, std::string_view key,
              Report& report)
      : file_(file), part_(part), key_(key), report_(report) {}

  // The statement when it can be believed; its ledger name is "?" otherwise.
  Statement Run() {
    const bool parsed = statement_.ParseFromString(part_.statement().statement());
    name_ = parsed && !statement_.header().ledger().empty() ? statement_.header().ledger() : "?";
    if (!parsed || part_.statement().algorithm() != kEd25519 ||
        part_.statement().key_id() != KeyId(key_) ||
        !SignedBy(key_, part_.statement().statement(), part_.statement().signature())) {
      Add(Problem::kStatement, 0, "分册声明的签名不对", "the statement's signature is wrong");
    }
    if (statement_.case_id() != file_.case_id() || statement_.header().realm() != file_.realm()) {
      Add(Problem::kStatement, 0, "分册声明属于另一案卷或另一域",
          "the statement is of another case or realm");
    }
    CheckEntries();
    CheckEnd();
    CheckRecords();
    report_.ledgers.push_back(
        {name_, part_.entries_size(), statement_.head_seq(), Hex(statement_.head_hash())});
    return statement_;
  }

 private:
  void Add(Problem problem, long long seq, const std::string& zh, const std::string& en) {
    std::string where = name_ + (seq > 0 ? " #" + std::to_string(seq) : "");
    report_.findings.push_back({problem, name_, seq, where + ": " + zh + " / " + en});
  }

  // Every entry names the one before it of the same case: seq and hash.
  void CheckEntries() {
    for (const auto& stored : part_.entries()) {
      Entry entry;
      if (!entry.ParseFromString(stored.bytes()) || entry.seq() != stored.seq() ||
          entry.case_id() != file_.case_id() || stored.seq() <= last_seq_) {
        Add(Problem::kEntryMisplaced, stored.seq(), "记录不在它的位置上, 或字节已损坏",
            "the entry is not in its place, or its bytes are damaged");
      } else if (entry.case_prev_seq() != last_seq_) {
        Add(Problem::kEntryMissing, stored.seq(),
            "缺少它前面的第 " + std::to_string(entry.case_prev_seq()) + " 条记录",
            "entry " + std::to_string(entry.case_prev_seq()) + " before it is missing");
      } else if (last_seq_ > 0 && entry.case_prev_hash() != last_hash_) {
        Add(Problem::kEntryChanged, last_seq_, "记录的内容被改动", "the entry was changed");
      }
      for (const auto& change : entry.changes()) {
        last_change_[{change.kind(), change.key()}] = change;
      }
      last_seq_ = stored.seq();
      last_hash_ = Sha256(stored.bytes());
    }
  }

  void CheckEnd() {
    if (last_seq_ < statement_.case_last_seq() ||
        part_.entries_size() < statement_.case_entries()) {
      Add(Problem::kEntriesCut, statement_.case_last_seq(),
          "少了记录: 声明有 " + std::to_string(statement_.case_entries()) + " 条, 文件里 " +
              std::to_string(part_.entries_size()) + " 条",
          "entries were taken off: the statement says " +
              std::to_string(statement_.case_entries()) + ", the file has " +
              std::to_string(part_.entries_size()));
    } else if (last_seq_ != statement_.case_last_seq() ||
               part_.entries_size() != statement_.case_entries()) {
      Add(Problem::kEntryMisplaced, last_seq_, "记录比声明的多",
          "there are more entries than stated");
    } else if (last_seq_ > 0 && last_hash_ != statement_.case_last_hash()) {
      Add(Problem::kEntryChanged, last_seq_, "最后一条记录被改动", "the last entry was changed");
    }
  }

  // Every record the entries changed is listed once, and is what the last of them, or a later one of another
  // case, made of it.
  void CheckRecords() {
    std::set<RecordName> listed;
    for (const auto& record : part_.records()) {
      const auto found = last_change_.find({record.kind(), record.key()});
      if (found == last_change_.end() || !listed.insert(found->first).second) {
        AddRecordFinding(Problem::kRecordChanged, record.key(), "不是本案卷记录改动的, 或列了两次",
                         "no entry of this case made it, or it is listed twice");
      } else {
        CheckRecord(record, found->second);
      }
    }
    for (const auto& [name, change] : last_change_) {
      if (listed.count(name) > 0) continue;
      AddRecordFinding(Problem::kRecordGone, name.second, "没有列出", "is not in the file");
    }
  }

  void CheckRecord(const CaseFileLedger::Record& record, const platform::v1::Change& change) {
    const bool later = record.has_later();
    const long long version = later ? record.later().version() : change.version();
    const bool deleted = later ? record.later().deleted() : change.deleted();
    const std::string hash = later ? record.later().image_hash() : Sha256(change.image());
    const std::string made_by_zh =
        later ? "另一案卷的第 " + std::to_string(record.later().seq()) + " 条记录"
              : "它最后一条记录";
    const std::string made_by_en =
        later ? "entry " + std::to_string(record.later().seq()) + " of another case"
              : "its last entry";
    if (record.absent()) {
      if (deleted) return;
      AddRecordFinding(Problem::kRecordGone, record.key(), "不见了: 没有记录说它被删除",
                       "is gone, and no entry removed it");
    } else if (deleted) {
      AddRecordFinding(Problem::kRecordChanged, record.key(), "还在, 但" + made_by_zh + "删除了它",
                       "stands there, though " + made_by_en + " removed it");
    } else if (record.version() > version) {
      AddRecordFinding(Problem::kRecordAhead, record.key(),
                       "是第 " + std::to_string(record.version()) + " 版, 比" + made_by_zh +
                           "的第 " + std::to_string(version) +
                           " 版新: 版本被改动, 或后面的记录被拿掉了",
                       "has version " + std::to_string(record.version()) + ", and " + made_by_en +
                           " made version " + std::to_string(version) +
                           ": its version was raised, or entries behind were taken off");
    } else if (record.version() < version ||
               (later ? record.data_hash() : Sha256(record.data())) != hash) {
      AddRecordFinding(Problem::kRecordChanged, record.key(), "与" + made_by_zh + "留下的不符",
                       "is not what " + made_by_en + " made of it");
    }
  }

  void AddRecordFinding(Problem problem, const std::string& key, const std::string& zh,
                        const std::string& en) {
    Add(problem, 0, "登记 " + key + " " + zh, "record " + key + " " + en);
  }

  const CaseFile& file_;
  const CaseFileLedger& part_;
  std::string_view key_;
  Report& report_;
  Statement statement_;
  std::string name_;
  long long last_seq_ = 0;
  std::string last_hash_;
  std::map<RecordName, platform::v1::Change> last_change_;
};

void CheckLedgerList(const std::set<std::string>& present, const std::set<std::string>& named,
                     Report& report) {
  for (const std::string& name : named) {
    if (present.count(name) > 0) continue;
    report.findings.push_back({Problem::kLedgerLeftOut, name, 0,
                               name + ": 这一分册被拿掉了 / this ledger's part was left out"});
  }
}

// What a journal was on an earlier day, by a statement kept off the box: only it can tell that the end of a
// journal was cut off before the export.
void CheckHead(const CaseFile& file, const Statement& head, Report& report) {
  for (const CaseFileLedger& part : file.ledgers()) {
    Statement now;
    if (!now.ParseFromString(part.statement().statement()) ||
        now.header().ledger() != head.header().ledger() ||
        now.header().realm() != head.header().realm()) {
      continue;
    }
    const std::string day = google::protobuf::util::TimeUtil::ToString(head.at());
    const auto add = [&](Problem problem, const std::string& zh, const std::string& en) {
      report.findings.push_back({problem, head.header().ledger(), head.head_seq(),
                                 head.header().ledger() + " #" + std::to_string(head.head_seq()) +
                                     ": " + zh + " / " + en});
    };
    if (now.head_seq() < head.head_seq()) {
      add(Problem::kJournalCut,
          "账本在 " + day + " 已到此处, 导出时只到第 " + std::to_string(now.head_seq()) + " 条",
          "the journal had come so far at " + day + ", and ended at " +
              std::to_string(now.head_seq()) + " when this was exported");
      continue;
    }
    bool same = now.head_seq() != head.head_seq() || now.head_hash() == head.head_hash();
    for (const auto& stored : part.entries()) {
      if (stored.seq() == head.head_seq())
        same = same && Sha256(stored.bytes()) == head.head_hash();
    }
    if (!same) {
      add(Problem::kEntryChanged, "与 " + day + " 签名的不是同一条记录",
          "the entry is not the one signed at " + day);
    }
  }
}

void CheckHeads(const CaseFile& file, std::string_view bytes, std::string_view key,
                Report& report) {
  platform::v1::SignedHeads heads;
  bool good =
      heads.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && heads.heads_size() > 0;
  for (const auto& head : heads.heads()) {
    Statement statement;
    if (head.algorithm() == kEd25519 && SignedBy(key, head.statement(), head.signature()) &&
        statement.ParseFromString(head.statement())) {
      CheckHead(file, statement, report);
    } else {
      good = false;
    }
  }
  if (good) return;
  report.findings.push_back(
      {Problem::kStatement, "", 0,
       "给出的账本签名文件被改动, 或由另一把密钥签名 / the signed heads given were "
       "changed, or signed with another key"});
}

}  // namespace

std::string PublicKeyFrom(std::string_view file) {
  if (file.size() == crypto_sign_PUBLICKEYBYTES) return std::string(file);
  while (!file.empty() && (file.back() == '\n' || file.back() == '\r' || file.back() == ' ')) {
    file.remove_suffix(1);
  }
  std::string key(crypto_sign_PUBLICKEYBYTES, '\0');
  size_t size = 0;
  const bool hex = file.size() == 2 * crypto_sign_PUBLICKEYBYTES &&
                   sodium_hex2bin(reinterpret_cast<unsigned char*>(key.data()), key.size(),
                                  file.data(), file.size(), nullptr, &size, nullptr) == 0;
  return hex && size == key.size() ? key : "";
}

Report VerifyCaseFile(std::string_view bytes, std::string_view trusted_public_key,
                      const std::vector<std::string>& known_heads) {
  Report report;
  platform::v1::SignedCaseFile signed_file;
  CaseFile file;
  if (sodium_init() < 0 ||
      !signed_file.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !file.ParseFromString(signed_file.case_file()) || file.case_id().empty()) {
    report.findings.push_back(
        {Problem::kUnreadable, "", 0, "这不是可读的案卷文件 / this is not a readable case file"});
    return report;
  }
  report.case_id = file.case_id();
  report.realm = file.realm();
  report.exported_at = google::protobuf::util::TimeUtil::ToString(file.exported_at());
  report.key_fingerprint = Hex(Sha256(file.public_key()));
  std::string key = file.public_key();
  if (!trusted_public_key.empty() && trusted_public_key != key) {
    report.findings.push_back({Problem::kUntrustedKey, "", 0,
                               "文件由另一把密钥签名 / the file is signed with another key"});
    key = std::string(trusted_public_key);
  }
  if (signed_file.algorithm() != kEd25519 || file.key_id() != KeyId(key) ||
      !SignedBy(key, signed_file.case_file(), signed_file.signature())) {
    report.findings.push_back(
        {Problem::kFileSignature, "", 0,
         "整卷签名不对: 签名之后有改动 / the file's signature is wrong: changed after signing"});
  }
  std::set<std::string> present;
  std::set<std::string> named;
  for (const CaseFileLedger& part : file.ledgers()) {
    const Statement statement = LedgerCheck(file, part, key, report).Run();
    present.insert(statement.header().ledger());
    named.insert(statement.realm_ledgers().begin(), statement.realm_ledgers().end());
  }
  CheckLedgerList(present, named, report);
  for (const std::string& heads : known_heads) CheckHeads(file, heads, key, report);
  return report;
}

}  // namespace huying::verify
