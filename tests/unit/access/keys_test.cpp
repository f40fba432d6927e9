#include "access/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.h"

namespace asiaq::access {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(KeysOfEnvironment, MakesOnlyTheBakeKeyForBuild) {
  const EnvironmentKeys keys = keys_of_environment("build");
  EXPECT_THAT(keys.generated, ElementsAre("bake"));
  EXPECT_THAT(keys.by_hand,
              ElementsAre("private_keys/ssl/jenkins/crt", "private_keys/ssl/jenkins/key",
                          "private_keys/ad/bind_password"));
}

TEST(KeysOfEnvironment, MakesNoneForDeploy) {
  const EnvironmentKeys keys = keys_of_environment("deploy");
  EXPECT_THAT(keys.generated, IsEmpty());
  EXPECT_THAT(keys.by_hand,
              ElementsAre("private_keys/ssl/deployenator/crt", "private_keys/ssl/deployenator/key",
                          "private_keys/ad/bind_password"));
}

TEST(KeysOfEnvironment, AsksForBothCertificatesInCi) {
  EXPECT_THAT(keys_of_environment("ci").by_hand,
              ElementsAre("private_keys/ssl/jenkins/crt", "private_keys/ssl/jenkins/key",
                          "private_keys/ssl/deployenator/crt", "private_keys/ssl/deployenator/key",
                          "private_keys/ad/bind_password"));
}

TEST(KeysOfEnvironment, TreatsAllOthersAlike) {
  for (const char* name : {"staging", "production", "sandbox"}) {
    const EnvironmentKeys keys = keys_of_environment(name);
    EXPECT_THAT(keys.generated,
                ElementsAre("test", "smoketest", "snapshot", "dashboard", "jenkins"));
    EXPECT_THAT(keys.by_hand,
                ElementsAre("private_keys/ssl/adminproxy/crt", "private_keys/ssl/adminproxy/key",
                            "private_keys/ad/bind_password"));
  }
}

// A bucket and EC2 in memory; whatever is named in `broken` fails.
struct World {
  std::map<std::string, std::string> objects;
  std::map<std::string, std::string> pairs;
  std::set<std::string> broken;

  void fail_if_broken(const std::string& what) const {
    if (broken.contains(what)) throw Error("Test", what + " is broken");
  }

  KeyPlaces places() {
    return {
        .read = [this](const std::string& object) -> std::optional<std::string> {
          const auto found = objects.find(object);
          return found == objects.end() ? std::nullopt : std::optional(found->second);
        },
        .write =
            [this](const std::string& object, const std::string& content) {
              fail_if_broken(content + " in " + object);
              objects[object] = content;
            },
        .find_pair = [this](const std::string& name) -> std::optional<std::string> {
          const auto found = pairs.find(name);
          return found == pairs.end() ? std::nullopt : std::optional(found->second);
        },
        .delete_pair = [this](const std::string& name) { pairs.erase(name); },
        .import_pair =
            [this](const std::string& name, const std::string& key) {
              fail_if_broken("import of " + key);
              if (pairs.contains(name)) throw Error("Test", "InvalidKeyPair.Duplicate");
              pairs[name] = key;
            },
    };
  }
};

World world_with_old_key() {
  return {.objects = {{"private_keys/ssh/bake.key", "old private"},
                      {"public_keys/ssh/bake.pub", "old public"}},
          .pairs = {{"bake", "old public"}},
          .broken = {}};
}

const SshKeyPair fresh{.private_key = "new private", .public_key = "new public"};

TEST(ReplaceStoredAndImportedKey, PutsTheNewPairInBothPlaces) {
  World world = world_with_old_key();
  replace_stored_and_imported_key("bake", fresh, world.places());
  EXPECT_THAT(world.objects, UnorderedElementsAre(Pair("private_keys/ssh/bake.key", "new private"),
                                                  Pair("public_keys/ssh/bake.pub", "new public")));
  EXPECT_THAT(world.pairs, ElementsAre(Pair("bake", "new public")));
}

TEST(ReplaceStoredAndImportedKey, WorksWhereThereWasNone) {
  World world;
  replace_stored_and_imported_key("bake", fresh, world.places());
  EXPECT_THAT(world.pairs, ElementsAre(Pair("bake", "new public")));
  EXPECT_THAT(world.objects, Contains(Pair("private_keys/ssh/bake.key", "new private")));
}

TEST(ReplaceStoredAndImportedKey, RestoresTheOldEc2PairWhenTheImportFails) {
  World world = world_with_old_key();
  world.broken = {"import of new public"};
  EXPECT_THROW(replace_stored_and_imported_key("bake", fresh, world.places()), Error);
  EXPECT_THAT(world.pairs, ElementsAre(Pair("bake", "old public")));
  EXPECT_EQ(world.objects, world_with_old_key().objects);
}

TEST(ReplaceStoredAndImportedKey, TakesTheOldPublicKeyFromTheBucketWhereEc2DoesNotTellIt) {
  World world = world_with_old_key();
  world.pairs["bake"] = "";
  world.broken = {"import of new public"};
  EXPECT_THROW(replace_stored_and_imported_key("bake", fresh, world.places()), Error);
  EXPECT_THAT(world.pairs, ElementsAre(Pair("bake", "old public")));
}

TEST(ReplaceStoredAndImportedKey, RestoresBothPlacesWhenTheBucketRefusesTheSecondHalf) {
  World world = world_with_old_key();
  world.broken = {"new public in public_keys/ssh/bake.pub"};
  EXPECT_THROW(replace_stored_and_imported_key("bake", fresh, world.places()), Error);
  EXPECT_EQ(world.objects, world_with_old_key().objects);
  EXPECT_THAT(world.pairs, ElementsAre(Pair("bake", "old public")));
}

TEST(ReplaceStoredAndImportedKey, ThrowsWhatFailedFirst) {
  World world = world_with_old_key();
  world.broken = {"import of new public", "import of old public"};
  try {
    replace_stored_and_imported_key("bake", fresh, world.places());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "import of new public is broken");
  }
}

TEST(ReplaceStoredKey, NeverTouchesEc2) {
  World world = world_with_old_key();
  replace_stored_key("bake", fresh, world.places());
  EXPECT_THAT(world.pairs, ElementsAre(Pair("bake", "old public")));
  EXPECT_THAT(world.objects, Contains(Pair("private_keys/ssh/bake.key", "new private")));
}

TEST(ReplaceStoredKey, KeepsTheHalvesTogetherWhenTheSecondCannotBeWritten) {
  World world = world_with_old_key();
  world.broken = {"new public in public_keys/ssh/bake.pub"};
  EXPECT_THROW(replace_stored_key("bake", fresh, world.places()), Error);
  EXPECT_EQ(world.objects, world_with_old_key().objects);
}

}  // namespace
}  // namespace asiaq::access
