// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/reflection.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/health/v1/health.pb.h"

namespace huying::rpc {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::DescriptorPool;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::FileDescriptor;
using Request = ::grpc::reflection::v1alpha::ServerReflectionRequest;
using Response = ::grpc::reflection::v1alpha::ServerReflectionResponse;

const DescriptorPool& Files() { return *DescriptorPool::generated_pool(); }

void NotFound(Response& response, const std::string& what) {
  auto* error = response.mutable_error_response();
  error->set_error_code(static_cast<int>(absl::StatusCode::kNotFound));
  error->set_error_message(what + " was not found");
}

// The file and all it imports, so that a client needs one question only.
void AddFile(const FileDescriptor& file, std::set<std::string>& done,
             grpc::reflection::v1alpha::FileDescriptorResponse& out) {
  if (!done.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  out.add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), done, out);
}

void AnswerFile(Response& response, const FileDescriptor* file, const std::string& asked) {
  if (file == nullptr) return NotFound(response, asked);
  std::set<std::string> done;
  AddFile(*file, done, *response.mutable_file_descriptor_response());
}

void AnswerExtension(Response& response, const grpc::reflection::v1alpha::ExtensionRequest& asked) {
  const Descriptor* type = Files().FindMessageTypeByName(asked.containing_type());
  const FieldDescriptor* field =
      type == nullptr ? nullptr : Files().FindExtensionByNumber(type, asked.extension_number());
  AnswerFile(response, field == nullptr ? nullptr : field->file(), asked.containing_type());
}

void AnswerExtensionNumbers(Response& response, const std::string& name) {
  const Descriptor* type = Files().FindMessageTypeByName(name);
  if (type == nullptr) return NotFound(response, name);
  auto* answer = response.mutable_all_extension_numbers_response();
  answer->set_base_type_name(name);
  std::vector<const FieldDescriptor*> extensions;
  Files().FindAllExtensions(type, &extensions);
  for (const FieldDescriptor* extension : extensions) {
    answer->add_extension_number(extension->number());
  }
}

}  // namespace

Reflection::Reflection(std::vector<std::string> services) : services_(std::move(services)) {
  services_.push_back(kReflectionService);
  // gRPC answers it by itself; naming its message links the file that describes it.
  services_.push_back(
      grpc::health::v1::HealthCheckRequest::descriptor()->file()->service(0)->full_name());
}

Response Reflection::Answer(const Request& request) const {
  Response response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case Request::kFileByFilename:
      AnswerFile(response, Files().FindFileByName(request.file_by_filename()),
                 request.file_by_filename());
      break;
    case Request::kFileContainingSymbol:
      AnswerFile(response, Files().FindFileContainingSymbol(request.file_containing_symbol()),
                 request.file_containing_symbol());
      break;
    case Request::kFileContainingExtension:
      AnswerExtension(response, request.file_containing_extension());
      break;
    case Request::kAllExtensionNumbersOfType:
      AnswerExtensionNumbers(response, request.all_extension_numbers_of_type());
      break;
    case Request::kListServices:
      for (const std::string& service : services_) {
        response.mutable_list_services_response()->add_service()->set_name(service);
      }
      break;
    default: {
      auto* error = response.mutable_error_response();
      error->set_error_code(static_cast<int>(absl::StatusCode::kInvalidArgument));
      error->set_error_message("the request asks for nothing");
    }
  }
  return response;
}

}  // namespace huying::rpc
