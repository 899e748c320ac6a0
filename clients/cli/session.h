// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
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
  std::string request_id;        // of the first act; empty: a fresh one
  absl::Duration limit = absl::Seconds(15);
  const base::Clock* clock = nullptr;  // by which tokens expire; null: the machine's
};

inline constexpr char kLiveRealm[] = "live";

// Not thread-safe: one command at a time.
class Session {
 public:
  explicit Session(SessionOptions options);

  // Fills in a fresh `request_id` where the request has an empty one, renews a token that is about to
  // expire or, once, one that the server says has expired, and calls again with the same id what may be
  // called again.
  absl::Status Call(std::string_view method, google::protobuf::Message& request,
                    google::protobuf::Message* response);
  absl::StatusOr<rpc::Channel*> channel();

  // Keeps the token (file mode 0600, written whole or not at all).
  // Entering an exercise keeps the live token beside it, for the way back.
  absl::Status Keep(const directory::v1::TokenResponse& token, std::string_view account);
  absl::Status Forget();
  // From an exercise back to the live realm. UNAUTHENTICATED when its token has expired meanwhile.
  absl::Status ReturnToLive();

  const std::string& server() const { return options_.server; }
  // Of the last act; empty when it was a read. Sent again with it, the act happens once.
  const std::string& request_id() const { return request_id_; }
  const std::string& token() const { return now_.token; }
  const std::string& realm() const { return now_.realm; }
  const std::string& account() const { return now_.account; }
  // A current token, renewed when needed; for streams, which ask again and again: nothing else would renew it.
  absl::StatusOr<std::string> FreshToken();
  const base::Clock& clock() const { return clock_; }

 private:
  struct Held {
    std::string token;
    std::string realm;
    std::string account;
    absl::Time expires = absl::InfinitePast();
  };

  std::string Path() const;
  void Load();
  absl::Status Store() const;
  // The machine's time when this began, going on by the steady clock: setting the machine's clock ends no
  // token. What the server says of time is taken as a span, never compared with this machine's clock.
  absl::Time TokenTime() const;
  absl::Time ExpiryOf(const directory::v1::TokenResponse& token) const;
  bool NeedsRenewal(const Held& held) const;
  absl::Status Renew(Held& held);
  absl::Status CallOnce(std::string_view method, const std::string& token,
                        const google::protobuf::Message& request,
                        google::protobuf::Message* response);

  SessionOptions options_;
  base::SystemClock clock_;
  const absl::Time began_ = clock_.Now();
  const std::chrono::steady_clock::time_point began_steady_ = std::chrono::steady_clock::now();
  std::string request_id_;
  Held now_;
  std::optional<Held> live_;  // while `now_` is an exercise's
  std::unique_ptr<rpc::Channel> channel_;
};

// Whole or not at all, mode 0600.
absl::Status WriteSecretFile(const std::string& path, const std::string& text);

// 128 random bits in hex.
std::string NewRequestId();

}  // namespace huying::cli
