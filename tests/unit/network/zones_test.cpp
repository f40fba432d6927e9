#include "network/zones.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::network {
namespace {

using testing::ElementsAre;

const std::vector<ZoneFacts> zones{
    {.name = "us-west-2c", .type = "availability-zone", .state = "available"},
    {.name = "us-west-2a", .state = "available", .opt_in_status = "opt-in-not-required"},
    {.name = "us-west-2d", .state = "impaired"},
    {.name = "us-west-2-lax-1a",
     .type = "local-zone",
     .state = "available",
     .opt_in_status = "opted-in"},
    {.name = "us-west-2b", .state = "available"},
};

TEST(UsableZones, AreOrdinaryAvailableAndSorted) {
  EXPECT_THAT(usable_zones(zones, {}), ElementsAre("us-west-2a", "us-west-2b", "us-west-2c"));
}

TEST(UsableZones, AreLimitedToTheFirst) {
  EXPECT_THAT(usable_zones(zones, 2), ElementsAre("us-west-2a", "us-west-2b"));
  EXPECT_THAT(usable_zones(zones, 9), testing::SizeIs(3));
}

}  // namespace
}  // namespace asiaq::network
