// SPDX-License-Identifier: Apache-2.0
#include "services/platform/config/config.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "services/platform/base/strings.h"

namespace huying::config {
namespace {
using base::Problem;
using base::Reason;
using platform::v1::ServerConfig;

// Keeps the first error of a parse: those after it often only follow from it.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!text_.empty()) return;
    text_ = line < 0 ? message : absl::StrCat(line + 1, ":", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

template <typename Message, typename Value>
void Default(Message& message, Value (Message::*get)() const, void (Message::*set)(Value),
             Value value) {
  if ((message.*get)() == 0) (message.*set)(value);
}

// Collects problems of one configuration.
class Checker {
 public:
  explicit Checker(const ServerConfig& config) : config_(config) {}

  void Add(std::string_view field, std::string_view zh, std::string_view en) {
    Problem problem;
    problem.set_reason(Reason::FIELD_INVALID);
    problem.set_field(std::string(field));
    problem.set_message(std::string(zh));
    problem.set_message_en(std::string(en));
    problems_.push_back(std::move(problem));
  }
  void Range(std::string_view field, int64_t value, int64_t min, int64_t max) {
    if (value >= min && value <= max) return;
    Add(field, absl::StrCat("应在 ", min, " 与 ", max, " 之间"),
        absl::StrCat("must be between ", min, " and ", max, ", is ", value));
  }
  void Address(std::string_view field, std::string_view address, bool may_be_empty) {
    if (address.empty()) {
      if (!may_be_empty) Add(field, "缺少地址", "is missing");
      return;
    }
    if (address.rfind("unix:", 0) == 0) {
      // sun_path of the kernel holds 108 bytes.
      if (address.size() > 5 + 107)
        Add(field, "unix 套接字路径过长", "the socket path is too long");
      return;
    }
    const size_t colon = address.rfind(':');
    int port = -1;
    if (colon == std::string_view::npos || colon == 0 ||
        !absl::SimpleAtoi(base::Abs(address.substr(colon + 1)), &port) || port < 0 ||
        port > 65535) {
      Add(field, "格式应为 主机:端口 或 unix:/路径", "must be host:port or unix:/path");
    }
  }

  void Network();
  void Services(absl::Span<const std::string> known);
  void Numbers();
  std::vector<Problem> Take() { return std::move(problems_); }

 private:
  const ServerConfig& config_;
  std::vector<Problem> problems_;
};

void Checker::Network() {
  if (config_.data_dir().empty()) {
    Add("data_dir", "缺少数据目录，请用 --data 指定", "the data folder is missing: pass --data");
  }
  Address("listen", config_.listen(), false);
  Address("redis", config_.redis(), true);
  Address("metrics", config_.metrics(), true);
  if (!config_.metrics().empty() && !IsLoopback(config_.metrics())) {
    Add("metrics", "指标只允许在本机地址提供", "metrics are served on loopback only");
  }
  const auto& tls = config_.tls();
  if (tls.certificate().empty() != tls.private_key().empty()) {
    Add("tls", "证书与私钥必须同时配置", "certificate and private_key go together");
  }
  if (!tls.client_ca().empty() && tls.certificate().empty()) {
    Add("tls.client_ca", "没有服务器证书，不能要求客户端证书", "needs certificate and private_key");
  }
  if (tls.certificate().empty() && !IsLoopback(config_.listen())) {
    Add("listen", "没有证书时只能监听本机地址；对外服务请配置 tls",
        "without certificates only loopback is allowed: configure tls");
  }
  if (config_.password_cost() == ServerConfig::TEST && !IsLoopback(config_.listen())) {
    Add("password_cost", "TEST 只能用于本机监听", "TEST is for loopback only");
  }
}

void Checker::Services(absl::Span<const std::string> known) {
  std::set<std::string> here;
  for (int i = 0; i < config_.services_size(); ++i) {
    const std::string& name = config_.services(i);
    const std::string field = absl::StrCat("services[", i, "]");
    if (!here.insert(name).second) Add(field, "重复", absl::StrCat(name, " is named twice"));
    if (name == kAllServices) continue;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      Add(field, absl::StrCat("没有名为 ", name, " 的服务"),
          absl::StrCat("there is no service ", name, "; see --list_services"));
    }
  }
  std::set<std::string> remote;
  for (int i = 0; i < config_.remote_size(); ++i) {
    const auto& entry = config_.remote(i);
    const std::string field = absl::StrCat("remote[", i, "]");
    Address(absl::StrCat(field, ".address"), entry.address(), false);
    if (std::find(known.begin(), known.end(), entry.service()) == known.end()) {
      Add(absl::StrCat(field, ".service"), absl::StrCat("没有名为 ", entry.service(), " 的服务"),
          absl::StrCat("there is no service '", entry.service(), "'"));
    }
    if (here.contains(entry.service()) || here.contains(kAllServices)) {
      Add(absl::StrCat(field, ".service"), "该服务已在本进程运行",
          absl::StrCat(entry.service(),
                       " runs in this process: name the services of this process"));
    }
    if (!remote.insert(entry.service()).second) {
      Add(absl::StrCat(field, ".service"), "重复",
          absl::StrCat(entry.service(), " is named twice"));
    }
    if (entry.ca().empty() && !IsLoopback(entry.address())) {
      Add(absl::StrCat(field, ".ca"), "跨机连接必须配置 CA 证书", "another machine needs a CA");
    }
  }
}

void Checker::Numbers() {
  const auto& limits = config_.limits();
  Range("limits.calls_waiting_max", limits.calls_waiting_max(), 1, 100'000);
  Range("limits.streams_max", limits.streams_max(), 1, 1'000'000);
  Range("limits.message_bytes_max", limits.message_bytes_max(), 64 * 1024, 64 * 1024 * 1024);
  Range("limits.realms_open_max", limits.realms_open_max(), 1, 1000);
  Range("limits.stop_within_ms", limits.stop_within_ms(), 100, 600'000);
  Range("limits.disk_low_mb", limits.disk_low_mb(), 1, int64_t{1} << 40);
  Range("limits.disk_critical_mb", limits.disk_critical_mb(), 1, limits.disk_low_mb());
  Range("outage.min_seconds", config_.outage().min_seconds(), 1, 86'400);
  Range("outage.restart_grace_seconds", config_.outage().restart_grace_seconds(), 1, 3'600);
  Range("backup_age_max_hours", config_.backup_age_max_hours(), 1, 24 * 365);
  static const std::set<std::string> levels = {"trace", "debug", "info", "warn", "error"};
  if (!levels.contains(config_.log().level())) {
    Add("log.level", "应为 trace、debug、info、warn、error 之一",
        absl::StrCat("'", config_.log().level(), "' is not a log level"));
  }
}
}  // namespace

absl::StatusOr<ServerConfig> Parse(std::string_view text, std::string_view source) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  ServerConfig config;
  if (!parser.ParseFromString(std::string(text), &config)) {
    return base::Invalid(Reason::MALFORMED_REQUEST,
                         absl::StrCat("配置文件有误 ", base::Abs(source), ":", error.text()),
                         absl::StrCat(base::Abs(source), ":", error.text()))
        .Next("字段说明见 proto/huying/platform/v1/config.proto",
              "the fields are described in proto/huying/platform/v1/config.proto");
  }
  return config;
}

absl::StatusOr<ServerConfig> ReadFile(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    return base::Invalid(Reason::FIELD_INVALID, absl::StrCat("无法读取配置文件 ", path),
                         absl::StrCat("cannot read the configuration file ", path))
        .Field("config");
  }
  std::stringstream text;
  text << in.rdbuf();
  return Parse(text.str(), path);
}

void FillDefaults(ServerConfig& config) {
  if (config.listen().empty()) config.set_listen(kListenDefault);
  if (config.services().empty()) config.add_services(kAllServices);
  if (config.keys_dir().empty() && !config.data_dir().empty()) {
    config.set_keys_dir(config.data_dir() + "/keys");
  }
  using Limits = ServerConfig::Limits;
  Limits& limits = *config.mutable_limits();
  Default(limits, &Limits::calls_waiting_max, &Limits::set_calls_waiting_max, kCallsWaitingDefault);
  Default(limits, &Limits::streams_max, &Limits::set_streams_max, kStreamsDefault);
  Default(limits, &Limits::message_bytes_max, &Limits::set_message_bytes_max, kMessageBytesDefault);
  Default(limits, &Limits::realms_open_max, &Limits::set_realms_open_max, kRealmsOpenDefault);
  Default(limits, &Limits::stop_within_ms, &Limits::set_stop_within_ms, kStopWithinMsDefault);
  if (limits.disk_low_mb() == 0) limits.set_disk_low_mb(kDiskLowMbDefault);
  if (limits.disk_critical_mb() == 0) limits.set_disk_critical_mb(kDiskCriticalMbDefault);
  if (config.outage().min_seconds() == 0) {
    config.mutable_outage()->set_min_seconds(kOutageSecondsDefault);
  }
  if (config.outage().restart_grace_seconds() == 0) {
    config.mutable_outage()->set_restart_grace_seconds(kRestartGraceSecondsDefault);
  }
  if (config.log().level().empty()) config.mutable_log()->set_level("info");
  if (config.log().access_file().empty() && !config.data_dir().empty()) {
    config.mutable_log()->set_access_file(config.data_dir() + "/log/access.jsonl");
  }
  if (config.backup_age_max_hours() == 0) config.set_backup_age_max_hours(kBackupAgeHoursDefault);
  if (config.password_cost() == ServerConfig::PASSWORD_COST_UNSPECIFIED) {
    config.set_password_cost(ServerConfig::MODERATE);
  }
}

std::vector<Problem> Validate(const ServerConfig& config,
                              absl::Span<const std::string> known_services) {
  Checker checker(config);
  checker.Network();
  checker.Services(known_services);
  checker.Numbers();
  return checker.Take();
}

bool IsLoopback(std::string_view address) {
  if (address.rfind("unix:", 0) == 0) return true;
  const std::string_view host = address.substr(0, address.rfind(':'));
  // "127.example.org" is a name, not an address.
  const bool digits = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (digits && host.rfind("127.", 0) == 0);
}

std::string Print(const ServerConfig& config) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(config, &text);
  return absl::StrCat("# proto-file: huying/platform/v1/config.proto\n",
                      "# proto-message: ServerConfig\n", text);
}

}  // namespace huying::config
