// SPDX-License-Identifier: Apache-2.0
#include "tests/support/system.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/wrappers.pb.h"
#include "huying/platform/v1/rules.pb.h"
#include "services/directory/bootstrap.h"
#include "services/directory/yaml_directory.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/rpc/retry.h"
#include "services/platform/runtime/admin.h"
#include "tests/support/metrics_page.h"

namespace huying::testing {
namespace {

constexpr char kAdministrator[] = "admin";
constexpr char kAdministratorPassword[] = "only-for-tests-001";

std::string SourceFile(const std::string& path) {
  return absl::StrCat(HUYING_SOURCE_DIR, "/", path);
}

// "huyingd ready listen=… metrics=127.0.0.1:1234": the value of a word.
std::string WordOf(const std::string& line, const std::string& key) {
  for (absl::string_view word : absl::StrSplit(line, ' ')) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(word, absl::MaxSplits('=', 1));
    if (pair.first == key) return pair.second;
  }
  return "";
}

[[noreturn]] void GiveUp(const std::string& what, const absl::Status& why) {
  std::cerr << "System: " << what << ": " << why << std::endl;
  std::abort();
}

}  // namespace

System::System(SystemOptions options) : options_(std::move(options)) {
  if (options_.redis) redis_ = std::make_unique<push::testing::RedisServer>();
  if (options_.redis && options_.redis_through_gate) {
    redis_gate_ = std::make_unique<TcpGate>(TcpGate::Target{.unix_socket = redis_->socket_path()},
                                            TcpGate::Framing::kRedis);
  }
  processes_.resize(options_.apart.empty() ? 1 : 2);
  for (size_t i = 0; i < processes_.size(); ++i) {
    Server& server = processes_[i];
    server.data_dir = dir_ / absl::StrCat("data", i);
    server.address = absl::StrCat("unix:", dir_ / absl::StrCat(i, ".sock"));
    server.log_file = dir_ / absl::StrCat("log", i);
    server.services = i == 0 ? options_.services : options_.apart;
    routes_.channels[server.address] = nullptr;
  }
  routes_.address_of[""] = processes_[0].address;
  for (const std::string& service : options_.apart) {
    routes_.address_of[service] = processes_[1].address;
  }
  if (options_.process_through_gate) {
    process_gate_ =
        std::make_unique<TcpGate>(TcpGate::Target{.unix_socket = processes_[0].address.substr(5)});
  }
}

System::~System() {
  clients_.clear();
  Kill();
  if (::testing::Test::HasFailure() || std::getenv("HUYING_KEEP_LOGS") != nullptr) {
    for (size_t i = 0; i < processes_.size(); ++i) {
      std::cerr << "--- log of process " << i << "\n" << LogOf(i) << std::endl;
    }
  }
}

absl::Status System::Start() {
  RETURN_IF_ERROR(WriteRules());
  RETURN_IF_ERROR(Init());
  RETURN_IF_ERROR(Boot());
  return LoadDirectory();
}

absl::Status System::WriteRules() {
  if (options_.limits.empty()) return absl::OkStatus();
  std::ifstream in(SourceFile("deploy/config/rules.textproto"));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  platform::v1::RuleTable table;
  if (!google::protobuf::TextFormat::ParseFromString(text, &table)) {
    return absl::InternalError("the rule table does not parse");
  }
  std::set<std::string> used;
  for (auto& row : *table.mutable_rows()) {
    for (const auto& [id, limit] : options_.limits) {
      if (row.id() != id && row.id().rfind(id + ".", 0) != 0) continue;
      used.insert(id);
      row.mutable_duration()->set_seconds(absl::ToInt64Seconds(limit));
      const absl::Duration rest = limit - absl::Seconds(absl::ToInt64Seconds(limit));
      row.mutable_duration()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
    }
  }
  for (const auto& [id, limit] : options_.limits) {
    if (!used.contains(id)) return absl::InternalError(absl::StrCat("no rule ", id));
  }
  std::string changed;
  google::protobuf::TextFormat::PrintToString(table, &changed);
  rules_file_ = dir_ / "rules.textproto";
  std::ofstream(rules_file_) << changed;
  return absl::OkStatus();
}

absl::Status System::Init() {
  return runtime::admin::Init({.data_dir = processes_[0].data_dir,
                               .account = kAdministrator,
                               .password = kAdministratorPassword,
                               .password_cost = auth::PasswordCost::kTest},
                              directory::MakeFirstAccount)
      .status();
}

bool System::IsApart(const std::string& service) const {
  return std::find(options_.apart.begin(), options_.apart.end(), service) != options_.apart.end();
}

std::vector<std::string> System::CommandOf(size_t index) const {
  const Server& server = processes_[index];
  std::vector<std::string> command = {
      absl::StrCat(HUYING_BIN_DIR, "/huyingd"),
      absl::StrCat("--config=", dir_ / "config.textproto"),
      absl::StrCat("--services=", absl::StrJoin(server.services, ",")),
      absl::StrCat("--data=", server.data_dir),
      absl::StrCat("--keys=", processes_[0].data_dir, "/keys"),
      absl::StrCat("--listen=", server.address),
      "--metrics=127.0.0.1:0",
  };
  if (!rules_file_.empty()) command.push_back("--rules=" + rules_file_);
  if (redis_gate_) {
    command.push_back(absl::StrCat("--redis=127.0.0.1:", redis_gate_->port()));
  } else if (redis_) {
    command.push_back("--redis=unix:" + redis_->socket_path());
  }
  if (index == 0) {
    for (const std::string& service : options_.apart) {
      command.push_back(absl::StrCat("--remote=", service, "=", processes_[1].address));
    }
  } else {
    const std::string first =
        process_gate_ ? absl::StrCat("127.0.0.1:", process_gate_->port()) : processes_[0].address;
    command.push_back("--remote=directory=" + first);
  }
  command.insert(command.end(), options_.flags.begin(), options_.flags.end());
  return command;
}

absl::Status System::StartOne(size_t index) {
  Server& server = processes_[index];
  ASSIGN_OR_RETURN(server.child, ChildProcess::Start({.command = CommandOf(index),
                                                      .log_file = server.log_file,
                                                      .only_core = options_.only_core,
                                                      .environment = options_.environment}));
  return absl::OkStatus();
}

void System::BootUnwatched() {
  for (size_t i = 0; i < processes_.size(); ++i) {
    const absl::Status started = StartOne(i);
    if (!started.ok()) GiveUp("a process does not start", started);
  }
}

absl::Status System::Boot(size_t index) {
  Server& server = processes_[index];
  RETURN_IF_ERROR(StartOne(index));
  ASSIGN_OR_RETURN(const std::string line, server.child->WaitForLine("huyingd ready", kStartLimit));
  server.metrics = WordOf(line, "metrics");
  return absl::OkStatus();
}

absl::Status System::Boot() {
  std::ofstream(dir_ / "config.textproto") << "password_cost: TEST\n" << options_.config;
  for (size_t i = 0; i < processes_.size(); ++i) RETURN_IF_ERROR(Boot(i));
  if (routes_.connection == nullptr) Connect();
  for (auto& [address, channel] : routes_.channels) {
    if (!channel->WaitUntilConnected(kStartLimit)) {
      return absl::UnavailableError("no connection to " + address);
    }
  }
  return absl::OkStatus();
}

void System::Connect() {
  for (auto& [address, channel] : routes_.channels) {
    auto opened = rpc::Channel::Open({.target = address});
    if (!opened.ok()) GiveUp(address, opened.status());
    channel = *std::move(opened);
  }
  std::map<std::string, std::string> elsewhere = routes_.address_of;
  elsewhere.erase("");
  auto connection =
      client::Connection::Open({.server = processes_[0].address, .elsewhere = elsewhere});
  if (!connection.ok()) GiveUp("connection", connection.status());
  routes_.connection = *std::move(connection);
}

void System::Kill() {
  for (Server& server : processes_) {
    if (server.child) server.child->Kill();
  }
}

absl::Status System::Stop() {
  for (auto server = processes_.rbegin(); server != processes_.rend(); ++server) {
    ASSIGN_OR_RETURN(const int code, server->child->Terminate(kStartLimit));
    if (code != 0) {
      return absl::InternalError(absl::StrCat("exit code ", code, "\n", TailOf(server->log_file)));
    }
  }
  return absl::OkStatus();
}

// Yesterday's shifts still run at night, tomorrow's begin while a test runs.
absl::Status System::LoadDirectory() {
  const absl::TimeZone beijing = absl::FixedTimeZone(8 * 60 * 60);
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), beijing);
  ASSIGN_OR_RETURN(directory_,
                   directory::LoadDirectoryYaml(SourceFile("deploy/config/xingshan/directory.yaml"),
                                                {.from = today - 1, .days = options_.roster_days}));
  directory::v1::ImportDirectoryRequest request;
  *request.mutable_directory() = directory_;
  RETURN_IF_ERROR(Administrator().Call("directory.ImportDirectory", request).status());
  // A grave right takes two persons, so the administrator must be one.
  directory::v1::PutPersonRequest person;
  person.mutable_person()->set_name("people/administrator");
  person.mutable_person()->set_display_name("（虚构）管理员");
  person.mutable_person()->set_unit(directory_.units(0).name());
  RETURN_IF_ERROR(Administrator().Call("directory.PutPerson", person).status());
  directory::v1::PutAccountRequest bound;
  bound.mutable_account()->set_name(absl::StrCat("accounts/", kAdministrator));
  bound.mutable_account()->set_person(person.person().name());
  RETURN_IF_ERROR(Administrator().Call("directory.PutAccount", bound).status());
  clients_.erase("admin");  // the token of before names no person
  return absl::OkStatus();
}

absl::Status System::Confirm(const common::v1::Receipt& proposed) {
  directory::v1::ConfirmGrantRequest request;
  request.set_name(proposed.name());
  return As("posts/report-signer").Call("directory.ConfirmGrant", request).status();
}

absl::StatusOr<directory::v1::TokenResponse> System::SignIn(const std::string& account,
                                                            const std::string& password,
                                                            const std::string& post) {
  directory::v1::SignInRequest request;
  request.set_account(account);
  request.set_password(password);
  request.set_post(post);
  directory::v1::TokenResponse response;
  RETURN_IF_ERROR(
      routes_.connection->Call(FullMethod("directory.SignIn"), "", request, &response, kCallLimit));
  return response;
}

Client& System::Administrator() {
  std::unique_ptr<Client>& client = clients_["admin"];
  if (client == nullptr) {
    auto token = SignIn(kAdministrator, kAdministratorPassword, "");
    if (!token.ok()) GiveUp("the administrator does not get in", token.status());
    client = std::make_unique<Client>(routes_, token->token(), token->actor());
  }
  return *client;
}

absl::StatusOr<const directory::v1::Account*> System::AccountFor(const std::string& post) {
  directory::v1::WhoHoldsRequest request;
  request.add_posts(post);
  ASSIGN_OR_RETURN(auto held, Administrator().Call<directory::v1::WhoHoldsResponse>(
                                  "directory.WhoHolds", request));
  const std::string person = held.holders_size() > 0 ? held.holders(0).person() : "";
  const directory::v1::Account* found = nullptr;
  for (const auto& account : directory_.accounts()) {
    const auto& posts = account.posts();
    if (std::find(posts.begin(), posts.end(), post) == posts.end()) continue;
    if (found == nullptr || account.person() == person) found = &account;
  }
  if (found == nullptr) return base::NotFound(post);
  if (has_password_[found->name()]) return found;
  directory::v1::PutAccountRequest put;
  *put.mutable_account() = *found;
  put.set_password(kAccountPassword);
  RETURN_IF_ERROR(Administrator().Call("directory.PutAccount", put).status());
  has_password_[found->name()] = true;
  return found;
}

absl::StatusOr<std::unique_ptr<Client>> System::SignInAgain(const std::string& post) {
  ASSIGN_OR_RETURN(const directory::v1::Account* account, AccountFor(post));
  ASSIGN_OR_RETURN(auto token, SignIn(account->name(), kAccountPassword, post));
  return std::make_unique<Client>(routes_, token.token(), token.actor());
}

Client& System::As(const std::string& post) {
  std::unique_ptr<Client>& client = clients_[post];
  if (client == nullptr) {
    auto signed_in = SignInAgain(post);
    if (!signed_in.ok()) GiveUp(post + " does not get in", signed_in.status());
    client = *std::move(signed_in);
  }
  return *client;
}

std::unique_ptr<Client> System::WithToken(const std::string& token) {
  return std::make_unique<Client>(routes_, token, common::v1::Actor());
}

std::string System::LedgerFile(const std::string& service, const std::string& realm) const {
  const Server& server = processes_[IsApart(service) ? 1 : 0];
  return absl::StrCat(server.data_dir, "/realms/", realm, "/", service, ".db");
}

absl::StatusOr<double> System::Metric(const std::string& name, const std::string& label,
                                      size_t index) const {
  ASSIGN_OR_RETURN(const std::string page, FetchMetrics(processes_[index].metrics));
  return SumOf(page, name, label);
}

// The messages of the health service have one field each; well-known ones of the same shape do.
bool System::Serving(const std::string& part, size_t index) {
  constexpr int kServing = 1;
  google::protobuf::StringValue request;
  request.set_value(part);
  google::protobuf::Int32Value response;
  const absl::Status asked =
      routes_.channels.at(processes_[index].address)
          ->Call("grpc.health.v1.Health/Check", "", absl::Now() + kCallLimit, request, &response);
  EXPECT_TRUE(asked.ok()) << part << ": " << asked;
  return asked.ok() && response.value() == kServing;
}

std::vector<std::string> System::Findings() const {
  std::vector<std::string> findings;
  for (const Server& server : processes_) {
    // The second process's folder holds no public key of its own.
    std::ifstream key(processes_[0].data_dir + "/ledger_sign.pub");
    std::string hex;
    key >> hex;
    auto result = runtime::admin::Verify(
        {.data_dir = server.data_dir, .public_key = absl::HexStringToBytes(hex)});
    if (!result.ok()) {
      findings.push_back(result.status().ToString());
      continue;
    }
    findings.insert(findings.end(), result->findings.begin(), result->findings.end());
    for (const auto& ledger : result->ledgers) {
      for (const std::string& finding : ledger.findings) {
        findings.push_back(absl::StrCat(ledger.realm, "/", ledger.service, ": ", finding));
      }
    }
  }
  return findings;
}

}  // namespace huying::testing
