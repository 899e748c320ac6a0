// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/session.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "google/protobuf/descriptor.h"
#include "huying/common/v1/policy.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/rpc/retry.h"

namespace huying::cli {
namespace {

constexpr char kServerDefault[] = "127.0.0.1:7400";
constexpr char kRenew[] = "huying.directory.v1.DirectoryService/RenewToken";
constexpr absl::Duration kRenewBefore = absl::Minutes(3);

std::string HomeDefault() {
  if (const char* home = std::getenv("HUYING_HOME")) return home;
  if (const char* config = std::getenv("XDG_CONFIG_HOME")) return std::string(config) + "/huying";
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "." : home) + "/.config/huying";
}

// Idempotency of a method by its full name; unknown methods are not called again.
common::v1::Idempotency IdempotencyOf(std::string_view method) {
  std::string name(method);
  const size_t slash = name.find('/');
  if (slash != std::string::npos) name[slash] = '.';
  const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
  return found == nullptr ? common::v1::TOKEN
                          : found->options().GetExtension(common::v1::policy).idempotency();
}

// The id the request has now; empty for one that takes none.
std::string FillRequestId(google::protobuf::Message& request, const std::string& wanted) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->type() != google::protobuf::FieldDescriptor::TYPE_STRING)
    return "";
  if (request.GetReflection()->GetString(request, field).empty()) {
    request.GetReflection()->SetString(&request, field, wanted.empty() ? NewRequestId() : wanted);
  }
  return request.GetReflection()->GetString(request, field);
}

}  // namespace

absl::Status WriteSecretFile(const std::string& path, const std::string& text) {
  const std::string part = path + ".part";
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && write(file, text.data(), text.size()) == ssize_t(text.size()) &&
                       fsync(file) == 0;
  if (file >= 0) close(file);
  if (written && rename(part.c_str(), path.c_str()) == 0) return absl::OkStatus();
  unlink(part.c_str());
  return base::Refused(base::Reason::CONDITION_NOT_MET, absl::StrCat("写不了 ", path),
                       absl::StrCat("cannot write ", path));
}

std::string NewRequestId() {
  unsigned char bytes[16];
  char hex[33];
  if (sodium_init() < 0) return "";
  randombytes_buf(bytes, sizeof(bytes));
  return sodium_bin2hex(hex, sizeof(hex), bytes, sizeof(bytes));
}

Session::Session(SessionOptions options) : options_(std::move(options)) {
  if (options_.home.empty()) options_.home = HomeDefault();
  Load();
  if (options_.server.empty()) options_.server = kServerDefault;
}

std::string Session::Path() const { return options_.home + "/session.json"; }

void Session::Load() {
  std::ifstream file(Path());
  const auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  const auto held = [](const nlohmann::json& from) {
    return Held{from.value("token", ""), from.value("realm", ""), from.value("account", ""),
                absl::FromUnixSeconds(from.value("expires", int64_t{0}))};
  };
  if (json.is_object() &&
      (options_.server.empty() || options_.server == json.value("server", ""))) {
    options_.server = json.value("server", "");
    now_ = held(json);
    if (json.contains(kLiveRealm) && json[kLiveRealm].is_object()) live_ = held(json[kLiveRealm]);
  }
  if (!options_.token.empty()) now_ = {options_.token, "", "", absl::InfiniteFuture()};
}

absl::Status Session::Store() const {
  std::error_code error;
  std::filesystem::create_directories(options_.home, error);
  chmod(options_.home.c_str(), 0700);
  const auto json_of = [](const Held& held) {
    return nlohmann::json{{"token", held.token},
                          {"realm", held.realm},
                          {"account", held.account},
                          {"expires", absl::ToUnixSeconds(held.expires)}};
  };
  nlohmann::json json = json_of(now_);
  json["server"] = options_.server;
  if (live_) json[kLiveRealm] = json_of(*live_);
  return WriteSecretFile(Path(), json.dump(2) + "\n");
}

absl::Status Session::Keep(const directory::v1::TokenResponse& token, std::string_view account) {
  if (token.realm() == kLiveRealm) live_.reset();
  if (token.realm() != kLiveRealm && now_.realm == kLiveRealm) live_ = now_;
  now_ = {token.token(), token.realm(), std::string(account), ExpiryOf(token)};
  return Store();
}

absl::Status Session::Forget() {
  now_.token.clear();
  live_.reset();
  unlink(Path().c_str());
  return absl::OkStatus();
}

absl::Status Session::ReturnToLive() {
  if (now_.realm == kLiveRealm) return absl::OkStatus();
  if (!live_ || live_->expires <= TokenTime()) {
    return base::Unauthenticated(base::Reason::TOKEN_EXPIRED, "实战登录已过期",
                                 "the sign-in to the live realm has expired");
  }
  now_ = *std::exchange(live_, std::nullopt);
  return Store();
}

absl::StatusOr<rpc::Channel*> Session::channel() {
  if (channel_ == nullptr) {
    rpc::ChannelOptions options;
    options.target = options_.server;
    options.tls = !options_.root_certificate.empty();
    options.root_certificate_file = options_.root_certificate;
    ASSIGN_OR_RETURN(channel_, rpc::Channel::Open(std::move(options)));
  }
  return channel_.get();
}

absl::Time Session::TokenTime() const {
  if (options_.clock != nullptr) return options_.clock->Now();
  return began_ + absl::FromChrono(std::chrono::steady_clock::now() - began_steady_);
}

absl::Time Session::ExpiryOf(const directory::v1::TokenResponse& token) const {
  // A server that does not say its time: its clock is taken to agree with this machine's.
  const absl::Time server_now =
      token.has_server_time() ? base::FromProto(token.server_time()) : TokenTime();
  return TokenTime() + (base::FromProto(token.expires_at()) - server_now);
}

bool Session::NeedsRenewal(const Held& held) const {
  return options_.token.empty() && !held.token.empty() && TokenTime() > held.expires - kRenewBefore;
}

absl::Status Session::Renew(Held& held) {
  directory::v1::RenewTokenRequest request;
  directory::v1::TokenResponse renewed;
  RETURN_IF_ERROR(CallOnce(kRenew, held.token, request, &renewed));
  held.token = renewed.token();
  held.realm = renewed.realm();
  held.expires = ExpiryOf(renewed);
  return Store();
}

absl::StatusOr<std::string> Session::FreshToken() {
  if (NeedsRenewal(now_)) RETURN_IF_ERROR(Renew(now_));
  // The way back from an exercise; without it one signs in again.
  if (live_ && NeedsRenewal(*live_) && !Renew(*live_).ok()) live_.reset();
  return now_.token;
}

absl::Status Session::CallOnce(std::string_view method, const std::string& token,
                               const google::protobuf::Message& request,
                               google::protobuf::Message* response) {
  ASSIGN_OR_RETURN(rpc::Channel * to, channel());
  return to->Call(method, token, clock_.Now() + options_.limit, request, response);
}

absl::Status Session::Call(std::string_view method, google::protobuf::Message& request,
                           google::protobuf::Message* response) {
  // One id is for one act: a command that calls twice makes the second one up.
  request_id_ = FillRequestId(request, std::exchange(options_.request_id, ""));
  RETURN_IF_ERROR(FreshToken().status());
  const auto call = [&] {
    return rpc::CallWithRetry(IdempotencyOf(method), rpc::RetryOptions(), clock_,
                              clock_.Now() + options_.limit,
                              [&] { return CallOnce(method, now_.token, request, response); });
  };
  const absl::Status status = call();
  const bool expired = base::ProblemOf(status).reason() == base::Reason::TOKEN_EXPIRED;
  if (!expired || !options_.token.empty() || !Renew(now_).ok()) return status;
  return call();
}

}  // namespace huying::cli
