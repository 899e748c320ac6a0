// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/stages.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/guard/reach.h"
#include "services/platform/rpc/legal_basis.h"

namespace huying::rpc {
namespace {

using base::Abs;
using base::Reason;

constexpr char kPublic[] = "public";
constexpr char kAnySignedIn[] = "any";
// Principals that only a process of this installation can have.
constexpr char kNodePrefix[] = "node:";
constexpr char kSystemPrefix[] = "system:";

std::string_view TierZh(common::v1::Tier tier) {
  switch (tier) {
    case common::v1::EXTERNAL:
      return "区外单位";
    case common::v1::DISTRICT:
      return "区级";
    case common::v1::SUBDISTRICT:
      return "街道级";
    case common::v1::COMMUNITY:
      return "社区级";
    default:
      return "未定";
  }
}

}  // namespace

// A node's token carries the permission itself when its principal is the person who decided.
bool IsNode(const context::CallContext& context) {
  return absl::StartsWith(context.principal, kNodePrefix) ||
         absl::StartsWith(context.principal, kSystemPrefix) ||
         context.permissions.Contains(kNodePermission);
}

absl::Status NoSuchMethod(const MethodTable& methods, std::string_view name) {
  constexpr size_t kShown = 128;
  const std::string shown(name.substr(0, kShown));
  const std::string near = methods.Nearest(name);
  auto status = base::ProblemStatus(absl::StatusCode::kUnimplemented, Reason::NOT_FOUND,
                                    "没有这个接口", "this server has no such method");
  if (near.empty()) {
    return std::move(status).Next("用反射或接口文档查看可用的接口",
                                  "ask server reflection for what there is");
  }
  return std::move(status).Next(absl::StrCat("是不是 ", near), absl::StrCat("did you mean ", near));
}

absl::Status CheckSize(const Method& method, size_t bytes, const RouterLimits& limits) {
  const size_t max = method.is_mutation() && method.lane == ledger::Lane::kBulk
                         ? limits.bulk_request_bytes_max
                         : limits.request_bytes_max;
  if (bytes <= max) return absl::OkStatus();
  return base::Invalid(
             Reason::MESSAGE_TOO_LARGE, absl::StrCat("请求有 ", bytes, " 字节,最多 ", max, " 字节"),
             absl::StrCat("the request has ", bytes, " bytes, at most ", max, " are allowed"))
      .Next("分批提交", "send it in parts");
}

absl::Status NoRealm() {
  return base::Unauthenticated(Reason::TOKEN_WITHOUT_REALM, "令牌没有指明场景",
                               "the token names no realm")
      .Next("重新登录", "sign in again");
}

absl::Status TokenExpired() {
  return base::Unauthenticated(Reason::TOKEN_EXPIRED, "登录已过期", "the token has expired")
      .Next("重新登录", "sign in again");
}

absl::StatusOr<std::shared_ptr<const Bearer>> Authenticate(Authenticator* authenticator,
                                                           TokenCache& cache,
                                                           std::string_view token, absl::Time now) {
  if (token.empty() || authenticator == nullptr) {
    return base::Unauthenticated(Reason::SIGN_IN_NEEDED, "需要登录", "sign in first")
        .Next("先登录,并在 authorization 元数据中带上令牌",
              "sign in and send the token as metadata `authorization: Bearer <token>`");
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const Bearer> bearer, cache.Verify(*authenticator, token, now));
  if (bearer->claims.realm().empty()) {
    return NoRealm();
  }
  if (base::FromProto(bearer->claims.expires_at()) <= now) {
    return TokenExpired();
  }
  return bearer;
}

context::CallContext ContextOf(const Bearer& bearer) {
  context::CallContext context;
  context.actor = bearer.claims.actor();
  context.principal = bearer.claims.principal();
  context.realm = bearer.claims.realm();
  context.exercise = bearer.claims.exercise();
  context.credential = bearer.claims.credential();
  context.permissions = bearer.permissions;
  context.flags.assign(bearer.claims.flags().begin(), bearer.claims.flags().end());
  return context;
}

context::CallContext PublicContext() {
  context::CallContext context;
  context.realm = kLiveRealm;
  return context;
}

absl::Time DeadlineOf(const Method& method, absl::Time asked, absl::Time received) {
  if (method.is_stream()) return asked;
  return std::min(asked, received + absl::Milliseconds(method.policy.deadline_ms()));
}

absl::Status CheckPermission(const Method& method, const context::CallContext& context) {
  const std::string& needed = method.policy.permission();
  if (needed == kPublic || needed == kAnySignedIn) return absl::OkStatus();
  if (needed == kNodePermission) {
    if (IsNode(context)) return absl::OkStatus();
    return base::Denied(Reason::PERMISSION_MISSING, "只供本系统的其他进程调用",
                        "only another process of this installation may call this")
        .Next("请用对应的业务接口", "use the service's own method");
  }
  // A process that acts for the person who decided: what that person may was judged at the decision,
  // and only a process's key makes a token with a system actor.
  if (!context.actor.system().empty()) return absl::OkStatus();
  if (context.permissions.Contains(needed)) return absl::OkStatus();
  return base::Denied(Reason::PERMISSION_MISSING, absl::StrCat("需要权限 ", needed),
                      absl::StrCat("the permission ", needed, " is needed"))
      .Next("请由有此权限的岗位办理,或请管理员授权",
            "ask a post that has it, or ask the administrator to grant it");
}

absl::Status CheckTier(const Method& method, const context::CallContext& context) {
  const common::v1::Tier lowest = method.policy.lowest_tier();
  const common::v1::Tier tier = context.actor.tier();
  const bool exempt = !context.actor.system().empty() || method.policy.permission() == kPublic ||
                      method.policy.permission() == kNodePermission;
  if (exempt || guard::TierReaches(tier, lowest)) return absl::OkStatus();
  return base::Denied(
             Reason::TIER_TOO_LOW,
             absl::StrCat("需要", Abs(TierZh(lowest)), "以上岗位,当前岗位是", Abs(TierZh(tier))),
             absl::StrCat("a post of tier ", common::v1::Tier_Name(lowest),
                          " or above is needed; yours is ", common::v1::Tier_Name(tier)))
      .Next("请上报,由上一级办理", "report upwards and let the tier above do it");
}

absl::Status CheckActing(const Method& method, const context::CallContext& context) {
  const common::v1::Actor& actor = context.actor;
  // A token may always be exchanged: that is the way back to the own post. What was decided in time
  // goes on afterwards, by processes.
  if (!actor.has_acting_until() || method.policy.idempotency() == common::v1::TOKEN ||
      IsNode(context)) {
    return absl::OkStatus();
  }
  if (context.received_at < base::FromProto(actor.acting_until())) return absl::OkStatus();
  return base::Unauthenticated(
             Reason::TOKEN_EXPIRED, absl::StrCat("代行 ", actor.acting_for_post(), " 的期限已到"),
             absl::StrCat("the time of acting for ", actor.acting_for_post(), " is over"))
      .Rule("platform.acting-until")
      .Next("重新登录，或换取本岗位的令牌", "sign in again, or renew the token for your own post");
}

absl::StatusOr<std::string> RequestIdOf(const Method& method,
                                        const google::protobuf::Message& request) {
  std::string id = request.GetReflection()->GetString(request, method.request_id);
  if (id.empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "缺少请求号", "request_id is missing")
        .Field("request_id")
        .Next("每次办理生成一个新的请求号,重试时用同一个",
              "make a new id for each act; repeat it when you retry");
  }
  const auto printable = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!std::all_of(id.begin(), id.end(), printable)) {
    return base::Invalid(Reason::FIELD_INVALID, "请求号只能用可见的 ASCII 字符",
                         "request_id may hold printable ASCII characters only")
        .Field("request_id");
  }
  return id;
}

std::string PayloadHash(std::string_view key, const Method& method,
                        google::protobuf::Message* request) {
  const auto* reflection = request->GetReflection();
  std::string id = reflection->GetString(*request, method.request_id);
  reflection->ClearField(request, method.request_id);
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request->SerializeToCodedStream(&coded);
  }
  reflection->SetString(request, method.request_id, std::move(id));

  const auto raw = [](std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
  };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, raw(key), key.size());
  // The name's length is fixed by its terminating zero, so no other pair gives the same input.
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(method.name.c_str()),
                                method.name.size() + 1);
  crypto_auth_hmacsha256_update(&state, raw(bytes), bytes.size());
  std::string hash(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

void Complete(const Method& method, const context::CallContext& context, std::string payload_hash,
              ledger::Command* command) {
  command->context = context;
  command->act = method.act;
  command->lane = method.lane;
  command->payload_hash = std::move(payload_hash);
  const bool needs_basis = method.policy.needs_legal_basis();
  if (!needs_basis && context.flags.empty()) return;
  command->decide = [decide = std::move(command->decide), flags = context.flags,
                     needs_basis](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(decide(tx));
    for (const common::v1::Flag& flag : flags) tx.AddFlag(flag);
    if (!needs_basis) return absl::OkStatus();
    for (common::v1::Flag& flag : FlagsOfBasis(tx.Bases())) tx.AddFlag(std::move(flag));
    return absl::OkStatus();
  };
}

bool FactsChanged(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAborted &&
         base::ProblemOf(status).reason() == Reason::FACTS_CHANGED;
}

absl::Status TooManyCalls(std::string_view what_zh, std::string_view what_en) {
  return base::Exhausted(absl::StrCat("系统正忙:", Abs(what_zh)),
                         absl::StrCat("the server is busy: ", Abs(what_en)))
      .Next("稍后用同一请求号重试", "try again shortly with the same request id");
}

absl::Status TooLate(bool outcome_open) {
  if (outcome_open) {
    return base::ProblemStatus(absl::StatusCode::kDeadlineExceeded, Reason::DEADLINE_EXCEEDED,
                               "等待超时,结果未知", "the deadline passed; the outcome is open")
        .Next("用同一请求号再问一次", "ask again with the same request id");
  }
  return base::ProblemStatus(absl::StatusCode::kDeadlineExceeded, Reason::DEADLINE_EXCEEDED,
                             "等待超时,没有办理", "the deadline passed; nothing was done")
      .Next("放宽时限后重试", "try again with more time");
}

absl::Status ShuttingDown() {
  return base::Unavailable(Reason::SHUTTING_DOWN, "服务正在停止", "the server is stopping")
      .Next("稍后重试,或改连另一台", "try again shortly, or another server");
}

absl::Status NotForStreams(std::string_view method) {
  return base::ProblemStatus(absl::StatusCode::kUnimplemented, Reason::CONDITION_NOT_MET,
                             absl::StrCat(Abs(method), " 是订阅,不能当作一次调用"),
                             absl::StrCat(Abs(method), " is a stream, not a single call"))
      .Next("用订阅方式打开", "open it as a stream");
}

}  // namespace huying::rpc
