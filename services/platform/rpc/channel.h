// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/platform/base/clock.h"

// The calling end: a connection to a server, for services in another process, clients and tests.
//
//   ASSIGN_OR_RETURN(auto channel, rpc::Channel::Open({.target = "127.0.0.1:7400"}));
//   Receipt receipt;
//   RETURN_IF_ERROR(channel->Call("huying.alert.v1.AlertService/IssueNotice", token,
//                                 clock.Now() + absl::Seconds(5), request, &receipt));
namespace huying::rpc {

struct ChannelOptions {
  std::string target;  // "127.0.0.1:7400", "unix:/run/huying/rpc.sock", "host:7400"
  bool tls = false;    // with the system's roots, unless root_certificate_file is set
  std::string root_certificate_file;
  std::string certificate_file;  // shown to a server that asks for one
  std::string key_file;
  std::string server_name;  // expected in the certificate, when it is not the target's host
  size_t response_bytes_max = 64 << 20;
  absl::Duration default_limit = absl::Seconds(30);  // for unary calls without a deadline
  absl::Duration keepalive_time = absl::Seconds(20);
  absl::Duration keepalive_limit = absl::Seconds(10);
  const base::Clock* machine_clock = nullptr;  // null: the machine's own. Must outlive the channel.
};

// What a stream tells its reader, on the transport's threads, one at a time. A slow callback slows
// the stream. The bytes are valid only inside the callback.
struct StreamCallbacks {
  std::function<void(std::string_view event)> on_event;
  std::function<void(const absl::Status& status)> on_end;  // once, last
};

// An open stream. Cancel is thread-safe; the destructor cancels and waits for `on_end`, so it must
// not run inside a callback.
class ClientStream {
 public:
  virtual ~ClientStream() = default;
  virtual void Cancel() = 0;
};

// Thread-safe. Errors are those of the server, with their Problem; the transport's own get one too
// (UNAVAILABLE / LOWER_SERVICE_UNAVAILABLE, DEADLINE_EXCEEDED).
class Channel {
 public:
  struct Parts;  // gRPC's side

  // Connects in the background: an unreachable server shows at the first call.
  static absl::StatusOr<std::unique_ptr<Channel>> Open(ChannelOptions options);
  explicit Channel(std::unique_ptr<Parts> parts);
  ~Channel();

  // Blocks until the answer or `deadline` (machine time). `token` may be empty.
  absl::Status Call(std::string_view method, std::string_view token, absl::Time deadline,
                    const google::protobuf::Message& request, google::protobuf::Message* response);

  // The same without a thread: `done` runs once on a transport's thread. `response` holds the
  // bytes.
  using Answered = absl::AnyInvocable<void(absl::StatusOr<std::string> response)>;
  void CallAsync(std::string_view method, std::string_view token, absl::Time deadline,
                 const google::protobuf::Message& request, Answered done);

  // InfiniteFuture: no deadline. Callbacks may run before it returns.
  std::unique_ptr<ClientStream> OpenStream(std::string_view method, std::string_view token,
                                           absl::Time deadline,
                                           const google::protobuf::Message& request,
                                           StreamCallbacks callbacks);

  // Typed; an event that does not parse is skipped (a server of another version would be refused at
  // the request already).
  template <typename Event>
  std::unique_ptr<ClientStream> OpenTypedStream(std::string_view method, std::string_view token,
                                                absl::Time deadline,
                                                const google::protobuf::Message& request,
                                                std::function<void(const Event&)> on_event,
                                                std::function<void(const absl::Status&)> on_end) {
    return OpenStream(
        method, token, deadline, request,
        {.on_event =
             [on_event = std::move(on_event)](std::string_view bytes) {
               Event event;
               if (event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
                 on_event(event);
               }
             },
         .on_end = std::move(on_end)});
  }

  // True once connected; waits at most `limit`.
  bool WaitUntilConnected(absl::Duration limit);

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace huying::rpc
