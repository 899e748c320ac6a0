// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/remote_caller.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "huying/common/v1/policy.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/stages.h"

namespace huying::rpc {
namespace {

const google::protobuf::MethodDescriptor* FindMethod(std::string_view method) {
  if (!method.empty() && method.front() == '/') method.remove_prefix(1);
  std::string name(method);
  std::replace(name.begin(), name.end(), '/', '.');
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
}

constexpr absl::Duration kTokenReuse = absl::Seconds(30);
constexpr size_t kTokensMax = 1024;
constexpr absl::Duration kPatience = absl::Seconds(1);  // waited for nothing: it hangs
constexpr absl::Duration kSilence = absl::Seconds(2);  // then nobody in a hurry asks it for so long
constexpr absl::Duration kHurry = absl::Seconds(2);    // has less time than this

absl::Status Silent() {
  return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "所需服务刚才没有应答",
                           "a service this needs did not answer a moment ago")
      .Next("稍后重试", "try again shortly");
}

// All that a token says of its caller.
std::string IdentityOf(const context::CallContext& context) {
  std::string key = absl::StrCat(context.realm, "\n", context.principal, "\n", context.exercise,
                                 "\n", absl::StrJoin(context.permissions, ","), "\n");
  for (const common::v1::Flag& flag : context.flags) absl::StrAppend(&key, flag.text(), "\n");
  context.actor.AppendToString(&key);
  return key;
}

}  // namespace

RemoteCaller::RemoteCaller(Channel& channel, MintToken mint, const base::Clock& machine_clock,
                           RetryOptions retry)
    : channel_(channel),
      mint_(std::move(mint)),
      machine_clock_(machine_clock),
      retry_(std::move(retry)) {}

absl::StatusOr<std::string> RemoteCaller::TokenFor(const context::CallContext& context) {
  std::string identity = IdentityOf(context);
  const absl::Time now = machine_clock_.Now();
  {
    absl::MutexLock lock(&mutex_);
    const auto it = minted_.find(identity);
    if (it != minted_.end() && now < it->second.until) return it->second.token;
  }
  ASSIGN_OR_RETURN(std::string token, mint_(context));
  absl::MutexLock lock(&mutex_);
  if (minted_.size() >= kTokensMax) minted_.clear();
  minted_[std::move(identity)] = {token, now + kTokenReuse};
  return token;
}

absl::Status RemoteCaller::Call(const context::CallContext& context, std::string_view method,
                                const google::protobuf::Message& request,
                                google::protobuf::Message* response) {
  const auto* descriptor = FindMethod(method);
  common::v1::Policy policy;
  if (descriptor != nullptr) {
    if (descriptor->server_streaming()) {
      return NotForStreams(method.front() == '/' ? method.substr(1) : method);
    }
    policy = descriptor->options().GetExtension(common::v1::policy);
  }
  std::string token;
  if (policy.permission() != "public") {
    ASSIGN_OR_RETURN(token, TokenFor(context));
  }
  absl::Time deadline = context.deadline;
  if (policy.deadline_ms() > 0) {  // as the server reckons it
    deadline = std::min(deadline, machine_clock_.Now() + absl::Milliseconds(policy.deadline_ms()));
  }
  const absl::Time now = machine_clock_.Now();
  if (IsSilent(now, deadline)) return Silent();
  absl::Status status = CallWithRetry(policy.idempotency(), retry_, machine_clock_, deadline, [&] {
    return channel_.Call(method, token, deadline, request, response);
  });
  Heard(now, status);
  return status;
}

bool RemoteCaller::IsSilent(absl::Time now, absl::Time deadline) {
  absl::MutexLock lock(&mutex_);
  return now < silent_until_ && deadline - now < kHurry;
}

void RemoteCaller::Heard(absl::Time asked, const absl::Status& status) {
  const absl::Time now = machine_clock_.Now();
  const bool hangs = base::GaveNoAnswer(status) && now - asked >= kPatience;
  absl::MutexLock lock(&mutex_);
  silent_until_ = hangs ? now + kSilence : absl::InfinitePast();
}

}  // namespace huying::rpc
