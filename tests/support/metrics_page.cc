// SPDX-License-Identifier: Apache-2.0
#include "tests/support/metrics_page.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/strings.h"

namespace huying::testing {

absl::StatusOr<std::string> FetchMetrics(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError("no metrics at '" + address + "'");
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string ask = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0 &&
      send(fd, ask.data(), ask.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(ask.size())) {
    char buffer[16384];
    for (ssize_t got; (got = recv(fd, buffer, sizeof(buffer), 0)) > 0;) {
      answer.append(buffer, static_cast<size_t>(got));
    }
  }
  close(fd);
  if (answer.rfind("HTTP/1.1 200", 0) != 0) {
    return absl::UnavailableError("no metrics page: " + answer.substr(0, 100));
  }
  return answer;
}

double SumOf(std::string_view page, std::string_view name, std::string_view label) {
  double sum = 0;
  for (absl::string_view line : absl::StrSplit(base::Abs(page), '\n')) {
    const std::string_view text = base::Std(line);
    if (text.rfind(name, 0) != 0) continue;
    const char next = text.size() > name.size() ? text[name.size()] : ' ';
    if ((next != '{' && next != ' ') || text.find(label) == std::string_view::npos) continue;
    const size_t space = text.rfind(' ');
    double value = 0;
    if (absl::SimpleAtod(base::Abs(text.substr(space + 1)), &value)) sum += value;
  }
  return sum;
}

}  // namespace huying::testing
