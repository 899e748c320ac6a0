// SPDX-License-Identifier: Apache-2.0
#include "services/directory/module.h"

#include <string>
#include <string_view>

#include "services/directory/directory_rpc.h"
#include "services/directory/directory_service.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/per_realm.h"

namespace huying::directory {
namespace {

constexpr char kService[] = "directory";

class DirectoryModule final : public runtime::Module, public RealmDirectories {
 public:
  explicit DirectoryModule(runtime::Platform& platform)
      : platform_(platform),
        tools_{platform.passwords(), platform.throttle(), platform.tokens(), *this},
        services_(platform.homes(), kService, DirectoryKinds(),
                  [this](runtime::RealmHome& home) { return Make(home); }) {}

  std::string name() const override { return kService; }

  absl::Status Start() override {
    RETURN_IF_ERROR(services_.status());
    platform_.router().SetBearerCheck([this](context::CallContext& context) -> absl::Status {
      ASSIGN_OR_RETURN(DirectoryService * service, services_.Find(context.realm));
      return service->CheckBearer(context);
    });
    RegisterDirectory(platform_.routes(), services_.Finder(), services_.LedgerFinder());
    return absl::OkStatus();
  }
  void Stop() override {}

  absl::StatusOr<Found> Find(std::string_view realm) override {
    ASSIGN_OR_RETURN(runtime::Visit visit, platform_.realms().Enter(realm));
    ASSIGN_OR_RETURN(DirectoryService * service, services_.Find(realm));
    Found found{.book = &service->book(),
                .exercise = visit->is_exercise(),
                .exercise_name = visit->exercise(),
                .director = visit->director(),
                .finished = visit->finished(),
                .actor_posts = visit->actor_posts()};
    found.visit = std::move(visit);
    return found;
  }

 private:
  absl::StatusOr<std::unique_ptr<DirectoryService>> Make(runtime::RealmHome& home) {
    return std::make_unique<DirectoryService>(home.ledger(), home.clock(),
                                              privacy::Sealer(platform_.key_store(), home.realm()),
                                              tools_, platform_.rules());
  }

  runtime::Platform& platform_;
  SignInTools tools_;
  runtime::PerRealm<DirectoryService> services_;
};

}  // namespace

std::unique_ptr<runtime::Module> MakeDirectoryModule(runtime::Platform& platform) {
  return std::make_unique<DirectoryModule>(platform);
}

}  // namespace huying::directory
