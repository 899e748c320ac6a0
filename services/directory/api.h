// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/common/v1/common.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/platform/context/call_context.h"
#include "services/platform/rpc/caller.h"

// What higher services may ask of the directory, the same whether it lives in this process or not.
//
//   directory::Api directory(caller);
//   ASSIGN_OR_RETURN(auto fact, directory.CheckCompetence(context, "alert.notice.issue", areas));
//   if (!fact.covers_area()) return base::Denied(...);     // HARD
//   if (fact.power_item().empty()) tx.AddFlag(...);        // SOFT: 依据待核
//
// Thread-safe. Blocks until the answer or `context.deadline`; UNAVAILABLE when it does not answer,
// and then the caller acts first on what the token says. Virtual for `api_fake.h` alone.
namespace huying::directory {

class Api {
 public:
  // The caller must outlive it.
  explicit Api(rpc::Caller& caller) : caller_(&caller) {}
  virtual ~Api() = default;

  virtual absl::StatusOr<v1::GetAreaResponse> GetArea(const context::CallContext& context,
                                                      const v1::GetAreaRequest& request);
  virtual absl::StatusOr<v1::ListAreasResponse> ListAreas(const context::CallContext& context,
                                                          const v1::ListAreasRequest& request);
  virtual absl::StatusOr<v1::ListUnitsResponse> ListUnits(const context::CallContext& context,
                                                          const v1::ListUnitsRequest& request);
  virtual absl::StatusOr<v1::ListPostsResponse> ListPosts(const context::CallContext& context,
                                                          const v1::ListPostsRequest& request);
  virtual absl::StatusOr<v1::GetPostResponse> GetPost(const context::CallContext& context,
                                                      const v1::GetPostRequest& request);
  virtual absl::StatusOr<v1::WhoHoldsResponse> WhoHolds(const context::CallContext& context,
                                                        const v1::WhoHoldsRequest& request);
  virtual absl::StatusOr<v1::ResolveRecipientsResponse> ResolveRecipients(
      const context::CallContext& context, const v1::ResolveRecipientsRequest& request);
  virtual absl::StatusOr<v1::CheckCompetenceResponse> CheckCompetence(
      const context::CallContext& context, const v1::CheckCompetenceRequest& request);
  virtual absl::StatusOr<common::v1::Receipt> ImportDirectory(
      const context::CallContext& context, const v1::ImportDirectoryRequest& request);
  virtual absl::StatusOr<v1::ExportDirectoryResponse> ExportDirectory(
      const context::CallContext& context, const v1::ExportDirectoryRequest& request);
  virtual absl::StatusOr<v1::MintActorTokensResponse> MintActorTokens(
      const context::CallContext& context, const v1::MintActorTokensRequest& request);

  // The calling actor's competence for `permission` over `areas` (empty = its own area).
  absl::StatusOr<v1::CheckCompetenceResponse> CheckCompetence(
      const context::CallContext& context, std::string_view permission,
      const std::vector<std::string>& areas);
  // Who holds one post now.
  absl::StatusOr<v1::Holder> HolderNow(const context::CallContext& context, std::string_view post);

 protected:
  Api() = default;  // for fakes, which override every virtual

 private:
  rpc::Caller* caller_ = nullptr;
};

}  // namespace huying::directory
