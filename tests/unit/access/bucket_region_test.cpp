#include "access/bucket_region.h"

#include <gtest/gtest.h>

namespace asiaq::access {
namespace {

TEST(RegionOfLocation, KnowsTheOldNamesOfRegions) {
  EXPECT_EQ(region_of_location(""), "us-east-1");
  EXPECT_EQ(region_of_location("EU"), "eu-west-1");
  EXPECT_EQ(region_of_location("us-west-2"), "us-west-2");
}

}  // namespace
}  // namespace asiaq::access
