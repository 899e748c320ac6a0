// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/rpc/authenticator.h"
#include "services/platform/rpc/router.h"
#include "services/platform/rpc/testing/toy.pb.h"

// A service, a ledger and a token verifier for tests of the pipeline. The ledger is a fake with
// behaviour: it decides on a thread of its own, remembers receipts, detects conflicts.
namespace huying::rpc::testing {

using common::v1::Receipt;

class FakeTransaction final : public ledger::Transaction {
 public:
  explicit FakeTransaction(const context::CallContext& context) : context_(context) {}
  const context::CallContext& context() const override { return context_; }
  absl::Time now() const override { return context_.received_at; }
  bool in_outage() const override { return false; }
  absl::StatusOr<int64_t> NextNumber(std::string_view) override { return 1; }
  absl::StatusOr<std::optional<ledger::Deadline>> FindDeadline(std::string_view) override {
    return std::nullopt;
  }
  void SetDeadline(ledger::Deadline) override {}
  void ClearDeadline(std::string_view) override {}
  void Publish(std::string_view) override {}
  void SetCase(std::string_view) override {}
  void AddBasis(const common::v1::LegalBasis& basis) override { bases.push_back(basis); }
  std::vector<common::v1::LegalBasis> Bases() const override { return bases; }
  void AddSource(std::string_view, int64_t) override {}
  void AddFlag(common::v1::Flag flag) override { flags.push_back(std::move(flag)); }
  void KeepRefusal() override {}

  std::vector<common::v1::LegalBasis> bases;
  std::vector<common::v1::Flag> flags;

 protected:
  absl::StatusOr<std::optional<Raw>> FindRaw(const ledger::RecordRef&) override {
    return std::nullopt;
  }
  void Write(Verb, const ledger::RecordRef&, std::string) override {}
  void NameSubject(const ledger::RecordRef&) override {}
  void DeleteRaw(const ledger::RecordRef&) override {}

 private:
  const context::CallContext& context_;
};

class FakeLedger final : public ledger::Ledger {
 public:
  // `clock` is the realm's; it must outlive the ledger.
  explicit FakeLedger(const base::Clock& clock);
  ~FakeLedger() override { Stop(); }

  void Execute(ledger::Command command, ledger::Done done) override;
  absl::StatusOr<std::optional<Receipt>> FindReceipt(std::string_view principal,
                                                     std::string_view request_id,
                                                     std::string_view payload_hash) override;
  void Stop() override;

  // Commands wait until it is released.
  void Hold();
  void Release();
  int executed() const;
  ledger::Command last() const;  // as the pipeline filled it, without `decide`

  absl::StatusOr<std::unique_ptr<ledger::Reader>> Read() override { return NotFaked(); }
  void WakeFollowers() override {}
  Position Head() const override { return {}; }
  const platform::v1::LedgerHeader& header() const override { return header_; }
  int64_t WaitPast(int64_t seq, absl::Duration) const override { return seq; }
  int64_t WaitPublished(int64_t seq, absl::Duration) const override { return seq; }
  int64_t LastPublished() const override { return 0; }
  int64_t InFlight() const override;
  absl::Time OldestUndecided() const override { return absl::InfiniteFuture(); }
  absl::Time Expect() override;
  void NoLongerExpect(absl::Time received_at) override;
  // Calls on their way to this ledger.
  int expected() const;
  absl::StatusOr<std::vector<DueDeadline>> Due(absl::Time, int) override { return NotFaked(); }
  absl::StatusOr<absl::Time> NextDue() override { return NotFaked(); }
  absl::StatusOr<Position> LoadCursor(std::string_view) override { return NotFaked(); }
  absl::Status SaveCursor(std::string_view, const Position&) override { return NotFaked(); }
  absl::Status BackUpTo(const std::string&) override { return NotFaked(); }

 private:
  struct Stored {
    Receipt receipt;
    std::string payload_hash;
  };
  static absl::Status NotFaked() { return absl::UnimplementedError("not faked"); }
  void Run();
  absl::StatusOr<Receipt> Decide(ledger::Command& command);

  const base::Clock& clock_;
  platform::v1::LedgerHeader header_;
  mutable absl::Mutex mutex_;
  int expected_ = 0;
  std::deque<std::pair<ledger::Command, ledger::Done>> queue_;
  std::map<std::string, Stored> receipts_;
  ledger::Command last_;
  int executed_ = 0;
  int deciding_ = 0;
  bool held_ = false;
  bool stopped_ = false;
  std::thread writer_;
};

// Its RPCs do what the request says.
class ToyService {
 public:
  absl::StatusOr<ledger::Command> Put(const context::CallContext& context,
                                      const rpctest::v1::PutRequest& request);
  absl::StatusOr<rpctest::v1::GetResponse> Get(const context::CallContext& context,
                                               const rpctest::v1::GetRequest& request);
  absl::StatusOr<rpctest::v1::WhoAmIResponse> WhoAmI(const context::CallContext& context,
                                                     const rpctest::v1::WhoAmIRequest& request);
  absl::StatusOr<rpctest::v1::HelloResponse> Hello(const context::CallContext& context,
                                                   const rpctest::v1::HelloRequest& request);
  absl::Status Watch(const context::CallContext& context, const rpctest::v1::WatchRequest& request,
                     Sink<rpctest::v1::WatchEvent> sink);

  std::atomic<int> gathered = 0;
  std::atomic<bool> refuses = false;  // from now on gathering fails
  std::atomic<int> streams_ended = 0;
  std::atomic<int> sent = 0;  // events the last stream took
  // Streams that stay open, to send to or close from a test.
  std::mutex mutex;
  std::vector<Sink<rpctest::v1::WatchEvent>> open;
};

// A token is the claims in base64; whatever does not parse is refused.
class FakeAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<platform::v1::TokenClaims> Verify(std::string_view token) override;
};
std::string MintToken(const context::CallContext& context, absl::Time expires_at);

// Everything a test of the pipeline needs, with two realms: "live" and "drill-1".
struct Toy {
  explicit Toy(RouterOptions options = {});
  ~Toy();

  context::CallContext Officer() const;  // district duty officer, may put and get
  std::string Token(const context::CallContext& context) const {
    return MintToken(context, machine.Now() + absl::Hours(1));
  }
  // Calls through the router with a token and waits (at most 10 s, real time).
  absl::Status Call(std::string_view method, const std::string& token,
                    const google::protobuf::Message& request, google::protobuf::Message* response,
                    absl::Duration limit = absl::Seconds(30));
  absl::Status CallBytes(std::string_view method, const std::string& token,
                         std::string_view request, google::protobuf::Message* response,
                         absl::Duration limit = absl::Seconds(30));

  base::SystemClock machine;
  base::ManualClock live_clock{absl::FromUnixSeconds(1'700'000'000)};
  base::ManualClock drill_clock{absl::FromUnixSeconds(1'258'770'600)};
  FakeAuthenticator authenticator;
  obs::Metrics metrics;
  FakeLedger ledger{live_clock};
  ToyService service;
  std::unique_ptr<Router> router;
};

inline constexpr char kPut[] = "huying.rpctest.v1.ToyService/Put";
inline constexpr char kGet[] = "huying.rpctest.v1.ToyService/Get";
inline constexpr char kWhoAmI[] = "huying.rpctest.v1.ToyService/WhoAmI";
inline constexpr char kHello[] = "huying.rpctest.v1.ToyService/Hello";
inline constexpr char kNodeOnly[] = "huying.rpctest.v1.ToyService/NodeOnly";
inline constexpr char kWatch[] = "huying.rpctest.v1.ToyService/Watch";

rpctest::v1::PutRequest PutOf(const std::string& request_id, const std::string& key);

}  // namespace huying::rpc::testing
