// SPDX-License-Identifier: Apache-2.0
#include "services/platform/sql/sqlite/testing/power_cut.h"

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <new>
#include <sstream>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace huying::sql {
namespace {

struct Disk {
  absl::Mutex mutex;
  std::map<std::string, std::string> synced ABSL_GUARDED_BY(mutex);
  int64_t syncs ABSL_GUARDED_BY(mutex) = 0;
  int fail_in ABSL_GUARDED_BY(mutex) = 0;
  bool failing ABSL_GUARDED_BY(mutex) = false;
};
Disk& TheDisk() {
  static auto* const disk = new Disk();
  return *disk;
}
sqlite3_vfs* Below() {
  static sqlite3_vfs* const below = sqlite3_vfs_find(nullptr);
  return below;
}

struct File {
  sqlite3_file base;
  sqlite3_file* below;
  std::string* path;
};
sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->below; }

std::string Contents(sqlite3_file* real) {
  sqlite3_int64 size = 0;
  real->pMethods->xFileSize(real, &size);
  std::string bytes(static_cast<size_t>(size), '\0');
  if (size > 0) real->pMethods->xRead(real, bytes.data(), static_cast<int>(size), 0);
  return bytes;
}

int Close(sqlite3_file* file) {
  auto* self = reinterpret_cast<File*>(file);
  const int code = self->below->pMethods->xClose(self->below);
  sqlite3_free(self->below);
  delete self->path;
  return code;
}
int Read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  return Real(f)->pMethods->xRead(Real(f), to, size, at);
}
int Write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  return Real(f)->pMethods->xWrite(Real(f), from, size, at);
}
int Truncate(sqlite3_file* f, sqlite3_int64 size) {
  return Real(f)->pMethods->xTruncate(Real(f), size);
}
int Sync(sqlite3_file* f, int flags) {
  Disk& disk = TheDisk();
  absl::MutexLock lock(&disk.mutex);
  ++disk.syncs;
  if (disk.fail_in > 0 && --disk.fail_in == 0) disk.failing = true;
  if (disk.failing) return SQLITE_IOERR_FSYNC;
  const int code = Real(f)->pMethods->xSync(Real(f), flags);
  if (code == SQLITE_OK) disk.synced[*reinterpret_cast<File*>(f)->path] = Contents(Real(f));
  return code;
}
int FileSize(sqlite3_file* f, sqlite3_int64* size) {
  return Real(f)->pMethods->xFileSize(Real(f), size);
}
int Lock(sqlite3_file* f, int level) { return Real(f)->pMethods->xLock(Real(f), level); }
int Unlock(sqlite3_file* f, int level) { return Real(f)->pMethods->xUnlock(Real(f), level); }
int CheckReserved(sqlite3_file* f, int* held) {
  return Real(f)->pMethods->xCheckReservedLock(Real(f), held);
}
int Control(sqlite3_file* f, int op, void* argument) {
  return Real(f)->pMethods->xFileControl(Real(f), op, argument);
}
int SectorSize(sqlite3_file* f) { return Real(f)->pMethods->xSectorSize(Real(f)); }
int Characteristics(sqlite3_file* f) { return Real(f)->pMethods->xDeviceCharacteristics(Real(f)); }
int ShmMap(sqlite3_file* f, int page, int size, int extend, void volatile** at) {
  return Real(f)->pMethods->xShmMap(Real(f), page, size, extend, at);
}
int ShmLock(sqlite3_file* f, int offset, int n, int flags) {
  return Real(f)->pMethods->xShmLock(Real(f), offset, n, flags);
}
void ShmBarrier(sqlite3_file* f) { Real(f)->pMethods->xShmBarrier(Real(f)); }
int ShmUnmap(sqlite3_file* f, int remove) { return Real(f)->pMethods->xShmUnmap(Real(f), remove); }

// Version 2: shared memory, but no memory-mapped reads, which would go past this VFS.
const sqlite3_io_methods kMethods = {
    2,        Close,         Read,    Write,      Truncate,        Sync,   FileSize, Lock,
    Unlock,   CheckReserved, Control, SectorSize, Characteristics, ShmMap, ShmLock,  ShmBarrier,
    ShmUnmap, nullptr,       nullptr};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* self = reinterpret_cast<File*>(file);
  self->base.pMethods = nullptr;
  self->below = static_cast<sqlite3_file*>(sqlite3_malloc(Below()->szOsFile));
  const int code = Below()->xOpen(Below(), name, self->below, flags, out_flags);
  if (code != SQLITE_OK) {
    sqlite3_free(self->below);
    return code;
  }
  self->path = new std::string(name == nullptr ? "" : name);
  self->base.pMethods = &kMethods;
  return SQLITE_OK;
}

// SQLite asks for the directory's sync when it deletes: the file is gone for good.
int Delete(sqlite3_vfs*, const char* name, int sync_directory) {
  const int code = Below()->xDelete(Below(), name, sync_directory);
  Disk& disk = TheDisk();
  absl::MutexLock lock(&disk.mutex);
  disk.synced.erase(name);
  return code;
}
int Access(sqlite3_vfs*, const char* name, int flags, int* answer) {
  return Below()->xAccess(Below(), name, flags, answer);
}
int FullPath(sqlite3_vfs*, const char* name, int size, char* out) {
  return Below()->xFullPathname(Below(), name, size, out);
}

}  // namespace

void PowerCut::Install() {
  static sqlite3_vfs* const vfs = [] {
    auto* made = new sqlite3_vfs(*Below());  // everything else is the system's
    made->szOsFile = sizeof(File);
    made->zName = kVfs;
    made->pNext = nullptr;
    made->xOpen = Open;
    made->xDelete = Delete;
    made->xAccess = Access;
    made->xFullPathname = FullPath;
    sqlite3_vfs_register(made, /*makeDflt=*/0);
    return made;
  }();
  (void)vfs;
  Disk& disk = TheDisk();
  absl::MutexLock lock(&disk.mutex);
  disk.synced.clear();
  disk.syncs = 0;
  disk.fail_in = 0;
  disk.failing = false;
}

void PowerCut::RestoreInto(const std::string& from_folder, const std::string& to_folder) {
  std::filesystem::create_directories(to_folder);
  Disk& disk = TheDisk();
  absl::MutexLock lock(&disk.mutex);
  for (const auto& [path, bytes] : disk.synced) {
    if (path.rfind(from_folder + "/", 0) != 0) continue;
    std::ofstream out(to_folder + path.substr(from_folder.size()), std::ios::binary);
    out << bytes;
  }
}

int64_t PowerCut::Syncs() {
  Disk& disk = TheDisk();
  absl::MutexLock lock(&disk.mutex);
  return disk.syncs;
}

void PowerCut::FailSyncsFrom(int nth) {
  Disk& disk = TheDisk();
  absl::MutexLock lock(&disk.mutex);
  disk.fail_in = nth;
  disk.failing = false;
}

}  // namespace huying::sql
