// SPDX-License-Identifier: Apache-2.0
#include "services/platform/config/config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace huying::config {
namespace {
using platform::v1::ServerConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> kKnown = {"directory", "alert"};

ServerConfig Good() {
  ServerConfig config;
  config.set_data_dir("/tmp/huying");
  FillDefaults(config);
  return config;
}

std::vector<std::string> FieldsWrong(const ServerConfig& config) {
  std::vector<std::string> fields;
  for (const auto& problem : Validate(config, kKnown)) {
    EXPECT_FALSE(problem.message().empty() || problem.message_en().empty());
    fields.push_back(problem.field());
  }
  return fields;
}

TEST(ConfigTest, ADataFolderIsAllThatIsNeeded) {
  const ServerConfig config = Good();
  EXPECT_THAT(FieldsWrong(config), IsEmpty());
  EXPECT_EQ(config.listen(), "127.0.0.1:7400");
  EXPECT_EQ(config.keys_dir(), "/tmp/huying/keys");
  EXPECT_EQ(config.redis(), "");  // Redis is optional
  EXPECT_THAT(FieldsWrong(ServerConfig()), ::testing::Contains("data_dir"));
}

TEST(ConfigTest, AnErrorNamesFileLineAndColumn) {
  const auto status = Parse("data_dir: \"/x\"\nlisten: 5\n", "huyingd.textproto").status();
  EXPECT_THAT(base::ProblemOf(status).message_en(), HasSubstr("huyingd.textproto:2:"));
  const auto unknown = Parse("data_dir: \"/x\"\n\n  colour: 1\n", "f").status();
  EXPECT_THAT(base::ProblemOf(unknown).message_en(), HasSubstr("f:3:"));
  EXPECT_FALSE(ReadFile("/nowhere/huyingd.textproto").ok());
}

TEST(ConfigTest, WhatIsPrintedIsReadBackTheSame) {
  const ServerConfig config = Good();
  auto again = Parse(Print(config), "printed");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), config.SerializeAsString());
}

TEST(ConfigTest, WithoutCertificatesOnlyLoopbackIsAllowed) {
  ServerConfig config = Good();
  for (const char* address : {"0.0.0.0:7400", "10.1.2.3:7400", "127.example.org:7400", "[::]:1"}) {
    config.set_listen(address);
    EXPECT_THAT(FieldsWrong(config), ElementsAre("listen")) << address;
  }
  for (const char* address : {"127.0.0.1:0", "localhost:1", "[::1]:1", "unix:/run/h.sock"}) {
    config.set_listen(address);
    EXPECT_THAT(FieldsWrong(config), IsEmpty()) << address;
  }
  config.set_listen("0.0.0.0:7400");
  config.mutable_tls()->set_certificate("c.pem");
  EXPECT_THAT(FieldsWrong(config), ElementsAre("tls"));
  config.mutable_tls()->set_private_key("k.pem");
  EXPECT_THAT(FieldsWrong(config), IsEmpty());
  config.set_password_cost(ServerConfig::TEST);
  EXPECT_THAT(FieldsWrong(config), ElementsAre("password_cost"));
}

TEST(ConfigTest, EveryWrongFieldIsNamedAtOnce) {
  ServerConfig config = Good();
  config.set_metrics("0.0.0.0:1");
  config.set_redis("nonsense");
  config.mutable_limits()->set_streams_max(-1);
  config.mutable_limits()->set_disk_critical_mb(4096);
  config.mutable_log()->set_level("loud");
  EXPECT_THAT(FieldsWrong(config), ElementsAre("redis", "metrics", "limits.streams_max",
                                               "limits.disk_critical_mb", "log.level"));
}

TEST(ConfigTest, ServicesAreKnownNamedOnceAndNotBothHereAndElsewhere) {
  ServerConfig config = Good();
  config.clear_services();
  config.add_services("alert");
  config.add_services("alert");
  config.add_services("weather");
  EXPECT_THAT(FieldsWrong(config), ElementsAre("services[1]", "services[2]"));

  config = Good();
  config.clear_services();
  config.add_services("alert");
  auto& remote = *config.add_remote();
  remote.set_service("directory");
  remote.set_address("127.0.0.1:8770");
  EXPECT_THAT(FieldsWrong(config), IsEmpty());
  remote.set_address("10.0.0.1:8770");
  EXPECT_THAT(FieldsWrong(config), ElementsAre("remote[0].ca"));
  remote.set_ca("ca.pem");
  config.add_services("directory");
  EXPECT_THAT(FieldsWrong(config), ElementsAre("remote[0].service"));
}

}  // namespace
}  // namespace huying::config
