#include "remote/ssh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "base/process.h"
#include "support/fake_programs.h"

namespace asiaq::remote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A program `ssh` of the given script, found first in PATH while this lives.
struct FakeSsh : FakePrograms {
  explicit FakeSsh(const std::string& script) { add("ssh", script); }
};

TEST(SshConfigText, NeverAsksAndDoesNotCheckHostKeysByDefault) {
  const std::string text = ssh_config_text({}, Asking::never, {});
  EXPECT_THAT(text, HasSubstr("  BatchMode yes\n"));
  EXPECT_THAT(text, HasSubstr("  ConnectTimeout 10\n"));
  EXPECT_THAT(text, HasSubstr("  StrictHostKeyChecking no\n"));
  EXPECT_THAT(text, HasSubstr("  UserKnownHostsFile /dev/null\n"));
  EXPECT_THAT(text, HasSubstr("  ForwardAgent no\n"));
  EXPECT_THAT(text, Not(HasSubstr("IdentitiesOnly")));
}

TEST(SshConfigText, ChecksHostKeysStrictlyAgainstAGivenFile) {
  const std::string text =
      ssh_config_text({.known_hosts = "/private/known hosts"}, Asking::never, {});
  EXPECT_THAT(text, HasSubstr("  StrictHostKeyChecking yes\n"));
  EXPECT_THAT(text, HasSubstr("  UserKnownHostsFile \"/private/known hosts\"\n"));
}

TEST(SshConfigText, PutsItsOwnLinesBeforeIncludedFiles) {
  const std::string text = ssh_config_text({.identities = {"/keys/bake.key"},
                                            .offer = SshSettings::Offer::only,
                                            .agent = SshSettings::Agent::forwarded},
                                           Asking::on_terminal, {"/box/ssh_config"});
  EXPECT_THAT(text, HasSubstr("  IdentitiesOnly yes\n  IdentityFile \"/keys/bake.key\"\n"
                              "  Include \"/box/ssh_config\"\n"));
  EXPECT_THAT(text, HasSubstr("  ForwardAgent yes\n"));
  EXPECT_THAT(text, Not(HasSubstr("BatchMode")));
}

TEST(SshConfigText, IsUnderstoodByTheRealClient) {
  const PrivateFolder folder;
  const auto box = folder.write("box", "Host 10.*\n  ProxyCommand connect-to %h %p\n");
  const auto config = folder.write(
      "config", ssh_config_text({.identities = {"/keys/a.key"}}, Asking::never, {box}));
  const ProcessResult shown =
      run_process({.arguments = {"ssh", "-F", config.string(), "-G", "10.1.2.3"}});
  EXPECT_EQ(shown.status, 0) << shown.output;
  EXPECT_THAT(shown.output, HasSubstr("proxycommand connect-to %h %p\n"));
  EXPECT_THAT(shown.output, HasSubstr("batchmode yes\n"));
  EXPECT_THAT(shown.output, HasSubstr("identityfile /keys/a.key\n"));
}

TEST(SshProgram, NamesTheJumpHostWithTheSameUser) {
  EXPECT_THAT(ssh_program("/f", {"10.0.0.2", "198.51.100.1"}, "tester"),
              ElementsAre("ssh", "-F", "/f", "-J", "tester@198.51.100.1"));
  EXPECT_THAT(ssh_program("/f", {"10.0.0.2", {}}, "tester"), ElementsAre("ssh", "-F", "/f"));
  EXPECT_THAT(ssh_program("/f", {"10.0.0.2", "198.51.100.1"}, ""),
              ElementsAre("ssh", "-F", "/f", "-J", "198.51.100.1"));
}

TEST(SshProgram, MayLogInToTheJumpHostAsAnother) {
  const auto jumping_as = [](const std::string& user) {
    return ssh_program(
        "/f", {.address = "10.0.0.2", .jump_address = "198.51.100.1", .jump_user = user}, "tester");
  };
  EXPECT_THAT(jumping_as("alice"), ElementsAre("ssh", "-F", "/f", "-J", "alice@198.51.100.1"));
  EXPECT_THAT(jumping_as(""), ElementsAre("ssh", "-F", "/f", "-J", "198.51.100.1"));
}

TEST(TunnelArguments, LeadEachPortThroughTheGatewayToTheSamePortOfTheTarget) {
  EXPECT_THAT(tunnel_arguments("/f", "198.51.100.1", "10.0.0.2", {8080, 22}),
              ElementsAre("ssh", "-F", "/f", "-N", "-o", "ExitOnForwardFailure=yes", "-L",
                          "8080:10.0.0.2:8080", "-L", "22:10.0.0.2:22", "--", "198.51.100.1"));
}

TEST(SshConfigText, NamesAnotherAgent) {
  EXPECT_THAT(ssh_config_text({.agent_socket = "/private/agent"}, Asking::never, {}),
              HasSubstr("  IdentityAgent \"/private/agent\"\n"));
  EXPECT_THAT(ssh_config_text({}, Asking::never, {}), Not(HasSubstr("IdentityAgent")));
}

TEST(Ssh, PassesUserAddressAndCommandAsSingleArguments) {
  const FakeSsh ssh("shift 2; printf '%s|' \"$@\"\n");
  const RemoteResult result = Ssh().run({"10.0.0.2", {}}, "root", {.text = "echo 'a b'; id -u"});
  EXPECT_EQ(result.output, "-l|root|--|10.0.0.2|echo 'a b'; id -u|");
}

TEST(Ssh, ReturnsStatusAndMergedOutput) {
  const FakeSsh ssh("echo out; echo err >&2; exit 142\n");
  const RemoteResult result = Ssh().run({"10.0.0.2", {}}, "root", {.text = "true"});
  EXPECT_EQ(result.status, 142);
  EXPECT_EQ(result.output, "out\nerr\n");
}

TEST(Ssh, StreamsOutputAndFeedsInput) {
  const FakeSsh ssh("cat\n");
  std::string streamed;
  const RemoteResult result = Ssh().run(
      {"10.0.0.2", {}}, "root",
      {.text = "cat", .standard_input = "given", .on_output = [&streamed](std::string_view piece) {
         streamed += piece;
       }});
  EXPECT_EQ(result.output, "given");
  EXPECT_EQ(streamed, "given");
}

TEST(Ssh, RunCheckedNamesCommandHostStatusAndReason) {
  const FakeSsh ssh("echo 'first'; echo 'no such thing'; exit 3\n");
  try {
    Ssh().run_checked({"10.0.0.2", {}}, "root", {.text = "do-it"});
    FAIL() << "nothing was thrown";
  } catch (const CommandError& error) {
    EXPECT_EQ(error.status(), 3);
    EXPECT_EQ(error.reason(), "`do-it` as root on 10.0.0.2 ended with status 3: no such thing");
  }
}

TEST(Ssh, EndsACommandThatTakesTooLong) {
  const FakeSsh ssh("exec sleep 60\n");
  EXPECT_THROW(Ssh().run({"10.0.0.2", {}}, "root", {.text = "x", .timeout = Seconds(0.3)}),
               TimeoutError);
}

TEST(Ssh, KeepsItsSettingsFilePrivateAndRemovesIt) {
  std::filesystem::path file;
  {
    const Ssh ssh;
    file = ssh.program({"10.0.0.2", {}}, "root").at(2);
    struct stat status {};
    ASSERT_EQ(stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    ASSERT_EQ(stat(file.parent_path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
  }
  EXPECT_FALSE(std::filesystem::exists(file.parent_path()));
}

}  // namespace
}  // namespace asiaq::remote
