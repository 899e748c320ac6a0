// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/obs/access_log.h"
#include "services/platform/obs/exposer.h"
#include "services/platform/obs/metrics.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/ostream_sink.h"

namespace huying::obs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string HttpGet(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
    if (write(fd, request.data(), request.size()) > 0) {
      char buffer[4096];
      for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
    }
  }
  close(fd);
  return answer;
}

TEST(MetricsTest, TheSameNameAndLabelsGiveTheSameSeries) {
  Metrics metrics;
  metrics.GetCounter("calls_total", "Calls", {{"code", "OK"}}).Add();
  metrics.GetCounter("calls_total", "other words", {{"code", "OK"}}).Add(2);
  EXPECT_EQ(metrics.GetCounter("calls_total", "Calls", {{"code", "OK"}}).Value(), 3);
  EXPECT_EQ(metrics.GetCounter("calls_total", "Calls", {{"code", "ABORTED"}}).Value(), 0);
}

TEST(MetricsTest, TheTextHoldsEveryKind) {
  Metrics metrics;
  metrics.GetCounter("a_total", "A").Add();
  metrics.GetGauge("b", "B").Set(7);
  metrics.GetHistogram("c_seconds", "C", LatencyBoundsSeconds()).Observe(0.003);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("a_total 1"));
  EXPECT_THAT(text, HasSubstr("b 7"));
  EXPECT_THAT(text, HasSubstr("c_seconds_bucket{le=\"0.005\"} 1"));
  EXPECT_THAT(text, HasSubstr("c_seconds_bucket{le=\"0.0025\"} 0"));
}

TEST(MetricsTest, AMisusedNameCountsNowhereInsteadOfStoppingTheServer) {
  Metrics metrics;
  metrics.GetCounter("twice", "as a counter").Add();
  Gauge gauge = metrics.GetGauge("twice", "as a gauge");
  gauge.Set(1);
  EXPECT_EQ(gauge.Value(), 0);
}

TEST(MetricsTest, ADefaultHandleMayBeUsedAndCountsNothing) {
  Counter counter;
  counter.Add();
  EXPECT_EQ(counter.Value(), 0);
}

TEST(ExposerTest, ServesTheTextOnAFreePort) {
  Metrics metrics;
  metrics.GetCounter("a_total", "A").Add();
  auto exposer = Exposer::Start(metrics, "127.0.0.1:0");
  ASSERT_TRUE(exposer.ok()) << exposer.status();
  EXPECT_THAT(HttpGet((*exposer)->port(), "/metrics"), HasSubstr("a_total 1"));
}

TEST(ExposerTest, ATakenPortIsAnErrorThatSaysWhatToDo) {
  Metrics metrics;
  auto first = Exposer::Start(metrics, "127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  auto second = Exposer::Start(metrics, "127.0.0.1:" + std::to_string((*first)->port()));
  ASSERT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(base::ProblemOf(second.status()).next_step_en(), HasSubstr("another port"));
}

TEST(AccessLogTest, ALineIsJsonWithTheKnownFieldsOnly) {
  const std::string line = ToJsonLine({.time = absl::FromUnixSeconds(0),
                                       .method = "a.B/C",
                                       .code = "OK",
                                       .principal = "accounts/zhang",
                                       .realm = "live",
                                       .request_id = "r-1",
                                       .took = absl::Milliseconds(2)});
  EXPECT_EQ(line, R"({"time":"1970-01-01T00:00:00.000Z","method":"a.B/C","code":"OK",)"
                  R"("principal":"accounts/zhang","realm":"live","request_id":"r-1","ms":2.000})");
}

TEST(AccessLogTest, WhatACallerChoosesCannotForgeALine) {
  const std::string line = ToJsonLine({.method = "a\"},\n{\"code\":\"OK", .code = "UNIMPLEMENTED"});
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_THAT(line, HasSubstr(R"(a\"},\u000a{\"code\":\"OK)"));
}

TEST(AccessLogTest, ADenialIsMarkedForAudit) {
  std::ostringstream out;
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
  AccessLog log(std::make_shared<spdlog::logger>("test", sink));
  log.Write({.method = "a.B/C", .code = "PERMISSION_DENIED", .denied = true});
  EXPECT_THAT(out.str(), HasSubstr(R"("audit":"denied")"));
}

}  // namespace
}  // namespace huying::obs
