#include "image/promotion.h"

#include <gtest/gtest.h>

namespace asiaq::image {
namespace {

const ProductionSettings production{{"111111111111", "222222222222"}, "jenkins"};

Image baked_by(const std::string& baker) {
  Image image;
  image.tags[tag::baker] = baker;
  return image;
}

// Scenario d.4: the rule; whether the permissions are set is tested against the cloud.
TEST(IsShared, OnlyInTheFinalStageAndByTheProductionBaker) {
  EXPECT_TRUE(is_shared(baked_by("jenkins"), "tested", "tested", production, Sharing::by_rule));
  EXPECT_FALSE(is_shared(baked_by("alice"), "tested", "tested", production, Sharing::by_rule));
  EXPECT_FALSE(is_shared(baked_by("jenkins"), "failed", "tested", production, Sharing::by_rule));
}

// Scenario d.4: alice + --promote-to-prod
TEST(IsShared, AlwaysWhenAskedFor) {
  EXPECT_TRUE(is_shared(baked_by("alice"), "failed", "tested", production, Sharing::always));
}

TEST(IsShared, NeverByRuleWithoutBakerOrAccounts) {
  EXPECT_FALSE(
      is_shared(baked_by(""), "tested", "tested", {{"111111111111"}, ""}, Sharing::by_rule));
  EXPECT_FALSE(
      is_shared(baked_by("jenkins"), "tested", "tested", {{}, "jenkins"}, Sharing::by_rule));
}

}  // namespace
}  // namespace asiaq::image
