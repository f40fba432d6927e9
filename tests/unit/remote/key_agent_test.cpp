#include "remote/key_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/process.h"
#include "support/environment_variable.h"
#include "support/scratch_folder.h"

namespace asiaq::remote {
namespace {

using test::EnvironmentVariable;
using testing::HasSubstr;

constexpr const char* listing =
    "256 SHA256:bobbobbob alice@laptop (ED25519)\n3072 SHA256:xyz the key of carol (RSA)\n";

TEST(NamesUser, LooksAtTheCommentsOnly) {
  EXPECT_TRUE(names_user(listing, "alice"));
  EXPECT_TRUE(names_user(listing, "carol"));
  EXPECT_FALSE(names_user(listing, "bob"));
  EXPECT_FALSE(names_user(listing, "RSA"));
  EXPECT_FALSE(names_user(listing, ""));
  EXPECT_FALSE(names_user("The agent has no identities.\n", "alice"));
}

TEST(AgentProcess, IsReadFromWhatTheAgentPrinted) {
  EXPECT_EQ(agent_process("SSH_AUTH_SOCK=/a; export SSH_AUTH_SOCK;\nSSH_AGENT_PID=4711; export "
                          "SSH_AGENT_PID;\necho Agent pid 4711;\n"),
            4711);
  EXPECT_FALSE(agent_process("SSH_AGENT_PID=;"));
  EXPECT_FALSE(agent_process("bind: Address already in use\n"));
}

/// Real ssh programs in a home without keys and without an agent.
class AgentOfAHome : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (home_.path() / name).string(); }

  void make_key(const std::string& name, const std::string& comment) {
    std::filesystem::create_directories(home_.path() / ".ssh");
    const ProcessResult made = run_process({.arguments = {"ssh-keygen", "-q", "-t", "ed25519", "-N",
                                                          "", "-C", comment, "-f", path(name)}});
    ASSERT_EQ(made.status, 0) << made.output;
  }

  static std::string keys_of(const std::string& socket) {
    return run_process({.arguments = {"ssh-add", "-l"}, .environment = {{"SSH_AUTH_SOCK", socket}}})
        .output;
  }

  test::ScratchFolder home_;
  EnvironmentVariable home_variable_{"HOME", home_.path().string()};
  EnvironmentVariable no_agent_{"SSH_AUTH_SOCK", std::nullopt};
};

TEST_F(AgentOfAHome, IsStartedWithTheKeysOfTheHomeAndEndsWithTheObject) {
  make_key(".ssh/id_ed25519", "work");
  std::string socket;
  {
    const KeyAgent agent("alice");
    ASSERT_TRUE(agent.socket());
    socket = agent.socket()->string();
    EXPECT_THAT(keys_of(socket), HasSubstr(" work (ED25519)"));
  }
  EXPECT_FALSE(std::filesystem::exists(socket));
  EXPECT_FALSE(names_user(keys_of(socket), "work"));
}

TEST_F(AgentOfAHome, IsTheUsersOwnIfOneRuns) {
  const ProcessResult own = run_process({.arguments = {"ssh-agent", "-s", "-a", path("agent")}});
  const auto process = agent_process(own.output);
  ASSERT_TRUE(process) << own.output;
  const EnvironmentVariable variable("SSH_AUTH_SOCK", path("agent"));
  EXPECT_THROW(KeyAgent("alice"), Error) << "it holds no key, and there is none to add";
  make_key("elsewhere", "alice@laptop");
  run_process({.arguments = {"ssh-add", "-q", path("elsewhere")}});
  EXPECT_FALSE(KeyAgent("alice").socket());
  make_key(".ssh/id_ed25519", "work");
  EXPECT_FALSE(KeyAgent("bob").socket());
  EXPECT_THAT(keys_of(path("agent")), HasSubstr(" work (ED25519)"));
  kill(*process, SIGTERM);
}

TEST_F(AgentOfAHome, IsRefusedWithoutAnyKey) {
  try {
    const KeyAgent agent("alice");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), "Command");
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("alice"), HasSubstr("ssh-add")));
  }
}

}  // namespace
}  // namespace asiaq::remote
