// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/cli.h"

// Flags that many commands have, the same everywhere.
namespace huying::cli {

inline std::vector<Field> Join(std::vector<Field> a, const std::vector<Field>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline std::vector<Field> PageFields() {
  return {{"--page", "page_token", "下一页", "next page"},
          {"--page-size", "page_size", "每页条数", "rows of a page"}};
}

inline Field BasisField(const std::string& path = "legal_basis") {
  return {"--basis", path, "依据 种类:名称:条款, 如 law:突发事件应对法:第七十二条",
          "legal basis, kind:title:article, such as law:突发事件应对法:第七十二条"};
}

// A SOFT guard passed by a named person, made up later (先行后补). `reason_flag` is "" where the
// command's own --reason is the reason; CompleteUrgency takes it.
inline std::vector<Field> UrgencyFields(const std::string& reason_flag = "--reason") {
  const std::string urgent = "--urgent";
  std::vector<Field> fields = {
      {urgent, "urgency", "紧急, 先办后补: 须写明谁授权、怎样授权、为何",
       "urgent, papers follow: say who authorised it, how and why", false, "{}"},
      {"--authorised-by", "urgency.authorised_by", "授权人", "who authorised it", false, "",
       urgent},
      {"--by-phone", "urgency.channel", "电话授权", "by phone", false, "PHONE", urgent},
      {"--on-site", "urgency.channel", "现场授权", "on the spot", false, "ON_SITE", urgent},
      {"--authorised-at", "urgency.at", "授权时间 (缺省: 现在; 演练中写演练时间)",
       "when it was authorised (now; in an exercise, its own time)", false, "", urgent}};
  if (!reason_flag.empty()) {
    fields.push_back(
        {reason_flag, "urgency.reason", "紧急理由", "why it is urgent", false, "", urgent});
  }
  return fields;
}

// Fills in of an urgency what was not typed: the time, and the request's own reason.
absl::Status CompleteUrgency(google::protobuf::Message& request);

}  // namespace huying::cli
