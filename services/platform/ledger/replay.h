// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "huying/platform/v1/journal.pb.h"
#include "services/platform/ledger/evidence.h"

// What the tables must hold, computed from the entries alone, and what is wrong with the entries
// themselves. One pass; not thread-safe.
namespace huying::ledger {

class Replay {
 public:
  struct Row {  // of `entry`, as stored
    int64_t seq = 0;
    std::string case_id, principal, request_id, payload_hash, hash, bytes;
    int64_t case_prev = 0;
  };
  struct Record {
    int64_t version = 0;
    std::string image_hash;
    int64_t seq = 0;  // of the entry that changed it last
    bool deleted = false;
  };
  struct CaseEnd {
    int64_t seq = 0;
    std::string hash;
    bool operator==(const CaseEnd&) const = default;
  };
  struct DeadlineRow {
    platform::v1::DeadlineChange row;
    bool in_outage = false;
    int64_t seq = 0;
  };

  Replay(std::string genesis, std::vector<Finding>& findings)
      : prev_hash_(std::move(genesis)), findings_(findings) {}

  void Add(const Row& row);

  int64_t last_seq() const { return last_seq_; }
  const std::map<std::pair<std::string, std::string>, Record>& records() const { return records_; }
  const std::map<std::string, DeadlineRow>& deadlines() const { return deadlines_; }
  const std::map<std::string, CaseEnd>& cases() const { return cases_; }
  // (channel, seq) → prev, and each channel's last.
  const std::map<std::pair<std::string, int64_t>, int64_t>& links() const { return links_; }
  const std::map<std::string, int64_t>& channels() const { return channels_; }

 private:
  void Found(Finding::Kind kind, int64_t seq, std::string what);
  void CheckLinks(const Row& row, const platform::v1::Entry& entry);
  void CheckColumns(const Row& row, const platform::v1::Entry& entry);
  void Apply(const platform::v1::Entry& entry);
  void ApplyDeadlines(const platform::v1::Entry& entry);

  std::string prev_hash_;
  std::vector<Finding>& findings_;
  int64_t last_seq_ = 0;
  std::map<std::string, CaseEnd> cases_;
  std::map<std::pair<std::string, std::string>, Record> records_;
  std::map<std::string, DeadlineRow> deadlines_;
  std::map<std::pair<std::string, int64_t>, int64_t> links_;
  std::map<std::string, int64_t> channels_;
};

}  // namespace huying::ledger
