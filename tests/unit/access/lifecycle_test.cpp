#include "access/lifecycle.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace asiaq::access {
namespace {

Json modern(const char* text) { return modern_lifecycle(Json::parse(text), "b.lifecycle"); }

TEST(ModernLifecycle, TurnsTheSingleTransitionOfTheOldShapeIntoAList) {
  EXPECT_EQ(
      modern(R"({"Rules": [{"ID": "a", "Prefix": "logs/", "Status": "Enabled",
                       "Transition": {"Days": 30, "StorageClass": "GLACIER"}}]})"),
      Json::parse(R"({"Rules": [{"ID": "a", "Filter": {"Prefix": "logs/"}, "Status": "Enabled",
                       "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}]})"));
}

TEST(ModernLifecycle, TurnsTheOldNoncurrentVersionTransitionIntoAList) {
  EXPECT_EQ(modern(R"({"Rules": [{"Prefix": "", "Status": "Enabled",
                 "NoncurrentVersionTransition": {"NoncurrentDays": 7, "StorageClass": "GLACIER"}}]})")
                ["Rules"][0]["NoncurrentVersionTransitions"],
            Json::parse(R"([{"NoncurrentDays": 7, "StorageClass": "GLACIER"}])"));
}

TEST(ModernLifecycle, AppliesARuleWithoutPrefixToAllObjects) {
  EXPECT_EQ(modern(R"({"Rules": [{"Status": "Enabled"}]})")["Rules"][0]["Filter"],
            Json::parse(R"({"Prefix": ""})"));
}

TEST(ModernLifecycle, LeavesTodaysShapeAsItIs) {
  const Json today = Json::parse(R"({"Rules": [{"ID": "a", "Status": "Enabled",
      "Filter": {"And": {"Prefix": "x", "Tags": [{"Key": "k", "Value": "v"}]}},
      "Expiration": {"Days": 3}, "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}]})");
  EXPECT_EQ(modern_lifecycle(today, "f"), today);
}

TEST(ModernLifecycle, IsItsOwnFixedPoint) {
  const Json once = modern(R"({"Rules": [{"Prefix": "a", "Transition": {"Days": 1}}]})");
  EXPECT_EQ(modern_lifecycle(once, "f"), once);
}

TEST(ModernLifecycle, RefusesWhatHasNoListOfRules) {
  EXPECT_THROW(modern("[]"), ConfigError);
  EXPECT_THROW(modern(R"({"Rules": {}})"), ConfigError);
  EXPECT_THROW(modern(R"({"Rules": [1]})"), ConfigError);
}

TEST(SameLifecycle, IgnoresAnIdThatTheServiceMadeUp) {
  EXPECT_TRUE(same_lifecycle(Json::parse(R"({"Rules": [{"Status": "Enabled"}]})"),
                             Json::parse(R"({"Rules": [{"ID": "x1", "Status": "Enabled"}]})")));
}

TEST(SameLifecycle, SeesADifferentId) {
  EXPECT_FALSE(same_lifecycle(Json::parse(R"({"Rules": [{"ID": "a"}]})"),
                              Json::parse(R"({"Rules": [{"ID": "b"}]})")));
}

TEST(SameLifecycle, IgnoresTheOrderOfRules) {
  EXPECT_TRUE(same_lifecycle(
      Json::parse(R"({"Rules": [{"Status": "Enabled"}, {"ID": "b", "Status": "Enabled"}]})"),
      Json::parse(
          R"({"Rules": [{"ID": "b", "Status": "Enabled"}, {"ID": "z", "Status": "Enabled"}]})")));
}

TEST(SameLifecycle, SeesAnActionThatIsNoLongerWanted) {
  EXPECT_FALSE(
      same_lifecycle(Json::parse(R"({"Rules": [{"ID": "a"}]})"),
                     Json::parse(R"({"Rules": [{"ID": "a", "Expiration": {"Days": 1}}]})")));
}

TEST(SameLifecycle, SeesAMissingRule) {
  EXPECT_FALSE(same_lifecycle(Json::parse(R"({"Rules": [{"ID": "a"}]})"), Json::object()));
}

}  // namespace
}  // namespace asiaq::access
