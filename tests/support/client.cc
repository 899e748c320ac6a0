// SPDX-License-Identifier: Apache-2.0
#include "tests/support/client.h"

#include <cctype>

#include "absl/strings/str_cat.h"
#include "services/platform/base/strings.h"

namespace huying::testing {
namespace {

std::string ServiceOf(std::string_view method) {
  return std::string(method.substr(0, method.find('.')));
}

}  // namespace

std::string FullMethod(std::string_view method) {
  if (method.find('/') != std::string_view::npos) return std::string(method);
  const std::string service = ServiceOf(method);
  std::string name = service;
  name[0] = static_cast<char>(std::toupper(name[0]));
  return absl::StrCat("huying.", service, ".v1.", name, "Service/",
                      base::Abs(method.substr(service.size() + 1)));
}

const std::string& Routes::AddressOf(std::string_view service) const {
  const auto it = address_of.find(std::string(service));
  return it == address_of.end() ? address_of.at("") : it->second;
}

rpc::Channel& Routes::ChannelFor(std::string_view method) const {
  return *channels.at(AddressOf(ServiceOf(method)));
}

}  // namespace huying::testing
