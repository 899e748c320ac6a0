// SPDX-License-Identifier: Apache-2.0
#include "services/huyingd/flags.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/status.h"
#include "services/platform/config/config.h"

namespace huying::huyingd {
namespace {
using platform::v1::ServerConfig;

struct Values {
  std::string config_file, services, data, listen, redis, metrics, keys, log_level, rules;
  std::vector<std::string> remotes;
  bool list = false, check = false, print = false;
};

void AddFlags(CLI::App& app, Values& v) {
  app.add_option("--config", v.config_file, "配置文件 (textproto); configuration file");
  app.add_option("--services", v.services, "all, or names: --services=directory,alert");
  app.add_option("--data", v.data, "数据目录; data folder");
  app.add_option("--listen", v.listen, "host:port or unix:/path");
  app.add_option("--redis", v.redis, "host:port or unix:/path; none = live events come later");
  app.add_option("--metrics", v.metrics, "Prometheus metrics, host:port on loopback");
  app.add_option("--keys", v.keys, "密钥目录; keys of the installation, default <data>/keys");
  app.add_option("--rules", v.rules, "规则表; rule table as textproto");
  app.add_option("--remote", v.remotes, "service=host:port of a service in another process");
  app.add_option("--log_level", v.log_level, "trace | debug | info | warn | error");
  app.add_flag("--list_services", v.list, "列出服务及其依赖; list services and exit");
  app.add_flag("--check_config,--verify_config", v.check, "检查配置; check and exit");
  app.add_flag("--print_config", v.print, "打印生效的配置; print what is in force and exit");
}

absl::Status AddRemotes(const std::vector<std::string>& remotes, ServerConfig& config) {
  for (const std::string& text : remotes) {
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (parts.size() != 2 || parts[0].empty() || parts[1].empty()) {
      return base::Invalid(base::Reason::FIELD_INVALID,
                           absl::StrCat("--remote 应写作 服务=地址，而不是 ", text),
                           absl::StrCat("--remote is service=address, not ", text))
          .Field("remote");
    }
    auto& remote = *config.add_remote();
    remote.set_service(parts[0]);
    remote.set_address(parts[1]);
  }
  return absl::OkStatus();
}

absl::StatusOr<ServerConfig> ConfigOf(const Values& v) {
  ServerConfig config;
  if (!v.config_file.empty()) {
    ASSIGN_OR_RETURN(config, config::ReadFile(v.config_file));
  }
  if (!v.services.empty()) {
    config.clear_services();
    for (absl::string_view name : absl::StrSplit(v.services, ',', absl::SkipWhitespace())) {
      config.add_services(std::string(name));
    }
  }
  if (!v.data.empty()) config.set_data_dir(v.data);
  if (!v.listen.empty()) config.set_listen(v.listen);
  if (!v.redis.empty()) config.set_redis(v.redis == "none" ? "" : v.redis);
  if (!v.metrics.empty()) config.set_metrics(v.metrics);
  if (!v.keys.empty()) config.set_keys_dir(v.keys);
  if (!v.rules.empty()) config.set_rules_file(v.rules);
  if (!v.log_level.empty()) config.mutable_log()->set_level(v.log_level);
  RETURN_IF_ERROR(AddRemotes(v.remotes, config));
  config::FillDefaults(config);
  return config;
}
}  // namespace

absl::StatusOr<Parsed> ParseFlags(int argc, const char* const* argv) {
  CLI::App app("呼应 Huying server", "huyingd");
  app.footer(
      "例 / Example: huyingd --config=/etc/huying/huyingd.textproto\n"
      "退出码 / Exit: 0 按要求停止 stopped as asked, 1 未能启动或停止 did not start or stop, "
      "2 参数或配置有误 wrong flags or configuration");
  Values values;
  AddFlags(app, values);
  Parsed parsed;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    parsed.exit_code = code == 0 ? 0 : 2;
    return parsed;
  }
  ASSIGN_OR_RETURN(parsed.flags.config, ConfigOf(values));
  parsed.flags.list_services = values.list;
  parsed.flags.check_config = values.check;
  parsed.flags.print_config = values.print;
  return parsed;
}

}  // namespace huying::huyingd
