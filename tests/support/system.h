// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/push/testing/redis_server.h"
#include "tests/support/child_process.h"
#include "tests/support/client.h"
#include "tests/support/eventually.h"
#include "tests/support/listener.h"
#include "tests/support/tcp_gate.h"

// A whole Huying for one test: keys and a first administrator, the directory of 兴山区, a redis-server and
// real huyingd processes, in a folder that goes with it.
//
//   System system({.limits = {{"alert.answer-limit", absl::Seconds(2)}}});
//   ASSERT_TRUE(system.Start().ok());
//   auto receipt = system.As("posts/district-duty").Call("alert.IssueNotice", request);
//   system.Kill();                            // kill -9, every process
//   ASSERT_TRUE(system.Boot().ok());          // the same folder, the same addresses
namespace huying::testing {

inline constexpr absl::Duration kStartLimit = absl::Seconds(60);
// For what happens at once on an idle machine: generous, because two cores are shared.
inline constexpr absl::Duration kSoon = absl::Seconds(20);
// Of every account that As() signs in.
inline constexpr char kAccountPassword[] = "only-for-tests-002";

struct SystemOptions {
  // Of the first process; those in `apart` run in a second one.
  std::vector<std::string> services = {"all"};
  std::vector<std::string> apart;
  bool redis = true;
  // Redis is reached through a gate that makes faults; see redis_gate().
  bool redis_through_gate = false;
  // The second process reaches the first through a gate; see process_gate().
  bool process_through_gate = false;
  // Rows of the rule table with this id, or whose id begins with it and a point, get this duration.
  std::map<std::string, absl::Duration> limits;
  std::string config;              // textproto, for every process
  std::vector<std::string> flags;  // further ones, for every process
  int only_core = -1;
  int roster_days = 4;                   // from yesterday on
  std::vector<std::string> environment;  // of every process
};

// Used by one thread; what As() gives may be used by many.
class System {
 public:
  explicit System(SystemOptions options = {});
  ~System();
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  // Everything: init, Boot, directory.
  absl::Status Start();
  // Starts the processes on a folder that is ready, and waits until they answer.
  absl::Status Boot();
  // One process of several.
  absl::Status Boot(size_t index);
  void Kill(size_t index) { processes_[index].child->Kill(); }
  // Starts the processes and does not wait for them.
  void BootUnwatched();
  // kill -9.
  void Kill();
  // SIGTERM; every process must end with 0.
  absl::Status Stop();

  // Signed in, and kept. The post's holder now, else whoever has an account for it. A test fails at once
  // when signing in does.
  Client& As(const std::string& post);
  Client& Administrator();
  // The second person for a grant that the administrator proposed.
  absl::Status Confirm(const common::v1::Receipt& proposed);
  // A further sign-in of the same account.
  absl::StatusOr<std::unique_ptr<Client>> SignInAgain(const std::string& post);
  std::unique_ptr<Client> WithToken(const std::string& token);

  const directory::v1::Directory& directory() const { return directory_; }
  push::testing::RedisServer& redis() { return *redis_; }
  TcpGate& redis_gate() { return *redis_gate_; }
  TcpGate& process_gate() { return *process_gate_; }
  ChildProcess& process(size_t index = 0) { return *processes_[index].child; }
  Routes& routes() { return routes_; }
  std::string data_dir(size_t index = 0) const { return processes_[index].data_dir; }
  // Everything of this system: data folders, logs, sockets.
  const std::string& folder() const { return dir_.path(); }
  size_t processes() const { return processes_.size(); }
  std::string LogOf(size_t index = 0) const { return TailOf(processes_[index].log_file); }
  std::string LedgerFile(const std::string& service, const std::string& realm = "live") const;

  // Sum of a metric over its labels that contain `label` ('ledger="alert"'), from the metrics page.
  absl::StatusOr<double> Metric(const std::string& name, const std::string& label = "",
                                size_t index = 0) const;

  // What grpc.health.v1.Health says of a service or a part ("huying.reactors").
  bool Serving(const std::string& part, size_t index = 0);

  // What `huying admin verify` finds in every process's folder; empty = whole.
  std::vector<std::string> Findings() const;

 private:
  struct Server {
    std::vector<std::string> services;
    std::string data_dir;
    std::string address;
    std::string log_file;
    std::string metrics;  // "127.0.0.1:port", once started
    std::unique_ptr<ChildProcess> child;
  };

  absl::Status Init();
  absl::Status LoadDirectory();
  absl::Status WriteRules();
  absl::Status StartOne(size_t index);
  std::vector<std::string> CommandOf(size_t index) const;
  void Connect();
  absl::StatusOr<directory::v1::TokenResponse> SignIn(const std::string& account,
                                                      const std::string& password,
                                                      const std::string& post);
  absl::StatusOr<const directory::v1::Account*> AccountFor(const std::string& post);
  bool IsApart(const std::string& service) const;

  const SystemOptions options_;
  base::TempDir dir_;
  std::string rules_file_;
  std::unique_ptr<push::testing::RedisServer> redis_;
  std::unique_ptr<TcpGate> redis_gate_;
  std::unique_ptr<TcpGate> process_gate_;
  std::vector<Server> processes_;
  directory::v1::Directory directory_;
  Routes routes_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
  std::map<std::string, bool> has_password_;
};

}  // namespace huying::testing
