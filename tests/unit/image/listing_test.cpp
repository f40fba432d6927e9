#include "image/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::image {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Image made(const std::string& id, const std::string& name, const std::string& stage) {
  Image image{.id = id, .name = name, .state = "available"};
  if (!stage.empty()) image.tags[tag::stage] = stage;
  return image;
}

const std::vector<Image> images = {
    made("ami-2", "mhcfoo 1500000100", "untested"), made("ami-1", "mhcfoo 1500000000", "tested"),
    made("ami-3", "mhcbar 1500000050", "tested"), made("ami-4", "something else", "")};

std::vector<std::string> ids(const ListFilter& filter) {
  std::vector<std::string> found;
  for (const Image& image : listed(images, filter)) found.push_back(image.id);
  return found;
}

// Scenario d.1
TEST(Listed, AreThoseOfTheHostclassOldestFirst) {
  EXPECT_THAT(ids({.hostclass = "mhcfoo"}), ElementsAre("ami-1", "ami-2"));
  EXPECT_THAT(ids({.hostclass = "mhcnone"}), IsEmpty());
}

TEST(Listed, MatchAllFilters) {
  EXPECT_THAT(ids({.stages = {"tested"}}), ElementsAre("ami-1", "ami-3"));
  EXPECT_THAT(ids({.stages = {"tested", "untested"}, .hostclass = "mhcfoo"}),
              ElementsAre("ami-1", "ami-2"));
  EXPECT_THAT(ids({.stages = {"Tested"}}), IsEmpty());
  EXPECT_THAT(ids({.id = "ami-3", .hostclass = "mhcfoo"}), IsEmpty());
  EXPECT_THAT(ids({.state = "pending"}), IsEmpty());
}

TEST(Listed, PutImagesOfUnknownAgeFirst) {
  EXPECT_THAT(ids({}), ElementsAre("ami-4", "ami-1", "ami-3", "ami-2"));
}

TEST(Listed, FilterByProductLine) {
  std::vector<Image> two = {images[0], images[1]};
  two[1].tags[tag::product_line] = "astro";
  const auto found = listed(two, {.product_line = "astro"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "ami-1");
}

}  // namespace
}  // namespace asiaq::image
