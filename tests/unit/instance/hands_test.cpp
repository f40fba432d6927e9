#include "instance/hands.h"

#include <gmock/gmock.h>

#include <set>

#include "base/error.h"
#include "instance/boot_state.h"
#include "instance/credential_injection.h"
#include "instance/operator_accounts.h"
#include "instance/testing_mode.h"
#include "unit/instance/scratch.h"

namespace asiaq::instance {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines(const plan::Plan& plan) {
  std::vector<std::string> found;
  for (const plan::Change& change : plan.changes()) {
    found.push_back(std::string(to_string(change.verb)) + ' ' + change.resource.kind + ' ' +
                    change.resource.name);
  }
  return found;
}

TEST(WorkingHands, WriteAFileAndTheFoldersAboveIt) {
  const Scratch scratch;
  const auto hands = working_hands();
  write_file(*hands, scratch.path() / "a/b", "text", {.mode = 0600});
  EXPECT_EQ(scratch.read("a/b"), "text");
  EXPECT_EQ(scratch.mode("a/b"), 0600U);
  remove_file(*hands, scratch.path() / "a/b");
  EXPECT_FALSE(scratch.has("a/b"));
}

TEST(WorkingHands, SayWhyAFileCannotBeWritten) {
  const Scratch scratch;
  scratch.write("a", "in the way");
  const auto hands = working_hands();
  EXPECT_THROW(write_file(*hands, scratch.path() / "a/b", "text"), Error);
}

TEST(WorkingHands, RunProgramsAndMindTheirStatusIfAsked) {
  const auto hands = working_hands();
  run_program(*hands, {"true"});
  EXPECT_THROW(run_program(*hands, {"false"}), Error);
  EXPECT_NO_THROW(try_program(*hands, {"false"}));
}

TEST(RehearsingHands, NoteWhatIsNotThereYetAndNothingElse) {
  const Scratch scratch;
  scratch.write("same", "text", 0644);
  scratch.write("other", "old", 0644);
  scratch.write("open", "text", 0644);
  RehearsingHands hands;
  const auto at = [&](const char* name) { return scratch.path() / name; };
  write_file(hands, at("same"), "text", {.mode = 0644});
  write_file(hands, at("other"), "new");
  write_file(hands, at("open"), "text", {.mode = 0600});
  write_file(hands, at("missing"), "text");
  remove_file(hands, at("absent"));
  remove_file(hands, at("other"));
  EXPECT_THAT(
      lines(hands.plan()),
      ElementsAre("update file " + at("other").string(), "update file " + at("open").string(),
                  "create file " + at("missing").string(), "delete file " + at("other").string()));
}

TEST(RehearsingHands, CannotDoAnything) {
  RehearsingHands hands;
  run_program(hands, {"false"});
  for (const plan::Change& change : hands.plan().changes()) EXPECT_FALSE(change.carry_out);
}

// Everything below the folder, with contents.
std::set<std::string> everything_in(const Scratch& scratch) {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path())) {
    const auto name = entry.path().lexically_relative(scratch.path());
    found.insert(name.string() + (entry.is_regular_file() ? ": " + scratch.read(name) : ""));
  }
  return found;
}

TEST(RehearsingHands, LeaveAHostThatBootsAsItIs) {
  const Scratch scratch;
  scratch.write("opt/wgen/etc/conf", "{s3cred://k}");
  const auto before = everything_in(scratch);
  RehearsingHands hands;
  int tests = 0;
  report_boot({.hands = hands,
               .paths = {scratch.path()},
               .hostclass = "mhcfoo",
               .smoke_test =
                   [&] {
                     ++tests;
                     return SmokeTestResult{1, "never", "passes"};
                   },
               .tagging = {.set = [](const auto&) {}, .remove = [](const auto&) {}},
               .uptime = [] { return Seconds(1); }});
  set_testing_mode(hands, {scratch.path()}, TestingMode::on);
  inject_credentials([](const std::string&) { return std::string("secret"); }, hands,
                     {.root = scratch.path()});
  EXPECT_EQ(everything_in(scratch), before);
  EXPECT_EQ(tests, 0) << "a rehearsal does not wait";
  const auto said = lines(hands.plan());
  EXPECT_THAT(said, testing::Contains("wait for smoke test mhcfoo"));
  EXPECT_THAT(said,
              testing::Contains("update file " + (scratch.path() / "opt/wgen/etc/conf").string()));
  EXPECT_THAT(said, testing::Contains("update host systemctl stop disco-ip-route.service"));
  EXPECT_EQ(plan::as_text(hands.plan()).find("secret"), std::string::npos);
}

TEST(RehearsingHands, CountOnTheAccountsThatTheyWouldHaveMade) {
  RehearsingHands hands;
  const OperatorUser user{.name = "asiaq-nobody-has-this",
                          .id = 60123,
                          .password_hash = "$6$secret",
                          .ssh_keys = {"ssh-ed25519 A", "ssh-ed25519 B"}};
  EXPECT_EQ(install_accounts({{{user.name, 60123}}, {user}}, account_system(hands)), 0);
  EXPECT_THAT(lines(hands.plan()),
              ElementsAre("update host groupadd --gid 60123 -- asiaq-nobody-has-this",
                          testing::HasSubstr("update host useradd --create-home --uid 60123"),
                          "update host chpasswd -e",
                          "update file /home/asiaq-nobody-has-this/.ssh/authorized_keys"));
  EXPECT_EQ(hands.plan().changes().back().details.front(), "2 keys");
  EXPECT_EQ(plan::as_text(hands.plan()).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace asiaq::instance
