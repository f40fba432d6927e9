#include "instance/acfg.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/error.h"
#include "unit/instance/scratch.h"

namespace asiaq::instance::acfg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Entry> parsed(const std::string& text) { return parse_metadata(text, "acfg.metadata"); }

std::string problem_of(const std::string& text) {
  try {
    parsed(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

/// Accounts of an imaginary machine on which every name is this process's own user and group.
struct FakeAccounts {
  std::vector<std::string> users = {"root"};
  std::vector<std::string> groups = {"root"};
  std::vector<std::string> made;

  Accounts accounts() {
    return {.find_user = [this](const std::string& name) -> std::optional<uid_t> {
              return has(users, name) ? std::optional(::geteuid()) : std::nullopt;
            },
            .find_group = [this](const std::string& name) -> std::optional<gid_t> {
              return has(groups, name) ? std::optional(::getegid()) : std::nullopt;
            },
            .create_group =
                [this](const std::string& name) {
                  groups.push_back(name);
                  made.push_back("group " + name);
                },
            .create_user =
                [this](const std::string& name, const std::string& group) {
                  users.push_back(name);
                  made.push_back("user " + name + " of " + group);
                }};
  }

  static bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
};

class Acfg : public testing::Test {
 protected:
  void install(const std::vector<std::string>& hostclasses,
               Options::Mode mode = Options::Mode::install) {
    std::filesystem::create_directories(scratch.path() / "dst");
    acfg::install({.source = scratch.path() / "src",
                   .destination = scratch.path() / "dst",
                   .hostclasses = hostclasses,
                   .mode = mode,
                   .owner = {}},
                  fake.accounts());
  }

  Scratch scratch;
  FakeAccounts fake;
};

TEST(AcfgMetadata, HasFourWordsALine) {
  EXPECT_THAT(parsed("# comment\n\n/etc/x 0640 root adm # why\netc/y~mhcx 4755 a b\n"),
              ElementsAre(Entry{3, "etc/x", "", 0640, "root", "adm"},
                          Entry{4, "etc/y", "mhcx", 04755, "a", "b"}));
}

TEST(AcfgMetadata, NamesTheLineThatIsWrong) {
  EXPECT_THAT(problem_of("\netc/x 0640 root\n"), HasSubstr("acfg.metadata:2: 3 words"));
  EXPECT_THAT(problem_of("etc/x 0640 root root root"), HasSubstr("acfg.metadata:1: 5 words"));
  EXPECT_THAT(problem_of("etc/x 0680 root root"), HasSubstr("octal"));
  EXPECT_THAT(problem_of("etc/x 07777777 root root"), HasSubstr("octal"));
  EXPECT_THAT(problem_of("/../etc/x 0600 root root"), HasSubstr("leads out"));
}

TEST(AcfgMetadata, KeepsFileOrderForOneHostclass) {
  const auto entries = parsed("a~mhcx 0600 r r\na 0640 r r\na~mhcy 0644 r r\n");
  const auto chosen = applicable(entries, {"mhcx"});
  ASSERT_EQ(chosen.size(), 2U);
  EXPECT_EQ(chosen[1].mode, 0640U);
}

TEST(AcfgMetadata, PutsEntriesOfBetterHostclassesLastForSeveral) {
  const auto entries = parsed("a~mhcx 0600 r r\na~mhcy 0644 r r\na 0640 r r\n");
  const auto chosen = applicable(entries, {"mhcx", "mhcy"});
  ASSERT_EQ(chosen.size(), 3U);
  EXPECT_EQ(chosen[0].mode, 0640U);
  EXPECT_EQ(chosen[1].mode, 0644U);
  EXPECT_EQ(chosen[2].mode, 0600U);
}

TEST(AcfgName, IsSplitAtItsLastTilde) {
  EXPECT_EQ(split_name("a~b~mhcx"),
            std::pair(std::string("a~b"), std::optional<std::string>("mhcx")));
  EXPECT_EQ(split_name("a"), std::pair(std::string("a"), std::optional<std::string>()));
}

TEST_F(Acfg, PrefersTheFileOfTheHostclassAndSkipsOthers) {
  scratch.write("src/etc/a", "plain");
  scratch.write("src/etc/a~mhcx", "of x");
  scratch.write("src/etc/b~mhcy", "of y");
  scratch.write("src/etc/c", "c");
  scratch.write("src/etc/d~e~mhcx", "tilde");
  scratch.write("src/empty/empty~mhcdoesnotexist", "");
  scratch.write("src/acfg.metadata", "etc/c 0640 root root\n/etc/c 0600 root root\n");
  install({"mhcx"});
  EXPECT_EQ(scratch.read("dst/etc/a"), "of x");
  EXPECT_FALSE(scratch.has("dst/etc/b"));
  EXPECT_FALSE(scratch.has("dst/etc/b~mhcy"));
  EXPECT_EQ(scratch.read("dst/etc/c"), "c");
  EXPECT_EQ(scratch.mode("dst/etc/c"), 0600U);
  EXPECT_EQ(scratch.read("dst/etc/d~e"), "tilde");
  EXPECT_TRUE(scratch.has("dst/empty"));
  EXPECT_FALSE(scratch.has("dst/empty/empty"));
  EXPECT_FALSE(scratch.has("dst/acfg.metadata"));
}

TEST_F(Acfg, TakesTheFirstHostclassThatHasAFile) {
  scratch.write("src/a", "plain");
  scratch.write("src/a~mhcy", "of y");
  scratch.write("src/a~mhcx", "of x");
  scratch.write("src/b", "plain");
  install({"mhcx", "mhcy"});
  EXPECT_EQ(scratch.read("dst/a"), "of x");
  EXPECT_EQ(scratch.read("dst/b"), "plain");
}

TEST_F(Acfg, CopiesModesAndTheTimesOfDirectoriesThatExist) {
  scratch.write("src/bin/tool", "#!/bin/sh\n", 0755);
  scratch.write("dst/bin/old", "");
  ::chmod((scratch.path() / "src/bin").c_str(), 0750);
  const auto time =
      std::filesystem::last_write_time(scratch.path() / "src/bin") - std::chrono::hours(1);
  std::filesystem::last_write_time(scratch.path() / "src/bin", time);
  install({"mhcx"});
  EXPECT_EQ(scratch.mode("dst/bin/tool"), 0755U);
  EXPECT_EQ(scratch.mode("dst/bin"), 0750U);
  EXPECT_EQ(std::filesystem::last_write_time(scratch.path() / "dst/bin"), time);
}

TEST_F(Acfg, FollowsLinksToFilesAndRecreatesLinksToDirectories) {
  scratch.write("src/real/file", "content");
  std::filesystem::create_symlink("real/file", scratch.path() / "src/link");
  std::filesystem::create_symlink("real", scratch.path() / "src/folder");
  install({"mhcx"});
  install({"mhcx"});
  EXPECT_FALSE(std::filesystem::is_symlink(scratch.path() / "dst/link"));
  EXPECT_EQ(scratch.read("dst/link"), "content");
  EXPECT_EQ(std::filesystem::read_symlink(scratch.path() / "dst/folder"), "real");
}

TEST_F(Acfg, MakesAccountsThatTheMetadataNames) {
  scratch.write("src/a", "");
  scratch.write("src/acfg.metadata", "a 0600 redis cache\nmissing 0600 other other\n");
  install({"mhcx"});
  EXPECT_THAT(fake.made, ElementsAre("group cache", "user redis of cache"));
}

TEST_F(Acfg, ChangesNothingWhenTheMetadataIsWrong) {
  scratch.write("src/a", "a");
  scratch.write("src/acfg.metadata", "a 0600 root root\na 0600 root\n");
  EXPECT_THROW(install({"mhcx"}), ConfigError);
  EXPECT_FALSE(scratch.has("dst/a"));
}

TEST_F(Acfg, ChangesNothingWhenRehearsing) {
  scratch.write("src/etc/a", "a");
  scratch.write("src/acfg.metadata", "etc/a 0600 nobodyyet nobodyyet\n");
  install({"mhcx"}, Options::Mode::rehearse);
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path() / "dst"));
  EXPECT_TRUE(fake.made.empty());
}

TEST_F(Acfg, RefusesToReplaceADirectoryByAFile) {
  scratch.write("src/a", "a");
  scratch.write("dst/a/b", "b");
  EXPECT_THROW(install({"mhcx"}), Error);
}

TEST(AcfgHostclass, IsTheFirstLineOfItsFile) {
  const Scratch scratch;
  EXPECT_THROW(hostclass_of_host(scratch.path()), ConfigError);
  scratch.write("opt/wgen/etc/hostclass", " \n");
  EXPECT_THROW(hostclass_of_host(scratch.path()), ConfigError);
  scratch.write("opt/wgen/etc/hostclass", " mhcx \nmhcy\n");
  EXPECT_EQ(hostclass_of_host(scratch.path()), "mhcx");
}

}  // namespace
}  // namespace asiaq::instance::acfg
