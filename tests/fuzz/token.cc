// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/platform/auth/keys.h"
#include "services/platform/auth/tokens.h"

// No input may pass for a token: nobody but the key's holder can sign one.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const huying::auth::KeyRing keys = huying::auth::KeyRing::Ephemeral();
  static const huying::base::SystemClock clock;
  static huying::auth::Tokens tokens(keys.token_sign(), clock);
  if (tokens.Verify({reinterpret_cast<const char*>(data), size}).ok()) std::abort();
  return 0;
}
