// SPDX-License-Identifier: Apache-2.0
#include "services/directory/api.h"

namespace huying::directory {
namespace {

constexpr char kGetArea[] = "huying.directory.v1.DirectoryService/GetArea";
constexpr char kListAreas[] = "huying.directory.v1.DirectoryService/ListAreas";
constexpr char kListUnits[] = "huying.directory.v1.DirectoryService/ListUnits";
constexpr char kListPosts[] = "huying.directory.v1.DirectoryService/ListPosts";
constexpr char kGetPost[] = "huying.directory.v1.DirectoryService/GetPost";
constexpr char kWhoHolds[] = "huying.directory.v1.DirectoryService/WhoHolds";
constexpr char kResolveRecipients[] = "huying.directory.v1.DirectoryService/ResolveRecipients";
constexpr char kCheckCompetence[] = "huying.directory.v1.DirectoryService/CheckCompetence";
constexpr char kImportDirectory[] = "huying.directory.v1.DirectoryService/ImportDirectory";
constexpr char kExportDirectory[] = "huying.directory.v1.DirectoryService/ExportDirectory";
constexpr char kMintActorTokens[] = "huying.directory.v1.DirectoryService/MintActorTokens";

}  // namespace

absl::StatusOr<v1::GetAreaResponse> Api::GetArea(const context::CallContext& context,
                                                 const v1::GetAreaRequest& request) {
  return rpc::Call<v1::GetAreaResponse>(*caller_, context, kGetArea, request);
}
absl::StatusOr<v1::ListAreasResponse> Api::ListAreas(const context::CallContext& context,
                                                     const v1::ListAreasRequest& request) {
  return rpc::Call<v1::ListAreasResponse>(*caller_, context, kListAreas, request);
}
absl::StatusOr<v1::ListUnitsResponse> Api::ListUnits(const context::CallContext& context,
                                                     const v1::ListUnitsRequest& request) {
  return rpc::Call<v1::ListUnitsResponse>(*caller_, context, kListUnits, request);
}
absl::StatusOr<v1::ListPostsResponse> Api::ListPosts(const context::CallContext& context,
                                                     const v1::ListPostsRequest& request) {
  return rpc::Call<v1::ListPostsResponse>(*caller_, context, kListPosts, request);
}
absl::StatusOr<v1::GetPostResponse> Api::GetPost(const context::CallContext& context,
                                                 const v1::GetPostRequest& request) {
  return rpc::Call<v1::GetPostResponse>(*caller_, context, kGetPost, request);
}
absl::StatusOr<v1::WhoHoldsResponse> Api::WhoHolds(const context::CallContext& context,
                                                   const v1::WhoHoldsRequest& request) {
  return rpc::Call<v1::WhoHoldsResponse>(*caller_, context, kWhoHolds, request);
}
absl::StatusOr<v1::ResolveRecipientsResponse> Api::ResolveRecipients(
    const context::CallContext& context, const v1::ResolveRecipientsRequest& request) {
  return rpc::Call<v1::ResolveRecipientsResponse>(*caller_, context, kResolveRecipients, request);
}
absl::StatusOr<v1::CheckCompetenceResponse> Api::CheckCompetence(
    const context::CallContext& context, const v1::CheckCompetenceRequest& request) {
  return rpc::Call<v1::CheckCompetenceResponse>(*caller_, context, kCheckCompetence, request);
}
absl::StatusOr<common::v1::Receipt> Api::ImportDirectory(
    const context::CallContext& context, const v1::ImportDirectoryRequest& request) {
  return rpc::Call<common::v1::Receipt>(*caller_, context, kImportDirectory, request);
}
absl::StatusOr<v1::ExportDirectoryResponse> Api::ExportDirectory(
    const context::CallContext& context, const v1::ExportDirectoryRequest& request) {
  return rpc::Call<v1::ExportDirectoryResponse>(*caller_, context, kExportDirectory, request);
}
absl::StatusOr<v1::MintActorTokensResponse> Api::MintActorTokens(
    const context::CallContext& context, const v1::MintActorTokensRequest& request) {
  return rpc::Call<v1::MintActorTokensResponse>(*caller_, context, kMintActorTokens, request);
}

absl::StatusOr<v1::CheckCompetenceResponse> Api::CheckCompetence(
    const context::CallContext& context, std::string_view permission,
    const std::vector<std::string>& areas) {
  v1::CheckCompetenceRequest request;
  request.set_permission(std::string(permission));
  for (const std::string& area : areas) request.add_areas(area);
  return CheckCompetence(context, request);
}

absl::StatusOr<v1::Holder> Api::HolderNow(const context::CallContext& context,
                                          std::string_view post) {
  v1::WhoHoldsRequest request;
  request.add_posts(std::string(post));
  ASSIGN_OR_RETURN(v1::WhoHoldsResponse response, WhoHolds(context, request));
  if (response.holders().empty()) return base::NotFound(post);
  return response.holders(0);
}

}  // namespace huying::directory
