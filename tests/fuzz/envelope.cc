// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/envelope.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

// No bytes of somebody without the key may open: whoever reaches Redis cannot issue an alert.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using huying::push::Envelope;
  static const auto envelope =
      Envelope::Make("live", "alert", std::string(huying::push::kMacKeyBytes, 'k'));
  const auto opened = envelope->Open({reinterpret_cast<const char*>(data), size});
  if (!std::holds_alternative<huying::push::Forged>(opened)) std::abort();
  return 0;
}
