// SPDX-License-Identifier: Apache-2.0
#include "services/huyingd/modules.h"

#include <functional>
#include <map>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

// A service joins by having a target huying::<service>_module; CMake says which there are.
#ifdef HUYING_WITH_DIRECTORY
#include "services/directory/module.h"
#endif
#ifdef HUYING_WITH_PLAN
#include "services/plan/module.h"
#endif
#ifdef HUYING_WITH_ALERT
#include "services/alert/module.h"
#endif
#ifdef HUYING_WITH_INCIDENT
#include "services/incident/module.h"
#endif
#ifdef HUYING_WITH_DRILL
#include "services/drill/module.h"
#endif

namespace huying::huyingd {
namespace {
using Make = std::function<std::unique_ptr<runtime::Module>(runtime::Platform&)>;

const std::map<std::string, Make>& Constructors() {
  static const auto* const constructors = new std::map<std::string, Make>{
#ifdef HUYING_WITH_DIRECTORY
      {"directory", directory::MakeDirectoryModule},
#endif
#ifdef HUYING_WITH_PLAN
      {"plan", plan::MakePlanModule},
#endif
#ifdef HUYING_WITH_ALERT
      {"alert", alert::MakeAlertModule},
#endif
#ifdef HUYING_WITH_INCIDENT
      {"incident", incident::MakeIncidentModule},
#endif
#ifdef HUYING_WITH_DRILL
      {"drill", drill::MakeDrillModule},
#endif
  };
  return *constructors;
}
}  // namespace

std::vector<ServiceEntry> BuiltServices() {
  std::vector<ServiceEntry> built;
  for (const ServiceEntry& entry : ServiceTable()) {
    if (Constructors().contains(entry.name)) built.push_back(entry);
  }
  return built;
}

absl::StatusOr<std::unique_ptr<runtime::Module>> MakeModule(const std::string& service,
                                                            runtime::Platform& platform) {
  const auto it = Constructors().find(service);
  if (it == Constructors().end()) return base::NotFound(absl::StrCat("services/", service));
  return it->second(platform);
}

}  // namespace huying::huyingd
