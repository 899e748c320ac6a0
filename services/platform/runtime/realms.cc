// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/realms.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/runtime/files.h"

namespace huying::runtime {
namespace {
namespace fs = std::filesystem;
using base::Reason;
using platform::v1::RealmInfo;

constexpr char kInfoFile[] = "/realm.textproto";

// A realm's name is a folder, a Redis channel and a token's claim: nothing that needs quoting in
// any.
absl::Status CheckName(std::string_view name) {
  const bool good = !name.empty() && name.size() <= kRealmNameMax && name.front() != '-' &&
                    std::all_of(name.begin(), name.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  if (good) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID, "域名只能用小写字母、数字和连字符，最长 64 字符",
                       "a realm's name has lower-case letters, digits and hyphens, at most 64")
      .Field("info.realm");
}

absl::Status Closed(std::string_view name) {
  return base::Denied(Reason::WRONG_REALM, absl::StrCat("域 ", base::Abs(name), " 已关闭"),
                      absl::StrCat("the realm ", base::Abs(name), " is closed"))
      .Next("使用当前演练或实战的令牌", "use a token of a realm that is open");
}
}  // namespace

Realm::Realm(const RealmInfo& info, std::string folder, const base::Clock& live_clock)
    : name_(info.realm()),
      folder_(std::move(folder)),
      kind_(info.kind()),
      live_clock_(live_clock),
      stepped_(info.stepped_clock()
                   ? std::make_unique<base::ManualClock>(base::FromProto(info.now()))
                   : nullptr),
      exercise_(info.exercise()),
      director_(info.director()),
      actor_posts_(info.actor_posts().begin(), info.actor_posts().end()),
      finished_(info.finished()),
      closed_(info.closed()) {}

std::string Realm::LedgerPath(std::string_view service) const {
  return absl::StrCat(folder_, "/", base::Abs(service), ".db");
}

RealmInfo Realm::Info() const {
  RealmInfo info;
  info.set_realm(name_);
  info.set_kind(kind_);
  info.set_stepped_clock(stepped());
  if (stepped()) *info.mutable_now() = base::ToProto(stepped_->Now());
  info.set_closed(closed_);
  info.set_exercise(exercise_);
  if (director_.ByteSizeLong() > 0) *info.mutable_director() = director_;
  info.set_finished(finished_);
  info.mutable_actor_posts()->Assign(actor_posts_.begin(), actor_posts_.end());
  return info;
}

absl::StatusOr<std::unique_ptr<Realms>> Realms::Load(const std::string& data_dir,
                                                     const base::Clock& live_clock, int open_max) {
  std::unique_ptr<Realms> realms(new Realms(data_dir + "/realms", live_clock, open_max));
  RETURN_IF_ERROR(MakeFolder(realms->folder_));
  absl::MutexLock lock(&realms->mutex_);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(realms->folder_, error)) {
    if (!fs::exists(entry.path().string() + kInfoFile)) continue;  // made, but not opened yet
    RETURN_IF_ERROR(realms->LoadOne(entry.path().string()));
  }
  if (!realms->realms_.contains(kLiveRealm)) {
    RealmInfo live;
    live.set_realm(kLiveRealm);
    live.set_kind(RealmInfo::ACTUAL);
    const std::string folder = absl::StrCat(realms->folder_, "/", kLiveRealm);
    RETURN_IF_ERROR(MakeFolder(folder));
    RETURN_IF_ERROR(realms->Save(live, folder));
    realms->realms_.emplace(kLiveRealm, new Realm(live, folder, live_clock));
  }
  return realms;
}

absl::Status Realms::LoadOne(const std::string& folder) {
  ASSIGN_OR_RETURN(std::string text, ReadWholeFile(folder + kInfoFile));
  RealmInfo info;
  if (!google::protobuf::TextFormat::ParseFromString(text, &info) ||
      fs::path(folder).filename() != info.realm()) {
    return base::Refused(Reason::CONDITION_NOT_MET, absl::StrCat("域文件损坏：", folder, kInfoFile),
                         absl::StrCat(folder, kInfoFile, " is damaged or in the wrong folder"))
        .Next("从备份恢复该文件", "restore the file from a backup");
  }
  realms_.emplace(info.realm(), new Realm(info, folder, live_clock_));
  return absl::OkStatus();
}

absl::Status Realms::Save(const RealmInfo& info, const std::string& folder) const {
  std::string text;
  google::protobuf::TextFormat::PrintToString(info, &text);
  return WriteFileAtomically(folder + kInfoFile, text);
}

absl::Status Realms::Open(const RealmInfo& info) {
  RETURN_IF_ERROR(CheckName(info.realm()));
  if (info.realm() == kLiveRealm || info.kind() == RealmInfo::ACTUAL ||
      !RealmInfo::Kind_IsValid(info.kind()) || info.kind() == RealmInfo::KIND_UNSPECIFIED) {
    return base::Invalid(Reason::FIELD_INVALID, "只能开设演练域或测试域",
                         "only realms of exercises and tests can be opened")
        .Field("info.kind");
  }
  if (info.stepped_clock() && !info.has_now()) {
    return base::Invalid(Reason::FIELD_MISSING, "步进时钟缺少起始时间",
                         "a stepped clock needs a first time")
        .Field("info.now");
  }
  absl::MutexLock change(&change_mutex_);
  if (const Realm* known = Lookup(info.realm())) {
    if (IsClosed(*known)) return Closed(info.realm());
    if (known->kind_ == info.kind() && known->stepped() == info.stepped_clock()) {
      return absl::OkStatus();
    }
    return base::AlreadyExists("同名的域已经存在", "another realm of this name exists");
  }
  if (static_cast<int>(OpenNames().size()) >= open_max_) {
    // Not a lack that passes by itself: somebody has to end an exercise.
    return base::Refused(base::Reason::CONDITION_NOT_MET,
                         absl::StrCat("同时开设的域已达上限（", open_max_, " 个）"),
                         absl::StrCat("as many realms are open as may be (", open_max_, ")"))
        .Rule("platform.realms-open-max")
        .Next("先归档已经结束的演练，或在配置中调高 limits.realms_open_max",
              "archive exercises that are over, or raise limits.realms_open_max in the "
              "configuration");
  }
  RealmInfo fresh = info;
  fresh.set_closed(false);
  fresh.set_finished(false);
  const std::string folder = absl::StrCat(folder_, "/", info.realm());
  RETURN_IF_ERROR(MakeFolder(folder));
  RETURN_IF_ERROR(Save(fresh, folder));
  absl::MutexLock lock(&mutex_);
  realms_.emplace(info.realm(), new Realm(fresh, folder, live_clock_));
  return absl::OkStatus();
}

Realm* Realms::Lookup(std::string_view name) const {
  absl::MutexLock lock(&mutex_);
  const auto it = realms_.find(name);
  return it == realms_.end() ? nullptr : it->second.get();
}

bool Realms::IsClosed(const Realm& realm) const {
  absl::MutexLock lock(&mutex_);
  return realm.closed_;
}

absl::StatusOr<const Realm*> Realms::Find(std::string_view name) const {
  const Realm* realm = Lookup(name);
  if (realm == nullptr) return base::NotFound(absl::StrCat("realms/", base::Abs(name)));
  if (IsClosed(*realm)) return Closed(name);
  return realm;
}

absl::StatusOr<Visit> Realms::Enter(std::string_view name) {
  absl::MutexLock lock(&mutex_);
  const auto it = realms_.find(name);
  if (it == realms_.end()) return base::NotFound(absl::StrCat("realms/", base::Abs(name)));
  if (it->second->closed_) return Closed(name);
  ++it->second->visitors_;
  return Visit(it->second.get(), [this](const Realm* realm) { Leave(*realm); });
}

void Realms::Leave(const Realm& realm) {
  absl::MutexLock lock(&mutex_);
  --realms_.find(realm.name())->second->visitors_;
}

bool Realms::WaitUntilLeft(std::string_view name, absl::Duration limit) const {
  absl::MutexLock lock(&mutex_);
  const auto it = realms_.find(name);
  if (it == realms_.end()) return true;
  const auto left = [realm = it->second.get()] { return realm->closed_ && realm->visitors_ == 0; };
  return mutex_.AwaitWithTimeout(absl::Condition(&left), limit);
}

absl::Status Realms::SetTime(std::string_view name, absl::Time now) {
  absl::MutexLock change(&change_mutex_);
  RETURN_IF_ERROR(Find(name).status());
  Realm* realm = Lookup(name);
  if (!realm->stepped()) {
    return base::Refused(Reason::CONDITION_NOT_MET, "该域使用真实时间，不能设定",
                         "this realm runs on the machine's clock")
        .Rule("platform.stepped-clock");
  }
  if (now < realm->stepped_->Now()) {
    return base::Refused(Reason::CONDITION_NOT_MET, "时间不能倒退", "time never runs back")
        .Field("now")
        .Rule("platform.time-forward");
  }
  if (now == realm->stepped_->Now()) return absl::OkStatus();
  RealmInfo info = realm->Info();
  *info.mutable_now() = base::ToProto(now);
  // On disk first: after a crash the realm may wake up later than it was, never earlier.
  RETURN_IF_ERROR(Save(info, realm->folder_));
  realm->stepped_->Set(now);
  return absl::OkStatus();
}

absl::Status Realms::Finish(std::string_view name) {
  absl::MutexLock change(&change_mutex_);
  Realm* realm = Lookup(name);
  if (realm == nullptr || name == kLiveRealm || realm->finished() || IsClosed(*realm)) {
    return absl::OkStatus();
  }
  RealmInfo info = realm->Info();
  info.set_finished(true);
  RETURN_IF_ERROR(Save(info, realm->folder_));
  realm->finished_ = true;
  return absl::OkStatus();
}

absl::Status Realms::Close(std::string_view name) {
  if (name == kLiveRealm) {
    return base::Refused(Reason::ILLEGAL_TRANSITION, "实战域不能关闭",
                         "the live realm never closes");
  }
  absl::MutexLock change(&change_mutex_);
  Realm* realm = Lookup(name);
  if (realm == nullptr) return base::NotFound(absl::StrCat("realms/", base::Abs(name)));
  if (IsClosed(*realm)) return absl::OkStatus();
  RealmInfo info = realm->Info();
  info.set_closed(true);
  RETURN_IF_ERROR(Save(info, realm->folder_));
  absl::MutexLock lock(&mutex_);
  realm->closed_ = true;
  return absl::OkStatus();
}

std::vector<RealmInfo> Realms::List() const {
  absl::MutexLock lock(&mutex_);
  std::vector<RealmInfo> result;
  for (const auto& [name, realm] : realms_) result.push_back(realm->Info());
  return result;
}

std::vector<std::string> Realms::OpenNames() const {
  absl::MutexLock lock(&mutex_);
  std::vector<std::string> names = {kLiveRealm};
  for (const auto& [name, realm] : realms_) {
    if (!realm->closed_ && name != kLiveRealm) names.push_back(name);
  }
  return names;
}

}  // namespace huying::runtime
