#include "image/builder_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "support/fake_programs.h"

namespace asiaq::image {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const remote::Route host{"10.0.0.2", {}};

std::string read(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(LoginCandidates, PutTheConfiguredUserFirst) {
  EXPECT_THAT(login_candidates({}), ElementsAre("root", "ec2-user", "ubuntu", "admin", "centos",
                                                "rocky", "fedora", "debian"));
  EXPECT_THAT(login_candidates("admin"), ElementsAre("admin", "root", "ec2-user", "ubuntu",
                                                     "centos", "rocky", "fedora", "debian"));
}

TEST(LoginFrom, AcceptsRootAndThoseWhoCanBecomeRoot) {
  EXPECT_EQ(login_from("root", {0, "0\n0\n"})->power, Login::Power::root);
  EXPECT_EQ(login_from("root", {127, "0\nsh: sudo: not found\n"})->power, Login::Power::root);
  EXPECT_EQ(login_from("admin", {0, "1000\n0\n"})->power, Login::Power::sudo);
  EXPECT_EQ(login_from("admin", {0, "Welcome!\r\n1000\r\n0\r\n"})->power, Login::Power::sudo);
}

TEST(LoginFrom, RefusesHintsWhateverTheirStatus) {
  const std::string hint = "Please login as the user \"admin\" rather than the user \"root\".\n";
  EXPECT_FALSE(login_from("root", {142, hint}));
  EXPECT_FALSE(login_from("root", {0, hint}));
  EXPECT_FALSE(login_from("admin", {1, "1000\nsudo: a password is required\n"}));
  EXPECT_FALSE(login_from("admin", {255, "Permission denied (publickey).\n"}));
}

// Scenario d.14: root is refused with status 142, ec2-user is accepted.
TEST(SearchLogin, GoesOnToTheAccountThatWorks) {
  FakePrograms programs;
  programs.add("ssh",
               "case \"$*\" in\n"
               "*'-l root'*) echo 'Please login as the user ec2-user'; exit 142;;\n"
               "*'-l ec2-user'*) echo 1000; echo 0;;\n"
               "*) exit 9;; esac\n");
  const LoginSearch search = search_login(remote::Ssh(), host, login_candidates({}));
  ASSERT_TRUE(search.login) << search.reason;
  EXPECT_EQ(search.login->user, "ec2-user");
  EXPECT_EQ(search.login->power, Login::Power::sudo);
}

TEST(SearchLogin, AsksOnceOnlyWhenNobodyAnswers) {
  FakePrograms programs;
  programs.add("ssh",
               "echo x >>" + (programs.folder() / "calls").string() +
                   "; echo 'connect to host 10.0.0.2 port 22: No route to host'; exit 255\n");
  const LoginSearch search = search_login(remote::Ssh(), host, login_candidates({}));
  EXPECT_FALSE(search.login);
  EXPECT_THAT(search.reason, HasSubstr("No route to host"));
  EXPECT_EQ(read(programs.folder() / "calls"), "x\n");
}

TEST(OpenRootAccess, RunsByTheLoginsMeans) {
  FakePrograms programs;
  programs.add("ssh", "shift 2; echo \"$@\" >" + (programs.folder() / "call").string() + "; cat >" +
                          (programs.folder() / "input").string() + "\n");
  open_root_access(remote::Ssh(), host, {"admin", Login::Power::sudo});
  EXPECT_EQ(read(programs.folder() / "call"),
            "-l admin -- 10.0.0.2 sudo -n sh -s admin /run/asiaq-host-key\n");
  EXPECT_THAT(read(programs.folder() / "input"),
              AllOf(HasSubstr("PermitRootLogin prohibit-password"), StartsWith("set -eu\n")));
}

TEST(CleanUpAndShutDown, TakesTheKeysAwayLast) {
  FakePrograms programs;
  programs.add("ssh", "shift 2; echo \"$@\" >>" + (programs.folder() / "calls").string() +
                          "; case \"$*\" in *shutdown*) exit 255;; *) cat >/dev/null;; esac\n");
  clean_up_and_shut_down(remote::Ssh(), host,
                         {.login_user = "admin", .data_destination = "/opt/my data"});
  EXPECT_EQ(read(programs.folder() / "calls"),
            "-l root -- 10.0.0.2 sh -s admin '/opt/my data' no\n"
            "-l root -- 10.0.0.2 rm -f /root/.ssh/authorized_keys /etc/ssh/ssh_host_* && sync && "
            "shutdown -h now\n");
}

TEST(CleanUpAndShutDown, FailsIfTheCleanUpDoes) {
  FakePrograms programs;
  programs.add("ssh", "exit 1\n");
  EXPECT_THROW(clean_up_and_shut_down(remote::Ssh(), host, {}), remote::CommandError);
}

}  // namespace
}  // namespace asiaq::image
