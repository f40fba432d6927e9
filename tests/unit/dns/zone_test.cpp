#include "dns/zone.h"

#include <gtest/gtest.h>

#include "support/thrown.h"

namespace asiaq::dns {
namespace {

TEST(Zones, AreFoundByTheirExactName) {
  const std::vector<Zone> zones = {{.id = "Z1", .name = "example.com"},
                                   {.id = "Z2", .name = "ci.example.com"}};
  EXPECT_EQ(zone_of(zones, "Example.com.").id, "Z1");
  EXPECT_EQ(zone_of(zones, "ci.example.com").id, "Z2");
  EXPECT_EQ(test::thrown_by([&] { zone_of(zones, "a.ci.example.com"); }),
            "Route53: there is no hosted zone a.ci.example.com (make the zone in Route 53, or name "
            "another domain)");
}

TEST(Zones, ArePublicOnesWhereBothHaveTheName) {
  const Zone hidden{.id = "Z1", .name = "example.com", .is_private = true};
  const Zone open{.id = "Z2", .name = "example.com"};
  EXPECT_EQ(zone_of({hidden, open}, "example.com").id, "Z2");
  EXPECT_EQ(zone_of({open, hidden}, "example.com").id, "Z2");
  EXPECT_EQ(zone_of({hidden}, "example.com").id, "Z1");
  EXPECT_EQ(zone_of({open, {.id = "Z3", .name = "example.com"}}, "example.com").id, "Z2");
}

}  // namespace
}  // namespace asiaq::dns
