#include "instance/operator_accounts.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <map>

#include "base/error.h"
#include "base/text.h"
#include "unit/instance/scratch.h"

namespace asiaq::instance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// An imaginary machine: notes the programs that would run and makes the accounts they name.
struct Machine {
  std::map<std::string, LocalUser> users = {{"root", {0, 0, "/root"}}};
  std::map<std::string, gid_t> groups = {{"root", 0}, {"users", 100}};
  std::vector<std::string> ran;
  std::map<uid_t, std::string> keys;
  std::string failing;

  AccountSystem system() {
    return {.find_user = [this](const std::string& name) -> std::optional<LocalUser> {
              const auto found = users.find(name);
              return found == users.end() ? std::nullopt : std::optional(found->second);
            },
            .find_group = [this](const std::string& name) -> std::optional<gid_t> {
              const auto found = groups.find(name);
              return found == groups.end() ? std::nullopt : std::optional(found->second);
            },
            .run = [this](const std::vector<std::string>& arguments,
                          const std::string& input) { run(arguments, input); },
            .write_keys = [this](const LocalUser& user,
                                 const std::string& lines) { keys[user.id] = lines; }};
  }

  void run(const std::vector<std::string>& arguments, const std::string& input) {
    ran.push_back(join(arguments, " ") + (input.empty() ? "" : " < " + input));
    if (arguments.front() == failing) throw Error("Command", failing + " failed");
    const std::string& name = arguments.back();
    if (arguments.front() == "groupadd" || arguments.front() == "groupmod") {
      groups[name] = static_cast<gid_t>(parse_integer(arguments.at(2)).value_or(990));
    } else if (arguments.front() == "useradd" || arguments.front() == "usermod") {
      users[name] = {2000, 2000, "/home/" + name};
    }
  }
};

OperatorUser alice() {
  return {.name = "alice",
          .id = 2000,
          .password_hash = "$6$x",
          .shell = "/bin/bash",
          .groups = std::vector<std::string>{"users", "disco_operators"},
          .ssh_keys = {"ssh-ed25519 A"}};
}

TEST(InstallAccounts, MakesGroupsThenUsersWithTheHashAsInput) {
  Machine machine;
  EXPECT_EQ(install_accounts({{{"alice", 2000}}, {alice()}}, machine.system()), 0);
  EXPECT_THAT(machine.ran,
              ElementsAre("groupadd --gid 2000 -- alice", "groupadd --system -- disco_operators",
                          "useradd --create-home --uid 2000 --gid 2000 --expiredate  --shell "
                          "/bin/bash --groups users,disco_operators -- alice",
                          "chpasswd -e < alice:$6$x\n"));
  EXPECT_EQ(machine.keys[2000], "ssh-ed25519 A\n");
}

TEST(InstallAccounts, ChangesWhatIsThere) {
  Machine machine;
  machine.groups["alice"] = 2005;
  machine.users["alice"] = {2005, 2005, "/home/alice"};
  auto user = alice();
  user.password_hash.reset();
  user.groups.reset();
  EXPECT_EQ(install_accounts({{{"alice", 2000}}, {user}}, machine.system()), 0);
  EXPECT_THAT(
      machine.ran,
      ElementsAre("groupmod --gid 2000 -- alice",
                  "usermod --uid 2000 --gid 2000 --expiredate  --shell /bin/bash -- alice"));
}

TEST(InstallAccounts, ExpiresInactiveUsersAndTakesTheirKeys) {
  Machine machine;
  machine.groups["alice"] = 2000;
  auto user = alice();
  user.active = false;
  EXPECT_EQ(install_accounts({{}, {user}}, machine.system()), 0);
  EXPECT_THAT(machine.ran.at(1), testing::HasSubstr("--expiredate 1970-01-02"));
  EXPECT_EQ(machine.keys[2000], "");
}

TEST(InstallAccounts, NeverTouchesAccountsOfTheSystem) {
  Machine machine;
  auto user = alice();
  user.name = "root";
  EXPECT_EQ(install_accounts({{{"root", 2000}}, {user}}, machine.system()), 2);
  EXPECT_THAT(machine.ran, IsEmpty());
}

TEST(InstallAccounts, GoesOnAfterOneThatFails) {
  Machine machine;
  machine.groups["bob"] = 2001;
  auto bob = alice();
  bob.name = "bob";
  bob.groups.reset();
  EXPECT_EQ(install_accounts({{}, {alice(), bob}}, machine.system()), 1)
      << "alice has no group of her name";
  EXPECT_EQ(machine.users.count("bob"), 1U);
}

class Keys : public testing::Test {
 protected:
  void write(const std::string& lines) {
    account_system(*working_hands()).write_keys({::geteuid(), ::getegid(), scratch.path()}, lines);
  }
  Scratch scratch;
};

TEST_F(Keys, AreReplacedAsAWhole) {
  scratch.write(".ssh/authorized_keys", "old\n", 0644);
  write("new\n");
  EXPECT_EQ(scratch.read(".ssh/authorized_keys"), "new\n");
  EXPECT_EQ(scratch.mode(".ssh/authorized_keys"), 0600U);
  EXPECT_EQ(scratch.mode(".ssh"), 0700U);
}

TEST_F(Keys, DoNotFollowLinksThatTheUserMade) {
  const auto victim = scratch.write("victim/authorized_keys", "theirs\n");
  std::filesystem::create_symlink("victim", scratch.path() / ".ssh");
  EXPECT_THROW(write("mine\n"), Error);
  std::filesystem::remove(scratch.path() / ".ssh");
  std::filesystem::create_directory(scratch.path() / ".ssh");
  std::filesystem::create_symlink(victim, scratch.path() / ".ssh/authorized_keys");
  write("mine\n");
  EXPECT_EQ(scratch.read("victim/authorized_keys"), "theirs\n");
  EXPECT_EQ(scratch.read(".ssh/authorized_keys"), "mine\n");
}

}  // namespace
}  // namespace asiaq::instance
