// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "services/alert/alert_service.h"
#include "services/platform/rpc/routes.h"

namespace huying::alert {

// Every RPC of huying.alert.v1.AlertService, in proto order.
void RegisterAlert(rpc::RouteTable& table, rpc::Routes<AlertService>::FindService find,
                   rpc::Routes<AlertService>::FindLedger find_ledger);

}  // namespace huying::alert
