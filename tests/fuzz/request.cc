// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "huying/incident/v1/incident_service.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/base/utf8.h"
#include "services/platform/rpc/request_check.h"

// Any bytes may be sent as a request. What passes can be written and read again; what does not is told
// why, in words that arrive.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using huying::incident::v1::TakeIntakeRequest;
  using huying::rpc::RequestCheck;
  static auto* const check = new RequestCheck();
  static const auto* const plan = check->PlanFor(TakeIntakeRequest::descriptor());
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  TakeIntakeRequest request;
  absl::Status status = RequestCheck::Parse(bytes, &request);
  if (status.ok()) status = RequestCheck::Fields(*plan, request);
  if (!status.ok()) {
    const huying::base::Problem problem = huying::base::ProblemOf(status);
    const bool told = !problem.message().empty() && !problem.next_step().empty();
    if (!told || !huying::base::IsUtf8(problem.field())) std::abort();
    return 0;
  }
  TakeIntakeRequest again;
  if (!again.ParseFromString(request.SerializeAsString())) std::abort();
  return 0;
}
