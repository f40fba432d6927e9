#include "instance/credential_injection.h"

#include <gmock/gmock.h>

#include <map>

#include "base/error.h"
#include "instance/file_patterns.h"
#include "unit/instance/scratch.h"

namespace asiaq::instance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Injection : public testing::Test {
 protected:
  InjectionResult run() {
    asked.clear();
    return inject_credentials(
        [this](const std::string& key) -> std::optional<std::string> {
          asked.push_back(key);
          if (broken) throw Error("AWS", "no connection");
          const auto found = objects.find(key);
          return found == objects.end() ? std::nullopt : std::optional(found->second);
        },
        *hands, {.root = scratch.path()});
  }

  Scratch scratch;
  std::unique_ptr<Hands> hands = working_hands();
  std::map<std::string, std::string> objects;
  std::vector<std::string> asked;
  bool broken = false;
};

TEST_F(Injection, FillsInOnlyTheFilesThatAreScanned) {
  objects = {{"a/key", "value\n"}};
  scratch.write("home/x/.ssh/authorized_keys", "pre {s3cred://a/key} post\n", 0600);
  scratch.write("home/x/notes", "{s3cred://a/key}");
  scratch.write("opt/wgen/etc/deep/er/conf", "{s3cred://a/key}");
  const auto result = run();
  EXPECT_EQ(scratch.read("home/x/.ssh/authorized_keys"), "pre value post\n");
  EXPECT_EQ(scratch.mode("home/x/.ssh/authorized_keys"), 0600U);
  EXPECT_EQ(scratch.read("home/x/notes"), "{s3cred://a/key}");
  EXPECT_EQ(scratch.read("opt/wgen/etc/deep/er/conf"), "value");
  EXPECT_THAT(asked, ElementsAre("a/key"));
  EXPECT_EQ(result.written.size(), 2U);
}

TEST_F(Injection, TakesMorePatternsFromDropIns) {
  objects = {{"k", "v"}};
  scratch.write("etc/asiaq/credential-files.d/mine.conf", "/srv/*/conf # mine\n");
  scratch.write("srv/a/conf", "{s3cred://k}");
  run();
  EXPECT_EQ(scratch.read("srv/a/conf"), "v");
}

TEST_F(Injection, LeavesPlaceholdersWithoutAValueAndFillsThemInLater) {
  objects = {{"one", "1"}};
  scratch.write("opt/wgen/etc/conf", "{s3cred://one} {s3cred://two}");
  EXPECT_THAT(run().unavailable, ElementsAre("two"));
  EXPECT_EQ(scratch.read("opt/wgen/etc/conf"), "1 {s3cred://two}");
  objects["two"] = "2";
  EXPECT_THAT(run().unavailable, IsEmpty());
  EXPECT_EQ(scratch.read("opt/wgen/etc/conf"), "1 2");
}

TEST_F(Injection, PutsInWhatTheBucketsHaveByThen) {
  objects = {{"k", "old"}};
  scratch.write("opt/wgen/etc/conf", "{s3cred://k}");
  run();
  objects["k"] = "new";
  EXPECT_THAT(run().written, ElementsAre(scratch.path() / "opt/wgen/etc/conf"));
  EXPECT_EQ(scratch.read("opt/wgen/etc/conf"), "new");
  EXPECT_THAT(run().written, IsEmpty());
}

TEST_F(Injection, KeepsWhatItPutInWhenTheBucketsCannotBeRead) {
  objects = {{"k", "good"}};
  scratch.write("opt/wgen/etc/conf", "{s3cred://k}");
  run();
  broken = true;
  EXPECT_THAT(run().unavailable, ElementsAre("k"));
  EXPECT_EQ(scratch.read("opt/wgen/etc/conf"), "good");
}

TEST_F(Injection, RespectsLaterEdits) {
  objects = {{"k", "v"}};
  scratch.write("opt/wgen/etc/conf", "{s3cred://k}");
  run();
  scratch.write("opt/wgen/etc/conf", "by hand");
  run();
  EXPECT_EQ(scratch.read("opt/wgen/etc/conf"), "by hand");
  scratch.write("opt/wgen/etc/conf", "again {s3cred://k}");
  run();
  EXPECT_EQ(scratch.read("opt/wgen/etc/conf"), "again v");
}

TEST_F(Injection, KeepsOriginalsFromOthersThanRoot) {
  objects = {{"k", "v"}};
  scratch.write("opt/wgen/etc/conf", "{s3cred://k}");
  run();
  EXPECT_EQ(scratch.mode("var/lib/asiaq/credential-templates"), 0700U);
  EXPECT_EQ(scratch.mode("var/lib/asiaq/credential-templates/originals/opt/wgen/etc/conf"), 0600U);
}

TEST(FilePatterns, MatchLikeAShellWithAnyDepth) {
  const Scratch scratch;
  for (const char* name : {"a/x", "a/b/x", "a/b/c/x", "a/y", "r1", "r2", "s"})
    scratch.write(name, "");
  std::filesystem::create_symlink("a", scratch.path() / "link");
  const auto names = [&](const std::string& pattern) {
    std::vector<std::string> found;
    for (const auto& file : matching_files(scratch.path(), {pattern})) {
      found.push_back(file.lexically_relative(scratch.path()).string());
    }
    return found;
  };
  EXPECT_THAT(names("/a/**/x"), UnorderedElementsAre("a/x", "a/b/x", "a/b/c/x"));
  EXPECT_THAT(names("/a/**"), UnorderedElementsAre("a/x", "a/y", "a/b/x", "a/b/c/x"));
  EXPECT_THAT(names("/r*"), UnorderedElementsAre("r1", "r2"));
  EXPECT_THAT(names("/a/*/x"), UnorderedElementsAre("a/b/x"));
  EXPECT_THAT(names("/link/**"), IsEmpty());
  EXPECT_THAT(names("/none/**"), IsEmpty());
}

}  // namespace
}  // namespace asiaq::instance
