// SPDX-License-Identifier: Apache-2.0
//
// Who reported, and by which number, is in no file in clear: ledgers, logs, write-ahead logs, backups.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "huying/directory/v1/directory_service.pb.h"
#include "services/platform/runtime/admin.h"
#include "tests/support/incidents.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr char kMarkedIdNumber[] = "230407199901017777";
constexpr char kMarkedPassword[] = "marked-password-4711";
constexpr char kNotPersonal[] =
    "矿区井口";  // the place: to prove that the search finds what is there

std::vector<std::string> FilesWith(const std::string& folder, const std::string& text) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (bytes.find(text) != std::string::npos) found.push_back(entry.path().string());
  }
  return found;
}

TEST(Privacy, MarkedNamesAndNumbersAreInNoFile) {
  System system({.services = {"directory", "plan", "alert", "incident"},
                 .config = "log { level: \"trace\" }\n"});
  ASSERT_TRUE(system.Start().ok());
  directory::v1::PutPersonRequest put;
  *put.mutable_person() = system.directory().people(0);
  put.mutable_person()->set_phone(kMarkedPhone);
  put.mutable_person()->set_id_number(kMarkedIdNumber);
  const auto person = system.Administrator().Call("directory.PutPerson", put);
  ASSERT_TRUE(person.ok()) << person.status();
  directory::v1::PutAccountRequest account;
  *account.mutable_account() = system.directory().accounts(0);
  account.set_password(kMarkedPassword);
  ASSERT_TRUE(system.Administrator().Call("directory.PutAccount", account).ok());
  // One that goes through, and one that is refused: neither may write or log what it was told.
  const std::string incident = ConfirmedIncident(system, "230407001001");
  EXPECT_FALSE(TakeIntake(system.As("posts/pingan-duty"), "230499").ok());

  // Whoever may read the incident sees a mask.
  const auto shown = IncidentOf(system, incident).reporter();
  EXPECT_NE(shown.person_name(), kMarkedReporter);
  EXPECT_NE(shown.phone(), kMarkedPhone);
  EXPECT_EQ(shown.source(), "单位");

  const std::string backup = system.folder() + "/backup";
  const auto copied = runtime::admin::Backup({.data_dir = system.data_dir(),
                                              .to = backup,
                                              .order = {"directory", "plan", "alert", "incident"}});
  ASSERT_TRUE(copied.ok()) << copied.status();
  for (const bool stopped : {false, true}) {
    if (stopped) {
      ASSERT_TRUE(system.Stop().ok());
    }
    EXPECT_FALSE(FilesWith(system.folder(), kNotPersonal).empty());
    for (const char* marked : {kMarkedReporter, kMarkedPhone, kMarkedIdNumber, kMarkedPassword}) {
      EXPECT_EQ(FilesWith(system.folder(), marked), std::vector<std::string>{}) << marked;
    }
  }
}

}  // namespace
}  // namespace huying::testing
