// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/channel.h"

// The signed-in person at one terminal: which server, which token, kept in a file only its owner reads.
//
//   cli::Session session(options);
//   RETURN_IF_ERROR(session.Call("huying.alert.v1.AlertService/GetAlert", request, &response));
namespace huying::cli {

struct SessionOptions {
  std::string home;              // folder; default $HUYING_HOME, else ~/.config/huying
  std::string server;            // default: what was signed in to last, else 127.0.0.1:7400
  std::string token;             // overrides the stored one ($HUYING_TOKEN), for scripts
  std::string root_certificate;  // PEM; with it the connection is TLS
  absl::Duration limit = absl::Seconds(15);
};

// Not thread-safe: one command at a time.
class Session {
 public:
  explicit Session(SessionOptions options);

  // Fills in a fresh `request_id` where the request has an empty one, renews a token that is about to
  // expire, and calls again with the same id what may be called again.
  absl::Status Call(std::string_view method, google::protobuf::Message& request,
                    google::protobuf::Message* response);
  absl::StatusOr<rpc::Channel*> channel();

  // Keeps the token (file mode 0600, written whole or not at all).
  absl::Status Keep(const directory::v1::TokenResponse& token, std::string_view account);
  absl::Status Forget();

  const std::string& server() const { return options_.server; }
  const std::string& token() const { return token_; }
  const std::string& realm() const { return realm_; }
  const std::string& account() const { return account_; }
  // A current token, renewed when needed; for streams.
  absl::StatusOr<std::string> FreshToken();
  const base::Clock& clock() const { return clock_; }

 private:
  std::string Path() const;
  void Load();
  absl::Status CallOnce(std::string_view method, const google::protobuf::Message& request,
                        google::protobuf::Message* response);

  SessionOptions options_;
  base::SystemClock clock_;
  std::string token_;
  std::string realm_;
  std::string account_;
  absl::Time expires_ = absl::InfinitePast();
  std::unique_ptr<rpc::Channel> channel_;
};

// Whole or not at all, mode 0600.
absl::Status WriteSecretFile(const std::string& path, const std::string& text);

// 128 random bits in hex.
std::string NewRequestId();

}  // namespace huying::cli
