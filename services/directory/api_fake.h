// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/directory/api.h"
#include "services/directory/rules/view.h"
#include "services/platform/base/clock.h"

// A directory for the tests of other services: the 13 areas of 兴山区, posts with fictional
// holders, one person per post, and the same pure rules as the real one.
//
//   base::ManualClock clock(...);
//   directory::FakeDirectory directory(clock);
//   context::CallContext duty = directory.As("posts/lingbei-duty");   // with the post's
//   permissions directory.SetHolder("posts/pingan-duty", "");                     // nobody on duty
//   there directory.SetDown(true);                                          // answers UNAVAILABLE
//
// Posts: district-duty, district-leader, emergency-duty, alert-drafter, alert-reviewer,
// alert-signer, commander, deputy-commander, report-signer, spokesperson, plan-officer,
// drill-director, police-duty, fire-duty, health-duty, mine-dispatch (outside); <s>-duty and
// <s>-leader for s in lingbei, lingnan, goubei, gounan; <c>-duty and <c>-deputy for c in pingan,
// guoan (lingbei), dongxing, jingxiao (lingnan), yuying, xingfa (goubei), weimin, limin (gounan).
// The person of posts/<p> is people/<p>. The real file deploy/config/xingshan uses the same names
// of areas, units and posts. Thread-safe.
namespace huying::directory {

inline constexpr char kXingshan[] = "230407000000";
inline constexpr char kLingbei[] = "230407001000";
inline constexpr char kLingnan[] = "230407002000";
inline constexpr char kGoubei[] = "230407003000";
inline constexpr char kGounan[] = "230407004000";
inline constexpr char kPingan[] = "230407001001";
inline constexpr char kGuoan[] = "230407001002";
inline constexpr char kDongxing[] = "230407002001";
inline constexpr char kJingxiao[] = "230407002004";
inline constexpr char kYuying[] = "230407003001";
inline constexpr char kXingfa[] = "230407003002";
inline constexpr char kWeimin[] = "230407004001";
inline constexpr char kLimin[] = "230407004002";

// The directory the fake begins with.
v1::Directory XingshanForTests();

class FakeDirectory final : public Api {
 public:
  // The realm's clock must outlive it.
  explicit FakeDirectory(const base::Clock& clock);

  using Api::CheckCompetence;

  // The holder of a post as a caller in `realm`: actor, principal, permissions, received_at = now,
  // a deadline of 5 s. Set `request_id` yourself.
  context::CallContext As(std::string_view post, std::string_view realm = "live") const;

  // Changes what it knows; each moves as_of_seq.
  void SetHolder(std::string_view post, std::string_view person);  // "" = nobody
  void SetReceivesAlerts(std::string_view post, bool receives);
  void RemovePowerItems(std::string_view permission);
  void AddShift(const v1::Shift& shift);
  void Replace(const v1::Directory& directory);
  void SetDown(bool down);
  // Calls answered so far, by RPC name.
  int calls(std::string_view rpc) const;
  // What ImportDirectory received last.
  v1::Directory imported() const;

  absl::StatusOr<v1::GetAreaResponse> GetArea(const context::CallContext& context,
                                              const v1::GetAreaRequest& request) override;
  absl::StatusOr<v1::ListAreasResponse> ListAreas(const context::CallContext& context,
                                                  const v1::ListAreasRequest& request) override;
  absl::StatusOr<v1::ListUnitsResponse> ListUnits(const context::CallContext& context,
                                                  const v1::ListUnitsRequest& request) override;
  absl::StatusOr<v1::ListPostsResponse> ListPosts(const context::CallContext& context,
                                                  const v1::ListPostsRequest& request) override;
  absl::StatusOr<v1::GetPostResponse> GetPost(const context::CallContext& context,
                                              const v1::GetPostRequest& request) override;
  absl::StatusOr<v1::WhoHoldsResponse> WhoHolds(const context::CallContext& context,
                                                const v1::WhoHoldsRequest& request) override;
  absl::StatusOr<v1::ResolveRecipientsResponse> ResolveRecipients(
      const context::CallContext& context, const v1::ResolveRecipientsRequest& request) override;
  absl::StatusOr<v1::CheckCompetenceResponse> CheckCompetence(
      const context::CallContext& context, const v1::CheckCompetenceRequest& request) override;
  absl::StatusOr<common::v1::Receipt> ImportDirectory(
      const context::CallContext& context, const v1::ImportDirectoryRequest& request) override;
  absl::StatusOr<v1::ExportDirectoryResponse> ExportDirectory(
      const context::CallContext& context, const v1::ExportDirectoryRequest& request) override;
  // Tokens are "token:<realm>:<post>".
  absl::StatusOr<v1::MintActorTokensResponse> MintActorTokens(
      const context::CallContext& context, const v1::MintActorTokensRequest& request) override;

 private:
  absl::Status Begin(std::string_view rpc) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Changed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  v1::Post* FindPost(std::string_view name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  common::v1::Actor ActorOf(const v1::Post& post) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const base::Clock& clock_;
  mutable absl::Mutex mutex_;
  v1::Directory directory_ ABSL_GUARDED_BY(mutex_);
  rules::View view_ ABSL_GUARDED_BY(mutex_);
  int64_t seq_ ABSL_GUARDED_BY(mutex_) = 0;
  bool down_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, int, std::less<>> calls_ ABSL_GUARDED_BY(mutex_);
  v1::Directory imported_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::directory
