// SPDX-License-Identifier: Apache-2.0
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/rpc/server.h"
#include "services/platform/runtime/notes_fake.h"
#include "services/platform/runtime/platform_fake.h"

namespace huying::runtime {
namespace {
using base::Reason;
using platform::v1::CaseFile;
using platform::v1::Statement;
using ::testing::ElementsAre;

// "notes" in one process and "board" in another, over a real connection.
class TwoProcesses : public ::testing::Test {
 protected:
  TwoProcesses() : lower_({"notes"}), clock_(absl::FromUnixSeconds(1'767'225'600)) {
    notes_ = Register(lower_.platform(), "notes");
    EXPECT_TRUE(lower_.platform().Open().ok());
    auto server = rpc::Server::Start(lower_.platform().router(), {.addresses = {"127.0.0.1:0"}});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    MakeUpper(absl::StrCat("127.0.0.1:", server_->port()));
  }
  ~TwoProcesses() override {
    server_->Stop(absl::Seconds(1));
    upper_.reset();
    lower_.Stop();
  }

  static std::unique_ptr<PerRealm<NoteService>> Register(Platform& platform,
                                                         const std::string& service) {
    return std::make_unique<PerRealm<NoteService>>(platform.homes(), service,
                                                   std::vector{Notes().schema()}, MakeNotes);
  }
  void MakeUpper(const std::string& address) {
    PlatformOptions options;
    options.config = lower_.config();
    options.config.set_data_dir(folder_.path());
    auto& remote = *options.config.add_remote();
    remote.set_service("notes");
    remote.set_address(address);
    options.services = {"board"};
    options.live_clock = &clock_;
    options.keys = &lower_.keys();
    auto made = Platform::Create(std::move(options));
    ASSERT_TRUE(made.ok()) << made.status();
    upper_ = *std::move(made);
    board_ = Register(*upper_, "board");
    ASSERT_TRUE(upper_->Open().ok());
  }
  static context::CallContext Person(const std::string& realm = "live") {
    context::CallContext context;
    context.realm = realm;
    context.principal = "accounts/wang";
    context.actor.set_person("people/wang");
    context.actor.set_tier(common::v1::DISTRICT);
    context.permissions = {"journal.read", "case.export"};
    context.deadline = absl::Now() + absl::Seconds(20);
    return context;
  }
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& rpc, const Request& request,
                                const context::CallContext& context = Person()) {
    return rpc::Call<Response>(*upper_->EveryProcess().front(), context,
                               "huying.platform.v1.JournalService/" + rpc, request);
  }
  absl::StatusOr<platform::v1::ListEntriesResponse> List(const std::string& ledger,
                                                         int64_t after = 0, int size = 0) {
    platform::v1::ListEntriesRequest request;
    request.set_ledger(ledger);
    request.set_after_seq(after);
    request.set_page_size(size);
    return Call<platform::v1::ListEntriesResponse>("ListEntries", request);
  }
  absl::StatusOr<platform::v1::SignedCaseFile> Export(const std::string& case_id) {
    platform::v1::ExportCaseRequest request;
    request.set_case_id(case_id);
    return Call<platform::v1::SignedCaseFile>("ExportCaseFile", request);
  }

  TestPlatform lower_;
  base::TempDir folder_;
  base::ManualClock clock_;
  std::unique_ptr<PerRealm<NoteService>> notes_;
  std::unique_ptr<PerRealm<NoteService>> board_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<Platform> upper_;
};

TEST_F(TwoProcesses, AJournalIsListedPageByPageHereAndFromTheOtherProcess) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE((*notes_->Find("live"))->WriteNow(absl::StrCat("notes/", i), "n").ok());
    ASSERT_TRUE((*board_->Find("live"))->WriteNow(absl::StrCat("notes/", i), "b").ok());
  }
  for (const char* ledger : {"board", "notes"}) {
    auto page = List(ledger, 0, 3);
    ASSERT_TRUE(page.ok()) << ledger << page.status();
    EXPECT_EQ(page->items_size(), 3);
    EXPECT_EQ(page->head_seq(), 5);
    EXPECT_EQ(page->next_after_seq(), 3);
    page = List(ledger, 3, 3);
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->items_size(), 2);
    EXPECT_EQ(page->next_after_seq(), 0);
    EXPECT_EQ(page->items(1).entry().act(), std::string(ledger) + ".WriteNote");
  }
  EXPECT_EQ(base::ProblemOf(List("weather").status()).reason(), Reason::NOT_FOUND);
  EXPECT_EQ(base::ProblemOf(List("").status()).field(), "ledger");
}

TEST_F(TwoProcesses, ACaseFileHoldsASignedPartOfEveryLedgerAlsoOfThoseWithoutTheCase) {
  ASSERT_TRUE((*board_->Find("live"))->WriteNow("notes/other", "x").ok());
  ASSERT_TRUE((*notes_->Find("live"))->WriteNow("notes/1", "first").ok());
  ASSERT_TRUE((*notes_->Find("live"))->WriteNow("notes/1", "second").ok());
  auto exported = Export("notes/1");
  ASSERT_TRUE(exported.ok()) << exported.status();
  const std::string& key = lower_.keys().ledger_sign().public_key();
  EXPECT_TRUE(auth::VerifySignature(key, exported->case_file(), exported->signature()));
  CaseFile file;
  ASSERT_TRUE(file.ParseFromString(exported->case_file()));
  EXPECT_EQ(file.realm(), "live");
  ASSERT_EQ(file.ledgers_size(), 2);
  Statement board;
  Statement notes;
  ASSERT_TRUE(board.ParseFromString(file.ledgers(0).statement().statement()));
  ASSERT_TRUE(notes.ParseFromString(file.ledgers(1).statement().statement()));
  EXPECT_EQ(board.header().ledger(), "board");
  EXPECT_EQ(board.case_entries(), 0);  // said, not left out
  EXPECT_EQ(board.head_seq(), 1);
  EXPECT_THAT(board.realm_ledgers(), ElementsAre("board", "notes"));
  EXPECT_EQ(notes.case_entries(), 2);
  EXPECT_EQ(notes.case_last_seq(), 2);
  for (const auto& part : file.ledgers()) {
    EXPECT_TRUE(
        auth::VerifySignature(key, part.statement().statement(), part.statement().signature()));
  }
  ASSERT_EQ(file.ledgers(1).entries_size(), 2);
  EXPECT_EQ(ledger::EntryHash(file.ledgers(1).entries(1).bytes()), notes.case_last_hash());
  ASSERT_EQ(file.ledgers(1).records_size(), 1);
  EXPECT_EQ(file.ledgers(1).records(0).version(), 2);
}

TEST_F(TwoProcesses, ACaseNobodyKnowsIsNotFoundAndALedgerThatDoesNotAnswerIsNotLeftOut) {
  EXPECT_EQ(base::ProblemOf(Export("notes/none").status()).reason(), Reason::NOT_FOUND);
  ASSERT_TRUE((*board_->Find("live"))->WriteNow("notes/1", "x").ok());
  ASSERT_TRUE(Export("notes/1").ok());
  server_->Stop(absl::Milliseconds(100));
  context::CallContext context = Person();
  context.deadline = absl::Now() + absl::Seconds(2);
  platform::v1::ExportCaseRequest request;
  request.set_case_id("notes/1");
  const auto failed =
      Call<platform::v1::SignedCaseFile>("ExportCaseFile", request, context).status();
  EXPECT_TRUE(failed.code() == absl::StatusCode::kUnavailable ||
              failed.code() == absl::StatusCode::kDeadlineExceeded)
      << failed;
}

TEST_F(TwoProcesses, TheOtherProcessSeesWhoCallsAndRefusesWhatThatPersonMayNot) {
  platform::v1::ListEntriesRequest request;
  request.set_ledger("notes");
  context::CallContext nobody = Person();
  nobody.permissions.clear();
  EXPECT_EQ(Call<platform::v1::ListEntriesResponse>("ListEntries", request, nobody).status().code(),
            absl::StatusCode::kPermissionDenied);
  // A realm the other process does not have.
  auto callers = upper_->EveryProcess();
  ASSERT_EQ(callers.size(), 2u);
  const auto status =
      rpc::Call<platform::v1::ListEntriesResponse>(
          *callers[1], Person("drill-1"), "huying.platform.v1.JournalService/ListEntries", request)
          .status();
  EXPECT_EQ(base::ProblemOf(status).reason(), Reason::NOT_FOUND);
}

TEST_F(TwoProcesses, FollowersOfAnotherProcessReadItsChannels) {
  ASSERT_TRUE((*notes_->Find("live"))->WriteNow("notes/1", "x").ok());
  platform::v1::ReadChannelsRequest request;
  request.set_ledger("notes");
  request.add_channels("down:230407000000");
  request.set_limit(10);
  context::CallContext node = Person();
  node.principal = "node:board";
  auto callers = upper_->EveryProcess();
  auto read = rpc::Call<platform::v1::ReadChannelsResponse>(
      *callers[1], node, "huying.platform.v1.JournalService/ReadChannels", request);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->messages_size(), 1);
  EXPECT_EQ(read->messages(0).event(), "notes.WriteNote");
  EXPECT_EQ(read->channel_heads().at("down:230407000000"), 1);
}

TEST_F(TwoProcesses, ADrillIsOpenedInBothProcessesWithOneCallEach) {
  platform::v1::OpenRealmRequest request;
  request.mutable_info()->set_realm("drill-1");
  request.mutable_info()->set_kind(platform::v1::RealmInfo::EXERCISE);
  request.mutable_info()->set_stepped_clock(true);
  *request.mutable_info()->mutable_now() = base::ToProto(absl::FromUnixSeconds(1'258'740'000));
  context::CallContext node = Person();
  node.principal = "node:drill";
  for (rpc::Caller* process : upper_->EveryProcess()) {
    const auto opened = rpc::Call<platform::v1::OpenRealmResponse>(
        *process, node, "huying.platform.v1.RealmService/OpenRealm", request);
    ASSERT_TRUE(opened.ok()) << opened.status();
  }
  EXPECT_TRUE(notes_->Find("drill-1").ok());
  EXPECT_TRUE(board_->Find("drill-1").ok());
}

}  // namespace
}  // namespace huying::runtime
