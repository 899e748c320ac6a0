// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "services/platform/sql/sql.h"

namespace huying::sql {

// SQLite in WAL mode with synchronous=FULL: a commit returns after its fsync.
std::unique_ptr<Engine> MakeSqliteEngine();

}  // namespace huying::sql
