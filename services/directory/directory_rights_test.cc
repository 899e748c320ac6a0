// SPDX-License-Identifier: Apache-2.0
//
// Rights over rights: who may change what others may do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/bootstrap.h"
#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kPassword[] = "right-password-1";

class DirectoryRightsTest : public DirectoryFixture {
 protected:
  DirectoryRightsTest() { Load(); }

  // From now on there is a second person: the holder of report-signer.
  void GiveASecondPerson() {
    v1::PutRoleRequest role;
    role.mutable_role()->set_name("roles/rights-keeper");
    role.mutable_role()->set_title("授权复核");
    role.mutable_role()->add_permissions("directory.roles");
    ASSERT_TRUE(Run(live().PutRole(ContextOf(), role)).ok());
    v1::PutPostRequest post;
    *post.mutable_post() = TestPost("posts/report-signer");
    post.mutable_post()->add_roles("roles/rights-keeper");
    const auto put = Run(live().PutPost(ContextOf(), post));
    ASSERT_TRUE(put.ok()) << put.status();
    EXPECT_EQ(put->flags(0).rule_id(), "directory.second-person")
        << "there was nobody to confirm it";
    v1::PutPersonRequest person;
    person.mutable_person()->set_name("people/administrator");
    person.mutable_person()->set_display_name("管理员");
    person.mutable_person()->set_unit("units/emergency");
    ASSERT_TRUE(Run(live().PutPerson(ContextOf(), person)).ok());
    v1::PutAccountRequest account;
    account.mutable_account()->set_name("accounts/admin");
    account.mutable_account()->set_person("people/administrator");
    const auto bound = Run(live().PutAccount(ContextOf(), account));
    ASSERT_TRUE(bound.ok()) << bound.status();
  }
  static context::CallContext Administrator() {
    auto context = ContextOf();
    context.actor.set_person("people/administrator");
    return context;
  }
  context::CallContext As(const std::string& post, const std::string& permission = "") {
    FakeDirectory people(clock_);
    auto context = people.As(post);
    context.peer = "ipv4:127.0.0.1:5000";
    if (!permission.empty()) context.permissions.push_back(permission);
    return context;
  }
  context::CallContext SecondPerson() { return As("posts/report-signer", "directory.roles"); }

  absl::StatusOr<common::v1::Receipt> PutAccount(const v1::Account& account,
                                                 const context::CallContext& by) {
    v1::PutAccountRequest request;
    *request.mutable_account() = account;
    return Run(live().PutAccount(by, request), by);
  }
  absl::StatusOr<common::v1::Receipt> PutRole(const std::string& role,
                                              const std::string& permission,
                                              const context::CallContext& by) {
    v1::PutRoleRequest request;
    const v1::Directory directory = XingshanForTests();
    for (const v1::Role& known : directory.roles()) {
      if (known.name() == role) *request.mutable_role() = known;
    }
    request.mutable_role()->add_permissions(permission);
    return Run(live().PutRole(by, request), by);
  }
  absl::StatusOr<common::v1::Receipt> Confirm(const std::string& grant,
                                              const context::CallContext& by) {
    v1::ConfirmGrantRequest request;
    request.set_name(grant);
    return Run(live().ConfirmGrant(by, request), by);
  }
  v1::Account NewSigner() {
    v1::PutPersonRequest person;
    person.mutable_person()->set_name("people/new-signer");
    person.mutable_person()->set_display_name("新签发人");
    person.mutable_person()->set_unit("units/emergency");
    EXPECT_TRUE(Run(live().PutPerson(ContextOf(), person)).ok());
    v1::Account account;
    account.set_name("accounts/new-signer");
    account.set_person("people/new-signer");
    account.add_posts("posts/alert-signer");
    return account;
  }
  std::vector<std::string> PermissionsOf(const std::string& post) {
    v1::GetPostRequest request;
    request.set_name(post);
    const auto response = live().GetPost(ContextOf(), request);
    return {response->permissions().begin(), response->permissions().end()};
  }
  static std::string RuleOf(const absl::StatusOr<common::v1::Receipt>& receipt) {
    return base::ProblemOf(receipt.status()).rule_id();
  }
  int64_t Head() { return realms_.at("live").ledger->Head().seq; }
};

TEST_F(DirectoryRightsTest, WritingTheDirectoryIsNotGivingRights) {
  auto clerk = As("posts/plan-officer");
  clerk.permissions = {"directory.read", "directory.write", "roster.write"};
  const auto posts = [&](auto change) {
    v1::PutPostRequest request;
    *request.mutable_post() = TestPost("posts/commander");
    change(*request.mutable_post());
    return Run(live().PutPost(clerk, request), clerk);
  };
  EXPECT_TRUE(posts([](v1::Post& post) { post.set_title("总指挥（改名）"); }).ok());
  const int64_t head = Head();
  EXPECT_EQ(RuleOf(posts([](v1::Post& post) { post.add_deputies("posts/plan-officer"); })),
            "directory.rights-permission");
  EXPECT_EQ(RuleOf(posts([](v1::Post& post) { post.add_roles("roles/planner"); })),
            "directory.rights-permission");
  EXPECT_EQ(Head(), head + 2) << "a denied grant is recorded";
  EXPECT_EQ(RuleOf(PutRole("roles/planner", "alert.warning.sign", clerk)),
            "directory.rights-permission");
  // The whole file does no more than its rows one by one.
  v1::ImportDirectoryRequest import;
  *import.mutable_directory() = XingshanForTests();
  import.mutable_directory()->clear_accounts();
  import.mutable_directory()->mutable_posts(0)->add_roles("roles/commander");
  EXPECT_EQ(RuleOf(Run(live().ImportDirectory(clerk, import), clerk)),
            "directory.rights-permission");
}

TEST_F(DirectoryRightsTest, NobodyGivesWhatHeHasNotNorToHimself) {
  auto keeper = SecondPerson();
  EXPECT_EQ(RuleOf(PutRole("roles/planner", "drill.direct", keeper)), "directory.rights-held");
  EXPECT_TRUE(PutRole("roles/planner", "report.write", keeper).ok())
      << "he has it, and it is not grave";
  EXPECT_EQ(RuleOf(PutRole("roles/report-signer", "case.export.all", keeper)),
            "directory.own-rights");
  v1::PutPostRequest deputies;
  *deputies.mutable_post() = TestPost("posts/commander");
  deputies.mutable_post()->add_deputies("posts/report-signer");
  EXPECT_EQ(RuleOf(Run(live().PutPost(keeper, deputies), keeper)), "directory.own-rights");
}

TEST_F(DirectoryRightsTest, AGraveGrantWaitsForASecondPerson) {
  GiveASecondPerson();
  const auto proposed = PutRole("roles/planner", "alert.warning.sign", Administrator());
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(proposed->name(), "grants/1");
  EXPECT_EQ(proposed->state(), "AWAITS_SECOND");
  EXPECT_EQ(proposed->flags(0).rule_id(), "directory.second-person");
  EXPECT_THAT(PermissionsOf("posts/plan-officer"), Not(Contains("alert.warning.sign")));

  v1::ListGrantsRequest list;
  list.set_state(v1::Grant::AWAITS_SECOND);
  const auto waiting = live().ListGrants(SecondPerson(), list);
  ASSERT_EQ(waiting->grants_size(), 1);
  ASSERT_EQ(waiting->grants(0).gains_size(), 1);
  EXPECT_EQ(waiting->grants(0).gains(0).account(), "accounts/plan-officer");
  EXPECT_THAT(waiting->grants(0).gains(0).permissions(), ElementsAre("alert.warning.sign"));
  EXPECT_THAT(waiting->grants(0).changes(), ElementsAre("roles/planner"));

  EXPECT_EQ(RuleOf(Confirm("grants/1", Administrator())), "directory.second-person");
  auto other_account = Administrator();
  other_account.actor.set_account("accounts/another");
  EXPECT_EQ(RuleOf(Confirm("grants/1", other_account)), "directory.second-person");
  EXPECT_EQ(RuleOf(Confirm("grants/1", As("posts/plan-officer"))), "directory.second-person");

  const auto confirmed = Confirm("grants/1", SecondPerson());
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_EQ(confirmed->state(), "GRANTED");
  EXPECT_THAT(PermissionsOf("posts/plan-officer"), Contains("alert.warning.sign"));
  EXPECT_EQ(RuleOf(Confirm("grants/1", SecondPerson())), "directory.grant-proposed");
}

TEST_F(DirectoryRightsTest, ARejectedGrantGivesNothingAndSaysWhy) {
  GiveASecondPerson();
  ASSERT_TRUE(PutRole("roles/planner", "alert.warning.sign", Administrator()).ok());
  v1::RejectGrantRequest reject;
  reject.set_name("grants/1");
  EXPECT_EQ(base::ProblemOf(live().RejectGrant(SecondPerson(), reject).status()).field(), "reason");
  reject.set_reason("预案岗不签发预警");
  ASSERT_TRUE(Run(live().RejectGrant(SecondPerson(), reject), SecondPerson()).ok());
  EXPECT_EQ(RuleOf(Confirm("grants/1", SecondPerson())), "directory.grant-proposed");
  EXPECT_THAT(PermissionsOf("posts/plan-officer"), Not(Contains("alert.warning.sign")));
  EXPECT_EQ(live().ListGrants(SecondPerson(), {})->grants(0).reason(), reject.reason());
}

TEST_F(DirectoryRightsTest, WhatChangedSinceItWasProposedIsProposedAnew) {
  GiveASecondPerson();
  ASSERT_TRUE(PutRole("roles/planner", "alert.warning.sign", Administrator()).ok());
  // Somebody else gets the role meanwhile: the second person was not shown that.
  v1::PutPostRequest post;
  *post.mutable_post() = TestPost("posts/spokesperson");
  post.mutable_post()->add_roles("roles/planner");
  ASSERT_TRUE(Run(live().PutPost(Administrator(), post), Administrator()).ok());
  EXPECT_EQ(RuleOf(Confirm("grants/1", SecondPerson())), "directory.grant-stale");
  // The row itself changes.
  ASSERT_TRUE(PutRole("roles/drafter", "alert.warning.sign", Administrator()).ok());
  ASSERT_TRUE(PutRole("roles/drafter", "drill.plan", Administrator()).ok());
  EXPECT_EQ(RuleOf(Confirm("grants/2", SecondPerson())), "directory.grant-stale");
}

TEST_F(DirectoryRightsTest, AnAccountWithAGravePostWaitsAndItsPersonCannotSignIn) {
  GiveASecondPerson();
  v1::PutAccountRequest request;
  *request.mutable_account() = NewSigner();
  request.set_password(kPassword);
  const auto put = Run(live().PutAccount(Administrator(), request), Administrator());
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(put->state(), "AWAITS_SECOND");
  v1::SignInRequest sign_in;
  sign_in.set_account("new-signer");
  sign_in.set_password(kPassword);
  EXPECT_FALSE(live().SignIn(ContextOf(), sign_in).ok());
  ASSERT_TRUE(Confirm("grants/1", SecondPerson()).ok());
  const auto token = live().SignIn(ContextOf(), sign_in);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_THAT(token->permissions(), Contains("alert.warning.sign"));
  EXPECT_EQ(FileBytes().find("$argon2"), std::string::npos)
      << "the waiting password is sealed, too";
}

TEST_F(DirectoryRightsTest, OfAnImportOnlyTheAccountsThatGainWait) {
  GiveASecondPerson();
  v1::ImportDirectoryRequest import;
  *import.mutable_directory() = live().ExportDirectory(ContextOf(), {})->directory();
  import.mutable_directory()->mutable_units(0)->set_title("改名的单位");
  *import.mutable_directory()->add_accounts() = NewSigner();
  const auto receipt = Run(live().ImportDirectory(Administrator(), import), Administrator());
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->name(), "imports/2");
  EXPECT_THAT(receipt->flags(0).text(), HasSubstr("grants/1"));
  EXPECT_EQ(live().ListUnits(ContextOf(), {})->units(0).title(), "改名的单位");
  ASSERT_TRUE(Confirm("grants/1", SecondPerson()).ok());
  // A role that gives a grave right to those who are there makes the whole wait.
  import.mutable_directory()->mutable_units(0)->set_title("又改名");
  for (v1::Role& role : *import.mutable_directory()->mutable_roles()) {
    if (role.name() == "roles/planner") role.add_permissions("response.approve");
  }
  const auto held = Run(live().ImportDirectory(Administrator(), import), Administrator());
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(held->name(), "grants/2");
  EXPECT_EQ(live().ListUnits(ContextOf(), {})->units(0).title(), "改名的单位");
  ASSERT_TRUE(Confirm("grants/2", SecondPerson()).ok());
  EXPECT_EQ(live().ListUnits(ContextOf(), {})->units(0).title(), "又改名");
}

TEST_F(DirectoryRightsTest, WhatCannotBePutIsSaidToTheProposer) {
  GiveASecondPerson();
  v1::Account account = NewSigner();
  account.set_person("people/nobody");
  const auto put = PutAccount(account, Administrator());
  EXPECT_EQ(base::ProblemOf(put.status()).field(), "account.person");
  EXPECT_EQ(live().ListGrants(SecondPerson(), {})->grants_size(), 0);
}

TEST_F(DirectoryRightsTest, APersonHasOneAccount) {
  v1::Account second;
  second.set_name("accounts/second-login");
  second.set_person("people/alert-drafter");
  second.add_posts("posts/alert-reviewer");
  EXPECT_EQ(RuleOf(PutAccount(second, ContextOf())), "directory.one-account");
  v1::ImportDirectoryRequest import;
  *import.mutable_directory()->add_accounts() = second;
  EXPECT_EQ(RuleOf(Run(live().ImportDirectory(ContextOf(), import))), "directory.one-account");
  // The first one disabled, the person may have another.
  v1::Account first;
  first.set_name("accounts/alert-drafter");
  first.set_disabled(true);
  ASSERT_TRUE(PutAccount(first, ContextOf()).ok());
  ASSERT_TRUE(PutAccount(second, ContextOf()).ok());
  first.set_disabled(false);
  EXPECT_EQ(RuleOf(PutAccount(first, ContextOf())), "directory.one-account");
}

TEST_F(DirectoryRightsTest, AnAccountPassesToAnotherPersonOnlyByTwoAndItsTokensEnd) {
  ASSERT_TRUE(SetPassword("spokesperson", kPassword).ok());
  v1::SignInRequest sign_in;
  sign_in.set_account("spokesperson");
  sign_in.set_password(kPassword);
  const auto token = live().SignIn(ContextOf(), sign_in);
  ASSERT_TRUE(token.ok()) << token.status();
  v1::Account passed;
  passed.set_name("accounts/spokesperson");
  passed.set_person(NewSigner().person());
  EXPECT_EQ(RuleOf(PutAccount(passed, ContextOf())), "directory.second-person");
  GiveASecondPerson();
  const auto put = PutAccount(passed, Administrator());
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(put->state(), "AWAITS_SECOND") << "also where no right is grave";
  const auto grants = live().ListGrants(SecondPerson(), {});
  EXPECT_EQ(grants->grants(0).gains(0).person_before(), "people/spokesperson");
  context::CallContext bearer;
  bearer.actor = token->actor();
  bearer.principal = "accounts/spokesperson";
  bearer.credential = tokens_.Verify(token->token())->credential();
  EXPECT_TRUE(live().RenewToken(bearer, {}).ok());
  ASSERT_TRUE(Confirm("grants/1", SecondPerson()).ok());
  EXPECT_EQ(base::ProblemOf(live().RenewToken(bearer, {}).status()).rule_id(),
            "directory.credential");
}

TEST_F(DirectoryRightsTest, ANewPasswordEndsTheTokensOfTheOldOne) {
  ASSERT_TRUE(SetPassword("spokesperson", kPassword).ok());
  v1::SignInRequest sign_in;
  sign_in.set_account("spokesperson");
  sign_in.set_password(kPassword);
  const auto token = live().SignIn(ContextOf(), sign_in);
  ASSERT_TRUE(token.ok()) << token.status();
  context::CallContext bearer;
  bearer.actor = token->actor();
  bearer.principal = "accounts/spokesperson";
  bearer.credential = tokens_.Verify(token->token())->credential();
  ASSERT_TRUE(SetPassword("spokesperson", "another-password").ok());
  EXPECT_EQ(base::ProblemOf(live().RenewToken(bearer, {}).status()).rule_id(),
            "directory.credential");
  v1::EnterRealmRequest enter;
  enter.set_realm(kDrill);
  EXPECT_FALSE(live().EnterRealm(bearer, enter).ok());
}

TEST_F(DirectoryRightsTest, AnAdministratorHoldsNoPostAndIsChangedByAnAdministratorOnly) {
  v1::Account admin;
  admin.set_name("accounts/admin");
  admin.add_posts("posts/alert-drafter");
  EXPECT_EQ(RuleOf(PutAccount(admin, ContextOf())), "directory.administrator-post");
  auto other = As("posts/plan-officer", "directory.accounts");
  admin.clear_posts();
  admin.set_disabled(true);
  EXPECT_EQ(RuleOf(PutAccount(admin, other)), "directory.administrator-account");
  v1::PutAccountRequest password;
  password.mutable_account()->set_name("accounts/admin");
  password.set_password(kPassword);
  EXPECT_EQ(base::ProblemOf(live().PutAccount(other, password).status()).rule_id(),
            "directory.administrator-account");
  // Whoever sets a password can sign in with it: no way to rights that he has not.
  password.mutable_account()->set_name("accounts/commander");
  EXPECT_EQ(base::ProblemOf(live().PutAccount(other, password).status()).rule_id(),
            "directory.rights-held");
  v1::Account risen;
  risen.set_name("accounts/plan-officer");
  risen.set_administrator(true);
  EXPECT_EQ(RuleOf(PutAccount(risen, other)), "directory.administrator-account");
}

TEST_F(DirectoryRightsTest, TheLastAdministratorIsNotLost) {
  v1::Account admin;
  admin.set_name("accounts/admin");
  admin.set_disabled(true);
  EXPECT_EQ(RuleOf(PutAccount(admin, ContextOf())), "directory.last-administrator");
  // What is not said stays: a person or a password leaves the right.
  v1::GetAccountRequest get;
  get.set_name("admin");
  GiveASecondPerson();
  EXPECT_TRUE(live().GetAccount(ContextOf(), get)->account().administrator());
  admin.clear_disabled();
  admin.set_administrator(false);
  EXPECT_EQ(RuleOf(PutAccount(admin, Administrator())), "directory.last-administrator");
  v1::ImportDirectoryRequest import;
  v1::Account& file = *import.mutable_directory()->add_accounts();
  file.set_name("accounts/admin");
  file.set_person("people/administrator");
  ASSERT_TRUE(Run(live().ImportDirectory(Administrator(), import), Administrator()).ok());
  EXPECT_TRUE(live().GetAccount(ContextOf(), get)->account().administrator());
}

TEST_F(DirectoryRightsTest, TheMachinesOwnerGivesTheRightBack) {
  privacy::Sealer sealer(*keys_, "live");
  auto command = ResetPassword(hasher_, sealer, "plan-officer", kPassword, /*administrator=*/true);
  ASSERT_TRUE(command.ok()) << command.status();
  command->context.received_at = clock_.Now();
  ASSERT_TRUE(
      realms_.at("live").ledger->ExecuteAndWait(*std::move(command), absl::Seconds(20)).ok());
  v1::GetAccountRequest get;
  get.set_name("plan-officer");
  const auto account = live().GetAccount(ContextOf(), get)->account();
  EXPECT_TRUE(account.administrator());
  EXPECT_THAT(account.posts(), IsEmpty());
  EXPECT_TRUE(account.has_password());
}

TEST_F(DirectoryRightsTest, AbsentFieldsOfAPutStayAndTheMaskTakesThemAway) {
  v1::Account only;
  only.set_name("accounts/lingbei-duty");
  only.set_disabled(true);
  ASSERT_TRUE(PutAccount(only, ContextOf()).ok());
  v1::GetAccountRequest get;
  get.set_name("accounts/lingbei-duty");
  auto account = live().GetAccount(ContextOf(), get)->account();
  EXPECT_TRUE(account.disabled());
  EXPECT_EQ(account.person(), "people/lingbei-duty");
  EXPECT_THAT(account.posts(), ElementsAre("posts/lingbei-duty"));
  only.set_disabled(false);
  ASSERT_TRUE(PutAccount(only, ContextOf()).ok());
  account = live().GetAccount(ContextOf(), get)->account();
  EXPECT_FALSE(account.disabled());
  v1::PutAccountRequest bare;
  bare.mutable_account()->set_name("accounts/lingbei-duty");
  bare.add_update_mask("posts");
  ASSERT_TRUE(Run(live().PutAccount(ContextOf(), bare)).ok());
  EXPECT_THAT(live().GetAccount(ContextOf(), get)->account().posts(), IsEmpty());
  bare.add_update_mask("sealed");
  EXPECT_EQ(base::ProblemOf(live().PutAccount(ContextOf(), bare).status()).rule_id(),
            "directory.update-mask");
  // A file says nothing of whether an account is disabled.
  only.set_disabled(true);
  ASSERT_TRUE(PutAccount(only, ContextOf()).ok());
  v1::ImportDirectoryRequest import;
  *import.mutable_directory() = XingshanForTests();
  ASSERT_TRUE(Run(live().ImportDirectory(ContextOf(), import)).ok());
  EXPECT_TRUE(live().GetAccount(ContextOf(), get)->account().disabled());
}

TEST_F(DirectoryRightsTest, EveryAccountIsListedWithWhatMatters) {
  ASSERT_TRUE(SetPassword("lingbei-duty", kPassword).ok());
  v1::ListAccountsRequest request;
  request.set_page_size(500);
  const auto list = live().ListAccounts(ContextOf(), request);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->accounts_size(), XingshanForTests().accounts_size() + 1);
  int administrators = 0;
  int with_password = 0;
  for (const auto& account : list->accounts()) {
    administrators += account.administrator() ? 1 : 0;
    with_password += account.has_password() ? 1 : 0;
  }
  EXPECT_EQ(administrators, 1);
  EXPECT_EQ(with_password, 1);
  EXPECT_THAT(list->SerializeAsString(), Not(HasSubstr("argon2")));
}

}  // namespace
}  // namespace huying::directory
