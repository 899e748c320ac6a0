// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "huying/drill/v1/drill.pb.h"
#include "services/directory/api.h"
#include "services/drill/realm_client.h"
#include "services/plan/api.h"
#include "services/platform/context/call_context.h"

namespace huying::drill {

// Makes an exercise's realm ready: opens it in every process, copies the live directory (without
// secrets) and the plans in force. Repeating it does nothing twice. Thread-safe; what it is given
// outlives it.
//
//   Preparation preparation(realms, directory, plans);
//   RETURN_IF_ERROR(preparation.Run(context, exercise, "drill/12/prepare"));
class Preparation {
 public:
  Preparation(RealmClient& realms, directory::Api& directory, plan::Api& plans)
      : realms_(realms), directory_(directory), plans_(plans) {}

  // `request_id` begins the ids of the imports.
  absl::Status Run(const context::CallContext& context, const v1::Exercise& exercise,
                   std::string_view request_id);

 private:
  absl::Status CopyDirectory(const context::CallContext& live, const context::CallContext& inside,
                             const google::protobuf::Timestamp& starts_at,
                             std::string_view request_id);
  absl::Status CopyPlans(const context::CallContext& live, const context::CallContext& inside,
                         const v1::Exercise& exercise, std::string_view request_id);

  RealmClient& realms_;
  directory::Api& directory_;
  plan::Api& plans_;
};

}  // namespace huying::drill
