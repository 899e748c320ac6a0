// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/directory/rules/view.h"
#include "services/directory/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"

namespace huying::directory {

// Reads one realm's directory. The view is kept, and built anew when an entry touched what it is made
// of: shifts and refusals, which are most entries, leave it as it is and only move its seq on.
//
//   directory::Book book(ledger, realm_clock);
//   ASSIGN_OR_RETURN(Book::Page page, book.Open());
//   ASSIGN_OR_RETURN(rules::ShiftsAt shifts, page.ShiftsAt(book.clock().Now()));
//
// Thread-safe. Ledger and clock must outlive it.
class Book {
 public:
  Book(ledger::Ledger& ledger, const base::Clock& realm_clock)
      : ledger_(ledger), clock_(realm_clock) {}

  // One snapshot: view and reader are of the same seq. For one thread, held shortly.
  class Page {
   public:
    const rules::View& view() const { return view_; }
    ledger::Reader& reader() { return *reader_; }
    absl::StatusOr<rules::ShiftsAt> ShiftsAt(absl::Time at) { return LoadShiftsAt(*reader_, at); }

   private:
    friend class Book;
    rules::View view_;  // shares its tables: a page outlives the book's change to newer ones
    std::unique_ptr<ledger::Reader> reader_;
  };
  absl::StatusOr<Page> Open();
  // Whether an area has this very code; by key, without a view.
  absl::StatusOr<bool> HasArea(std::string_view code);

  const base::Clock& clock() const { return clock_; }
  const std::string& realm() const { return ledger_.header().realm(); }

 private:
  ledger::Ledger& ledger_;
  const base::Clock& clock_;
  absl::Mutex mutex_;
  std::optional<rules::View> newest_ ABSL_GUARDED_BY(mutex_);
};

// Where a token for another realm looks: the directories of every realm open in this process.
class RealmDirectories {
 public:
  struct Found {
    Book* book = nullptr;
    bool exercise = false;
    std::string exercise_name;                    // "exercises/2026-0001"
    common::v1::Actor director;                   // of that exercise
    bool finished = false;                        // it is over
    std::vector<std::string> actor_posts = {};    // the posts that are played
    std::shared_ptr<const void> visit = nullptr;  // the book is there as long as this
  };
  virtual ~RealmDirectories() = default;
  // NOT_FOUND for a realm nobody opened, PERMISSION_DENIED / WRONG_REALM for a closed one.
  virtual absl::StatusOr<Found> Find(std::string_view realm) = 0;
};

}  // namespace huying::directory
