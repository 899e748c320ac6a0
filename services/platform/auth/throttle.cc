// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/throttle.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::auth {
namespace {
constexpr int kDoublingsMax = 20;
constexpr size_t kKeyBytesMax = 200;  // a longer name is cut: it names no account of ours

std::string Key(std::string_view text) { return std::string(text.substr(0, kKeyBytesMax)); }

// One person's machine makes many connections: the port does not tell sources apart.
std::string SourceKey(std::string_view peer) {
  const bool ip = peer.rfind("ipv4:", 0) == 0 || peer.rfind("ipv6:", 0) == 0;
  return Key(ip ? peer.substr(0, peer.rfind(':')) : peer);
}

std::string PairKey(std::string_view source, std::string_view account) {
  return absl::StrCat(Key(account), "\n", SourceKey(source));
}

// "ipv4:127.0.0.1:53422", "ipv6:[::1]:53422" (gRPC also writes "ipv6:%5B::1%5D:53422"), "unix:/run/…".
bool IsThisMachine(std::string_view peer) {
  constexpr std::string_view kHere[] = {
      "unix:",           "unix-abstract:",    "ipv4:127.",          "ipv6:[::1]:",
      "ipv6:%5B::1%5D:", "ipv6:[::ffff:127.", "ipv6:%5B::ffff:127."};
  return std::any_of(std::begin(kHere), std::end(kHere),
                     [&](std::string_view prefix) { return peer.rfind(prefix, 0) == 0; });
}
}  // namespace

absl::Duration Throttle::Wait(const Table& table, const std::string& key) const {
  const auto it = table.find(key);
  if (it == table.end()) return absl::ZeroDuration();
  return std::max(it->second.free_at - clock_.Now(), absl::ZeroDuration());
}

absl::Status Throttle::Check(std::string_view source, std::string_view account) {
  absl::MutexLock lock(&mutex_);
  const std::string pair = PairKey(source, account);
  const absl::Duration wait = known_.contains(pair) ? Wait(pairs_, pair)
                                                    : std::max(Wait(accounts_, Key(account)),
                                                               Wait(sources_, SourceKey(source)));
  if (wait <= absl::ZeroDuration()) return absl::OkStatus();
  const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1)));
  return base::ProblemStatus(absl::StatusCode::kResourceExhausted, base::Reason::SIGN_IN_THROTTLED,
                             absl::StrCat("登录失败次数较多，请 ", seconds, " 秒后再试"),
                             absl::StrCat("too many failed sign-ins: wait ", seconds, " seconds"))
      .Next(absl::StrCat("等待 ", seconds, " 秒；急用请由同岗位其他人员登录"),
            absl::StrCat("wait ", seconds,
                         " seconds; in a hurry, let a colleague of the post sign in"));
}

void Throttle::Failed(std::string_view source, std::string_view account) {
  absl::MutexLock lock(&mutex_);
  Count(accounts_, Key(account), limits_.free_failures, limits_.account_delay_max);
  const bool another =
      Count(pairs_, PairKey(source, account), limits_.free_failures, limits_.account_delay_max);
  if (IsThisMachine(source)) return;
  const std::string key = SourceKey(source);
  if (another || IsSpraying(key)) {
    Count(sources_, key, limits_.free_accounts, limits_.source_delay_max);
  }
}

bool Throttle::IsSpraying(const std::string& source) const {
  const auto it = sources_.find(source);
  return it != sources_.end() && it->second.failures > limits_.free_accounts;
}

void Throttle::Succeeded(std::string_view source, std::string_view account) {
  absl::MutexLock lock(&mutex_);
  const std::string pair = PairKey(source, account);
  accounts_.erase(Key(account));
  pairs_.erase(pair);
  MakeRoom(known_);
  known_[pair].last = clock_.Now();
}

bool Throttle::Count(Table& table, const std::string& key, int free, absl::Duration delay_max) {
  const absl::Time now = clock_.Now();
  if (!table.contains(key)) MakeRoom(table);
  Entry& entry = table[key];
  if (now - entry.last > limits_.forget_after) entry = Entry();
  entry.last = now;
  ++entry.failures;
  const int beyond = entry.failures - free;
  if (beyond > 0) {
    const absl::Duration delay =
        limits_.first_delay * (int64_t{1} << std::min(beyond - 1, kDoublingsMax));
    entry.free_at = now + std::min(delay, delay_max);
  }
  return entry.failures == 1;
}

// A full table drops what is forgotten anyway, then the quarter that was quiet longest.
void Throttle::MakeRoom(Table& table) {
  if (table.size() < limits_.entries_max) return;
  if (&table != &known_) {
    const absl::Time old = clock_.Now() - limits_.forget_after;
    absl::erase_if(table, [old](const auto& item) { return item.second.last < old; });
    if (table.size() < limits_.entries_max) return;
  }
  std::vector<absl::Time> times;
  times.reserve(table.size());
  for (const auto& [key, entry] : table) times.push_back(entry.last);
  const auto quarter = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 4);
  std::nth_element(times.begin(), quarter, times.end());
  const absl::Time limit = *quarter;
  absl::erase_if(table, [limit](const auto& item) { return item.second.last <= limit; });
}

size_t Throttle::size() const {
  absl::MutexLock lock(&mutex_);
  return sources_.size() + accounts_.size() + pairs_.size() + known_.size();
}

}  // namespace huying::auth
