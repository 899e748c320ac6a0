// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/say.h"
#include "clients/cli/session.h"

// The engine of `huying`: most commands are one call, described as data.
//
//   cli.AddCall(group, {.name = "take-over", .zh = "接手核实", .en = "take over to verify",
//                       .method = "huying.incident.v1.IncidentService/TakeOver",
//                       .fields = {{"name", "name", "事件编号", "incident", kRequired}},
//                       .example = "incident take-over incidents/2026-0001"});
//
// A new RPC is one row. What is more than a call has a function of its own in commands/.
namespace huying::cli {

// Exit codes, also in --help.
enum ExitCode {
  kOk = 0,
  kUsage = 1,
  kRefused = 2,      // the server's answer was no; it says what to do
  kUnreachable = 3,  // no answer; nothing is known to have happened
  kSignIn = 4,       // sign in first, or again
  kUnexpected = 5,   // it ran, and the result is not as expected (a missed limit, a finding)
};
ExitCode ExitCodeOf(const absl::Status& status);

inline constexpr bool kRequired = true;

struct Field {
  std::string flag;  // "--title", or "name" for a positional
  std::string path;  // in the request
  std::string zh;
  std::string en;
  bool required = false;
  // What the flag stands for by itself: "--by-phone" for "PHONE". A boolean field's is "true".
  std::string word = {};
  std::string needs = {};  // another flag, without which this one means nothing
};
struct Column {
  std::string zh;
  std::string en;
  std::string path;  // in each item
};
struct CallSpec {
  std::string name;
  std::string zh;
  std::string en;
  std::string method;
  std::vector<Field> fields;
  std::string list;             // repeated field of the answer to show as a table
  std::vector<Column> columns;  // of that table
  std::string example;          // without "huying"; a test parses each
  // What a person is shown of the answer, instead of its fields or a table of them.
  std::function<std::string(const Say&, const google::protobuf::Message&)> show = nullptr;
  // What no flag says by itself: run on the request just before the call.
  std::function<absl::Status(google::protobuf::Message&)> complete = nullptr;
};

struct CliOptions {
  Language language = Language::kChinese;
  // For tests: commands are understood and not run; the clock by which tokens expire.
  bool parse_only = false;
  const base::Clock* clock = nullptr;
};

class Cli {
 public:
  Cli(CLI::App& app, CliOptions options);

  CLI::App* AddGroup(std::string_view name, std::string_view zh, std::string_view en);
  CLI::App* AddCall(CLI::App* group, CallSpec spec);
  // A command with code of its own; `run` returns the exit code. `example` as in CallSpec.
  CLI::App* AddCommand(CLI::App* group, std::string_view name, std::string_view zh,
                       std::string_view en, std::string_view example, std::function<int()> run);

  const Say& say() const { return say_; }
  bool json() const { return output_ == "json"; }
  // Opened at first use, with the global options.
  Session& session();
  // A stored or given server without a session: for commands that need none.
  const SessionOptions& options() const { return options_; }

  // Prints what is wrong and what to do (stderr) and gives the exit code.
  int Fail(const absl::Status& status) const;
  void Print(const google::protobuf::Message& message) const;
  // JSON on one line, for streams.
  void PrintLine(const google::protobuf::Message& message) const;
  // What a command did: `facts` with --output json, else `text`.
  void Tell(const nlohmann::json& facts, const std::string& text) const;
  void PrintTable(const google::protobuf::Message& response, const std::string& list,
                  const std::vector<Column>& columns) const;

  int exit_code() const { return exit_code_; }

  // Every call there is, for tests.
  const std::vector<std::shared_ptr<CallSpec>>& calls() const { return calls_; }

 private:
  void AddField(CLI::App* command, const Field& field,
                const std::shared_ptr<google::protobuf::Message>& request);
  int RunCall(const CallSpec& spec, google::protobuf::Message& request);

  CLI::App& app_;
  const bool parse_only_;
  Say say_;
  SessionOptions options_;
  std::string output_ = "table";
  std::string language_;
  std::unique_ptr<Session> session_;
  std::vector<std::shared_ptr<CallSpec>> calls_;
  int exit_code_ = 0;
};

}  // namespace huying::cli
