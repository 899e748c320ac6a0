// SPDX-License-Identifier: Apache-2.0
//
// One load generator for all servers: N unary calls in flight on one channel for a bounded time, the
// same client code whatever answers. Prints one JSON line: calls per second, errors, p50, p99.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "huying/directory/v1/directory_service.pb.h"
#include "huying/incident/v1/incident_service.pb.h"

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int64_t kNames = 1'000;  // different records and keys written

struct Settings {
  std::string target;
  std::string what = "echo";  // echo | huying | intake | etcd
  std::string token;
  int in_flight = 1;
  double seconds = 3;
  int bytes = 180;
};

std::string Bytes(const google::protobuf::MessageLite& message) {
  return message.SerializeAsString();
}

// etcd's PutRequest is {1: key, 2: value}, written by hand.
std::string EtcdPut(const std::string& key, const std::string& value) {
  std::string bytes;
  auto field = [&](int number, const std::string& text) {
    bytes += static_cast<char>(number << 3 | 2);
    for (size_t size = text.size();; size >>= 7) {
      if (size < 128) {
        bytes += static_cast<char>(size);
        break;
      }
      bytes += static_cast<char>((size & 127) | 128);
    }
    bytes += text;
  };
  field(1, key);
  field(2, value);
  return bytes;
}

// A title has at most 60 characters; Chinese ones make it about as long in bytes as the peers' value.
std::string Title(int bytes) {
  std::string title;
  for (int i = 0; i < std::min(bytes / 3, 60); ++i) title += "位";
  return title;
}

class Load {
 public:
  explicit Load(const Settings& settings)
      : settings_(settings),
        stub_(grpc::CreateChannel(settings.target, grpc::InsecureChannelCredentials())),
        run_(std::random_device{}()) {}

  int Run() {
    end_ = SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(
                                    std::chrono::duration<double>(settings_.seconds));
    const auto start = SteadyClock::now();
    for (int i = 0; i < settings_.in_flight; ++i) Next(std::make_unique<Call>());
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return running_ == 0; });
    Print(std::chrono::duration<double>(SteadyClock::now() - start).count());
    return errors_ == 0 ? 0 : 1;
  }

 private:
  struct Call {
    std::unique_ptr<grpc::ClientContext> context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
    SteadyClock::time_point start;
  };

  std::string Method() const {
    if (settings_.what == "huying") return "/huying.directory.v1.DirectoryService/PutUnit";
    if (settings_.what == "intake") return "/huying.incident.v1.IncidentService/TakeIntake";
    if (settings_.what == "etcd") return "/etcdserverpb.KV/Put";
    return "/bench.Echo/Echo";
  }

  std::string Request(int64_t number) const {
    const std::string id = std::to_string(run_) + "-" + std::to_string(number);
    const std::string text(settings_.bytes, 'x');
    if (settings_.what == "huying") {
      huying::directory::v1::PutUnitRequest request;
      request.set_request_id(id);
      // A district has hundreds of units: the same ones are written again and again.
      request.mutable_unit()->set_name("units/bench-" + std::to_string(number % kNames));
      request.mutable_unit()->set_title(Title(settings_.bytes));
      request.mutable_unit()->set_area("230407000000");
      request.mutable_unit()->set_tier(huying::common::v1::DISTRICT);
      return Bytes(request);
    }
    if (settings_.what == "intake") {
      huying::incident::v1::TakeIntakeRequest request;
      request.set_request_id(id);
      request.set_event_class(huying::incident::v1::ACCIDENT);
      request.set_title("量测用事件");
      request.set_area("230407001001");
      request.set_description(Title(settings_.bytes));
      return Bytes(request);
    }
    return settings_.what == "etcd"
               ? EtcdPut("units/bench-" + std::to_string(number % kNames), text)
               : text;
  }

  void Next(std::unique_ptr<Call> call) {
    {
      std::lock_guard lock(mutex_);
      if (SteadyClock::now() >= end_) {
        if (running_ == 0) idle_.notify_all();
        return;
      }
      ++running_;
    }
    call->context = std::make_unique<grpc::ClientContext>();
    call->context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    if (!settings_.token.empty()) {
      call->context->AddMetadata("authorization", "Bearer " + settings_.token);
    }
    const std::string bytes = Request(number_++);
    grpc::Slice slice(bytes);
    call->request = grpc::ByteBuffer(&slice, 1);
    call->response.Clear();
    call->start = SteadyClock::now();
    Call* raw = call.release();
    stub_.UnaryCall(
        raw->context.get(), Method(), grpc::StubOptions(), &raw->request, &raw->response,
        [this, raw](grpc::Status status) { Finished(std::unique_ptr<Call>(raw), status); });
  }

  void Finished(std::unique_ptr<Call> call, const grpc::Status& status) {
    const double ms =
        std::chrono::duration<double, std::milli>(SteadyClock::now() - call->start).count();
    {
      std::lock_guard lock(mutex_);
      status.ok() ? latencies_.push_back(ms) : ReportError(status);
      --running_;
    }
    Next(std::move(call));
  }

  void ReportError(const grpc::Status& status) {
    if (errors_++ == 0) std::cerr << "first error: " << status.error_message() << "\n";
  }

  void Print(double seconds) {
    std::sort(latencies_.begin(), latencies_.end());
    auto at = [&](double share) {
      return latencies_.empty() ? 0.0
                                : latencies_[static_cast<size_t>(share * (latencies_.size() - 1))];
    };
    std::cout << "{\"per_second\": " << latencies_.size() / seconds << ", \"errors\": " << errors_
              << ", \"p50_ms\": " << at(0.5) << ", \"p99_ms\": " << at(0.99) << "}" << std::endl;
  }

  const Settings settings_;
  grpc::GenericStub stub_;
  const unsigned run_;
  std::atomic<int64_t> number_{0};
  SteadyClock::time_point end_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int running_ = 0;
  int64_t errors_ = 0;
  std::vector<double> latencies_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"load generator of ./dev bench"};
  Settings settings;
  app.add_option("--target", settings.target)->required();
  app.add_option("--what", settings.what)
      ->check(CLI::IsMember({"echo", "huying", "intake", "etcd"}));
  app.add_option("--token", settings.token);
  app.add_option("--in_flight", settings.in_flight)->check(CLI::Range(1, 4096));
  app.add_option("--seconds", settings.seconds)->check(CLI::Range(0.1, 60.0));
  app.add_option("--bytes", settings.bytes)->check(CLI::Range(0, 100000));
  CLI11_PARSE(app, argc, argv);
  return Load(settings).Run();
}
