#include "network/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/error.h"

namespace asiaq::network {
namespace {

TEST(EnvironmentName, AcceptsWhatNamesCanBeMadeOf) {
  for (const char* name : {"demo", "ci", "demo-two", "Staging", "a1", "x.y"}) {
    EXPECT_NO_THROW(check_environment_name(name)) << name;
  }
}

TEST(EnvironmentName, RefusesCharactersWithAMeaning) {
  for (const char* name : {"", "a_b", "a b", "a/b", "a:b", "a,b", "a*", "d?mo", "-demo", "a\tb"}) {
    EXPECT_THROW(check_environment_name(name), VpcConfigError) << "'" << name << "'";
  }
}

TEST(EnvironmentName, SaysWhichCharacterIsWrong) {
  try {
    check_environment_name("de*mo");
    FAIL() << "was accepted";
  } catch (const VpcConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'de*mo'"));
    EXPECT_THAT(error.what(), testing::HasSubstr("'*'"));
  }
}

TEST(ResourceNames, AreJoinedByUnderscores) {
  EXPECT_EQ(group_name("demo", "tunnel"), "demo_tunnel");
  EXPECT_EQ(subnet_name("demo", "tunnel", "us-west-2b"), "demo_tunnel_us-west-2b");
}

TEST(MetanetworkKinds, HaveAFixedOrderAndDescription) {
  EXPECT_EQ(metanetwork_position("intranet"), 0U);
  EXPECT_EQ(metanetwork_position("maintenance"), 3U);
  EXPECT_EQ(metanetwork_position("backyard"), std::nullopt);
  EXPECT_EQ(metanetwork_kinds[2].group_description, "Client facing");
}

}  // namespace
}  // namespace asiaq::network
