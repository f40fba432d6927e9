#include "image/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace asiaq::image {
namespace {

using testing::HasSubstr;

Image made(const std::string& id, const std::string& name, const std::string& stage,
           const std::string& state = "available") {
  Image image{.id = id, .name = name, .state = state};
  if (!stage.empty()) image.tags[tag::stage] = stage;
  return image;
}

const std::vector<Image> images = {
    made("ami-1", "mhcfoo 1500000000", "tested"),
    made("ami-2", "mhcfoo 1500000100", "untested"),
    made("ami-3", "mhcfoo 1500000200", ""),
    made("ami-4", "mhcfoo 1500000300", "tested", "failed"),
    made("ami-5", "mhcfoobar 1500000400", "tested"),
    made("ami-6", "mhcbar 1500000050", "tested"),
};

std::string newest_id(const Wanted& wanted) {
  const auto image = newest(images, wanted);
  return image ? image->id : "none";
}

TEST(Newest, IsTheLargestTimestampOfTheStage) {
  EXPECT_EQ(newest_id({.hostclass = "mhcfoo", .stages = {"tested"}}), "ami-1");
  EXPECT_EQ(newest_id({.hostclass = "mhcfoo", .stages = {"untested"}}), "ami-2");
}

TEST(Newest, TakesImagesWithoutStageOnlyIfNoneIsAskedFor) {
  EXPECT_EQ(newest_id({.hostclass = "mhcfoo"}), "ami-3");
}

TEST(Newest, TakesTheFirstStageThatHasOne) {
  EXPECT_EQ(newest_id({.hostclass = "mhcfoo", .stages = {"gold", "untested", "tested"}}), "ami-2");
  EXPECT_EQ(newest_id({.hostclass = "mhcbar", .stages = {"gold", "untested"}}), "none");
}

TEST(Newest, ByIdLooksAtNothingElse) {
  EXPECT_EQ(newest_id({.id = "ami-4", .hostclass = "mhcbar", .stages = {"gold"}}), "ami-4");
  EXPECT_EQ(newest_id({.id = "ami-9"}), "none");
}

TEST(Newest, ComparesTheWholeHostclass) {
  EXPECT_EQ(newest_id({.hostclass = "mhcf", .stages = {"tested"}}), "none");
}

TEST(Newest, SkipsImagesThatFailed) {
  EXPECT_FALSE(
      newest({made("ami-1", "mhcfoo 1500000000", "", "deregistered")}, {.hostclass = "mhcfoo"}));
  EXPECT_TRUE(newest({made("ami-1", "mhcfoo 1500000000", "", "pending")}, {.hostclass = "mhcfoo"}));
}

TEST(Newest, FiltersByProductLine) {
  std::vector<Image> lines = {made("ami-1", "mhcfoo 1500000000", "tested"),
                              made("ami-2", "mhcfoo 1500000001", "tested")};
  lines[0].tags[tag::product_line] = "astro";
  EXPECT_EQ(newest(lines, {.hostclass = "mhcfoo", .product_line = "astro"})->id, "ami-1");
}

TEST(Newest, LeavesPrivateImagesToTheirBaker) {
  std::vector<Image> one = {made("ami-1", "mhcfoo 1500000000", "tested")};
  one[0].tags[tag::is_private] = "True";
  EXPECT_FALSE(newest(one, {.hostclass = "mhcfoo"}));
  EXPECT_TRUE(newest(one, {.hostclass = "mhcfoo", .private_images = Wanted::Private::included}));
}

TEST(Newest, NeedsAnIdOrAHostclass) { EXPECT_THROW(newest(images, {}), ImageError); }

TEST(BaseForBake, IsTheNewestOfTheLastStage) {
  const Base base = base_for_bake(images, "mhcfoo", {"untested", "failed", "tested"});
  EXPECT_EQ(base.image.id, "ami-1");
  EXPECT_FALSE(base.warning);
}

// Scenario d.11: only an untested one is used with a warning that holds the exact command.
TEST(BaseForBake, FallsBackToTheFirstStageWithTheCommandThatPromotesIt) {
  const Base base =
      base_for_bake({made("ami-7", "base 1500000000", "untested")}, "base", {"untested", "tested"});
  EXPECT_EQ(base.image.id, "ami-7");
  ASSERT_TRUE(base.warning);
  EXPECT_THAT(*base.warning, HasSubstr("`disco_bake.py promote --ami ami-7 --stage tested`"));
}

// Scenario d.11: none of that name is an error naming image and stage.
TEST(BaseForBake, NamesImageAndStageIfThereIsNone) {
  try {
    base_for_bake({made("ami-7", "base 1500000000", "failed")}, "base",
                  {"untested", "failed", "tested"});
    FAIL() << "nothing was thrown";
  } catch (const ImageError& error) {
    EXPECT_EQ(error.kind(), "AMI");
    EXPECT_EQ(error.reason(), "no phase 1 AMI named base in stage tested or untested");
  }
}

}  // namespace
}  // namespace asiaq::image
