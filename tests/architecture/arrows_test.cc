// SPDX-License-Identifier: Apache-2.0
//
// Who may include whom. A rule that a program checks is not argued about.
#include <gtest/gtest.h>

#include <map>

#include "tests/architecture/sources.h"

namespace huying::architecture {
namespace {

// directory < plan < alert < incident < drill; calls go down only.
const std::map<std::string, int> kOrder = {
    {"directory", 1}, {"plan", 2}, {"alert", 3}, {"incident", 4}, {"drill", 5}};

std::string ServiceOf(const std::string& path) {
  if (!StartsWith(path, "services/")) return "";
  const std::string rest = path.substr(9);
  const std::string name = rest.substr(0, rest.find('/'));
  return kOrder.count(name) > 0 ? name : "";
}

TEST(Arrows, ADriverIsIncludedInItsOneFolderOnly) {
  struct Driver {
    std::string header;
    std::vector<std::string> homes;
  };
  const std::vector<Driver> drivers = {
      {"sqlite3.h", {"services/platform/sql/sqlite/"}},
      {"libpq-fe.h", {"services/platform/sql/postgres/"}},
      {"hiredis/", {"services/platform/push/redis/"}},
      {"grpcpp/", {"services/platform/rpc/"}},
      {"grpc/", {"services/platform/rpc/"}},
      {"prometheus/", {"services/platform/obs/"}},
  };
  for (const std::string folder : {"services", "clients"}) {
    for (const Source& source : Cpp(folder)) {
      for (const std::string& include : source.includes) {
        for (const Driver& driver : drivers) {
          if (!StartsWith(include, driver.header) || Contains(include, ".pb.h")) continue;
          bool home = source.is_test;
          for (const std::string& h : driver.homes) home = home || StartsWith(source.path, h);
          EXPECT_TRUE(home) << source.path << " includes " << include;
        }
      }
    }
  }
}

TEST(Arrows, NoCodeIsGeneratedPerServiceForGrpc) {
  for (const std::string folder : {"services", "clients"}) {
    for (const Source& source : Cpp(folder)) {
      for (const std::string& include : source.includes) {
        EXPECT_FALSE(Contains(include, ".grpc.pb.h")) << source.path;
      }
    }
  }
}

TEST(Arrows, ThePlatformKnowsNoService) {
  for (const Source& source : Cpp("services/platform")) {
    for (const std::string& include : source.includes) {
      for (const auto& [service, order] : kOrder) {
        EXPECT_FALSE(StartsWith(include, "services/" + service + "/") ||
                     StartsWith(include, "huying/" + service + "/"))
            << source.path << " includes " << include;
      }
    }
  }
}

TEST(Arrows, AServiceKnowsOnlyTheApiOfLowerOnes) {
  for (const Source& source : Cpp("services")) {
    const std::string service = ServiceOf(source.path);
    if (service.empty()) continue;
    for (const std::string& include : source.includes) {
      const std::string other = ServiceOf(include);
      if (other.empty() || other == service) continue;
      const bool allowed = include == "services/" + other + "/api.h" ||
                           include == "services/" + other + "/facts.h" ||
                           (source.is_test && include == "services/" + other + "/api_fake.h");
      EXPECT_TRUE(allowed && kOrder.at(other) < kOrder.at(service))
          << source.path << " includes " << include;
    }
  }
}

// A client is whoever speaks the public API: what it shares with the server is listed here, and is small. The
// verifier shares nothing but the format.
TEST(Arrows, AClientKnowsNothingOfTheServersInside) {
  const std::map<std::string, std::vector<std::string>> may_include = {
      {"clients/verify/", {"clients/verify/", "huying/platform/v1/"}},
      {"clients/cpp/",
       {"clients/cpp/", "huying/", "services/platform/base/", "services/platform/rpc/channel.h",
        "services/platform/rpc/retry.h"}},
      {"clients/drill/",
       {"clients/cpp/", "clients/drill/", "clients/verify/", "huying/", "services/drill/rules/",
        "services/platform/base/", "services/platform/rpc/retry.h"}},
      // `huying admin` works on a stopped server's folder, and loads the directory's files.
      {"clients/cli/",
       {"clients/", "huying/", "services/directory/bootstrap.h",
        "services/directory/yaml_directory.h", "services/drill/rules/score.h",
        "services/huyingd/service_table.h", "services/platform/rpc/channel.h",
        "services/platform/auth/", "services/platform/base/", "services/platform/rpc/retry.h",
        "services/platform/runtime/admin.h"}}};
  for (const Source& source : Cpp("clients")) {
    if (source.is_test) continue;
    const std::vector<std::string>* allowed = nullptr;
    for (const auto& [folder, list] : may_include) {
      if (StartsWith(source.path, folder)) allowed = &list;
    }
    ASSERT_NE(allowed, nullptr) << source.path << ": say here what this client may include";
    for (const std::string& include : source.includes) {
      if (!StartsWith(include, "services/") && !StartsWith(include, "clients/") &&
          !StartsWith(include, "huying/") && !StartsWith(include, "tests/")) {
        continue;
      }
      bool good = false;
      for (const std::string& start : *allowed) good = good || StartsWith(include, start);
      EXPECT_TRUE(good) << source.path << " includes " << include;
    }
  }
}

TEST(Arrows, RulesArePure) {
  const std::vector<std::string> never = {"services/platform/ledger/",
                                          "services/platform/sql/",
                                          "services/platform/push/",
                                          "services/platform/rpc/",
                                          "services/platform/auth/",
                                          "services/platform/runtime/",
                                          "services/platform/obs/",
                                          "spdlog/",
                                          "grpcpp/",
                                          "fstream",
                                          "thread",
                                          "mutex"};
  for (const Source& source : Cpp("services")) {
    if (!Contains(source.path, "/rules/") || StartsWith(source.path, "services/platform") ||
        source.is_test) {
      continue;
    }
    for (const std::string& include : source.includes) {
      for (const std::string& forbidden : never) {
        EXPECT_FALSE(StartsWith(include, forbidden)) << source.path << " includes " << include;
      }
      EXPECT_FALSE(StartsWith(include, "services/") && !StartsWith(include, "services/platform/") &&
                   !Contains(include, "/rules/"))
          << source.path << " includes " << include;
    }
  }
}

TEST(Arrows, AnRpcFileHoldsNoLogic) {
  for (const Source& source : Cpp("services")) {
    if (ServiceOf(source.path).empty() || !Contains(source.path, "_rpc.cc")) continue;
    for (const std::string word : {" if ", " for ", " while ", "switch ("}) {
      EXPECT_FALSE(Contains(source.text, word)) << source.path << " contains '" << word << "'";
    }
  }
}

TEST(Arrows, OnlyTheClockAsksTheMachineForTheTime) {
  for (const std::string folder : {"services", "clients"}) {
    for (const Source& source : Cpp(folder)) {
      if (source.path == "services/platform/base/clock.cc" || source.is_test) continue;
      for (const std::string call :
           {"absl::Now(", "system_clock::now(", "gettimeofday(", "time(nullptr)"}) {
        EXPECT_FALSE(Contains(source.text, call)) << source.path << " calls " << call;
      }
    }
  }
}

TEST(Arrows, NothingDependsOnFilesOutsideTheRepository) {
  for (const std::string folder : {"services", "clients", "tests", "deploy", "proto"}) {
    for (const Source& source :
         Sources(folder, {".h", ".cc", ".txt", ".cmake", ".sh", ".py", ".yaml", ".proto"})) {
      if (StartsWith(source.path, "tests/architecture/")) continue;
      EXPECT_FALSE(Contains(source.text, "../shared")) << source.path;
    }
  }
}

}  // namespace
}  // namespace huying::architecture
