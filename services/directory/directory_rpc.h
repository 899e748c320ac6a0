// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "services/directory/directory_service.h"
#include "services/platform/rpc/routes.h"

namespace huying::directory {

// Every RPC of huying.directory.v1.DirectoryService, in proto order.
void RegisterDirectory(rpc::RouteTable& table, rpc::Routes<DirectoryService>::FindService find,
                       rpc::Routes<DirectoryService>::FindLedger find_ledger);

}  // namespace huying::directory
