// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/base/clock.h"

// Records for tests: a district with two subdistricts, one of which has two communities.
namespace huying::alert::testing {

inline const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
inline constexpr char kDistrict[] = "230407000000";
inline constexpr char kNorth[] = "230407001000";     // 岭北街道
inline constexpr char kPingAn[] = "230407001001";    // 平安社区
inline constexpr char kGuoAn[] = "230407001002";     // 国安社区
inline constexpr char kSouth[] = "230407002000";     // 岭南街道
inline constexpr char kJingXiao[] = "230407002004";  // 警校社区

template <typename Map>
void PutParents(Map& parents) {
  parents[kNorth] = kDistrict;
  parents[kSouth] = kDistrict;
  parents[kPingAn] = kNorth;
  parents[kGuoAn] = kNorth;
  parents[kJingXiao] = kSouth;
}

inline common::v1::Actor Person(const std::string& who,
                                common::v1::Tier tier = common::v1::DISTRICT,
                                const std::string& area = kDistrict) {
  common::v1::Actor actor;
  actor.set_person("people/" + who);
  actor.set_person_name(who);
  actor.set_account("accounts/" + who);
  actor.set_post("posts/" + who);
  actor.set_unit("units/" + who);
  actor.set_tier(tier);
  actor.set_area(area);
  return actor;
}

inline v1::WarningContent RedContent() {
  v1::WarningContent content;
  content.set_category("11B03");
  content.set_color(v1::RED);
  *content.mutable_effective_at() = base::ToProto(kNow);
  *content.mutable_expires_at() = base::ToProto(kNow + absl::Hours(24));
  content.add_target_areas(kNorth);
  content.set_cautions("夜间有暴雪，道路结冰");
  content.set_measures("队伍待命，开放避灾点，转移危房居民，停止户外作业");
  content.set_title("暴雪红色预警");
  content.set_text("演示文本");
  return content;
}

inline v1::IssueNoticeRequest Notice(const std::string& area) {
  v1::IssueNoticeRequest request;
  request.set_request_id("r-1");
  request.set_title("立即核查井口周边人员");
  request.set_text("请立即核查并回复。");
  request.add_target_areas(area);
  request.set_refers_to("incidents/2026-0001");
  request.set_urgent(true);
  return request;
}

inline v1::RecipientList::Recipient Frozen(const std::string& post, const std::string& area,
                                           common::v1::Tier tier) {
  v1::RecipientList::Recipient recipient;
  recipient.set_post("posts/" + post);
  recipient.set_post_title(post);
  recipient.set_area(area);
  recipient.set_area_name("area of " + post);
  recipient.set_tier(tier);
  return recipient;
}

}  // namespace huying::alert::testing
