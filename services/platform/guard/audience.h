// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "google/protobuf/message.h"
#include "huying/common/v1/privacy.pb.h"

namespace huying::guard {

// Clears the fields of `message` itself that are shown to a smaller circle than `reader`
// (option huying.common.v1.audience; see privacy.proto). A record passes here before it is shown.
//
//   guard::ClearBeyond(common::v1::AUDIENCE_UNSPECIFIED, &alert);   // neither the authors' nor the server's
//   guard::ClearBeyond(common::v1::AUTHORS, &alert);        // without what is the server's alone
//
// Pure; any thread.
void ClearBeyond(common::v1::Audience reader, google::protobuf::Message* message);

}  // namespace huying::guard
