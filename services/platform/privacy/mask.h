// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace huying::privacy {

// 王小明 → 王*, 13800000001 → 138****0001, an identity number → its last four digits. Empty stays
// empty.
std::string MaskText(std::string_view text);

// Masks every personal field of an answer, removes those that cannot be masked (numbers, messages),
// and removes the ciphertext, which no screen needs. Unseal first, or there is nothing to mask.
absl::Status Mask(google::protobuf::Message& message);

}  // namespace huying::privacy
