// SPDX-License-Identifier: Apache-2.0
#include "services/platform/obs/access_log.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/rotating_file_sink.h"
#include "spdlog/spdlog.h"

namespace huying::obs {
namespace {

bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

// Callers choose some of these bytes (a method's name): what would break the line or its encoding
// is escaped, so that a line stays a line.
void AppendEscaped(std::string& out, std::string_view text) {
  // Most of what is logged needs nothing done to it.
  const auto* const special = std::find_if_not(text.begin(), text.end(), IsPlain);
  out.append(text.begin(), special);
  if (special == text.end()) return;
  const bool utf8 = base::IsUtf8(text);
  for (const auto* at = special; at != text.end(); ++at) {
    const auto byte = static_cast<unsigned char>(*at);
    if (*at == '"' || *at == '\\') {
      out.push_back('\\');
      out.push_back(*at);
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
      absl::StrAppend(&out, absl::StrFormat("\\u%04x", byte));
    } else {
      out.push_back(*at);
    }
  }
}

// "2026-03-01T02:03:04.": the same for all lines of a second, and slow to make.
const std::string& SecondOf(absl::Time time) {
  thread_local int64_t kept = -1;
  thread_local std::string text;
  const int64_t second = absl::ToUnixSeconds(time);
  if (second != kept) {
    kept = second;
    text = absl::FormatTime("%Y-%m-%dT%H:%M:%S.", time, absl::UTCTimeZone());
  }
  return text;
}

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  absl::StrAppend(&out, ",\"", base::Abs(name), "\":\"");
  AppendEscaped(out, value);
  out.push_back('"');
}

}  // namespace

std::string ToJsonLine(const AccessRecord& record) {
  std::string line;
  line.reserve(384);
  const int64_t ms = absl::ToUnixMillis(record.time);
  const int64_t of_second = ms - absl::ToUnixSeconds(record.time) * 1000;
  absl::StrAppend(&line, "{\"time\":\"", SecondOf(record.time),
                  absl::Dec(of_second, absl::kZeroPad3), "Z\"");
  AppendField(line, "method", record.method);
  AppendField(line, "code", record.code);
  AppendField(line, "reason", record.reason);
  AppendField(line, "rule_id", record.rule_id);
  AppendField(line, "principal", record.principal);
  AppendField(line, "post", record.post);
  AppendField(line, "acting_for", record.acting_for);
  AppendField(line, "realm", record.realm);
  AppendField(line, "request_id", record.request_id);
  AppendField(line, "peer", record.peer);
  AppendField(line, "incident", record.incident);
  if (record.denied) AppendField(line, "audit", "denied");
  const int64_t us = std::max<int64_t>(0, absl::ToInt64Microseconds(record.took));
  absl::StrAppend(&line, ",\"ms\":", us / 1000, ".", absl::Dec(us % 1000, absl::kZeroPad3), "}");
  return line;
}

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(const std::string& path,
                                                           size_t max_bytes, size_t keep) {
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, max_bytes, keep);
    return std::make_unique<AccessLog>(std::make_shared<spdlog::logger>("access", std::move(sink)));
  } catch (const std::exception& error) {
    spdlog::error("access log {}: {}", path, error.what());
    return base::Unavailable(base::Reason::STORAGE_UNAVAILABLE,
                             absl::StrCat("访问日志文件打不开:", path),
                             absl::StrCat("the access log cannot be opened: ", path))
        .Next("检查目录是否存在、是否可写", "check that the folder exists and can be written");
  }
}

AccessLog::AccessLog(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {
  logger_->set_pattern("%v");
  logger_->flush_on(spdlog::level::warn);
}
AccessLog::~AccessLog() { logger_->flush(); }

void AccessLog::Write(const AccessRecord& record) {
  logger_->log(record.denied ? spdlog::level::warn : spdlog::level::info, ToJsonLine(record));
  const int64_t now = absl::ToUnixSeconds(record.time);
  if (flushed_unix_s_.exchange(now) != now) logger_->flush();
}
void AccessLog::Flush() { logger_->flush(); }

}  // namespace huying::obs
