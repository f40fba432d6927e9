#include "network/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::SizeIs;
using Owner = ObservedRoute::Owner;

Cidr cidr(const char* text) { return Cidr::parse(text).value(); }

RouteTarget to(const char* id) { return {.description = "a gateway", .resource = Reference(id)}; }

TEST(RouteDifference, DeletesAndCreatesByDestination) {
  const RouteDifference result =
      difference({{cidr("54.201.1.1/32"), "igw-1"}, {cidr("5.5.5.5/32"), "igw-1"}},
                 {{cidr("5.5.5.5/32"), to("igw-1")}, {cidr("6.6.6.6/32"), to("igw-1")}});
  EXPECT_THAT(result.remove, ElementsAre(cidr("54.201.1.1/32")));
  EXPECT_THAT(result.create, ElementsAre(Key(cidr("6.6.6.6/32"))));
  EXPECT_THAT(result.replace, IsEmpty());
}

TEST(RouteDifference, IsEmptyForWhatIsThere) {
  EXPECT_TRUE(
      difference({{cidr("0.0.0.0/0"), "igw-1"}}, {{cidr("0.0.0.0/0"), to("igw-1")}}).empty());
}

TEST(RouteDifference, ReplacesARouteToAnotherGateway) {
  const RouteDifference result =
      difference({{cidr("10.0.0.0/8"), "vgw-1"}}, {{cidr("10.0.0.0/8"), to("igw-1")}});
  EXPECT_THAT(result.replace, ElementsAre(Key(cidr("10.0.0.0/8"))));
  EXPECT_THAT(result.remove, IsEmpty());
}

TEST(RouteDifference, ReplacesTheDefaultRouteInOneCallWhenItMovesToANatGateway) {
  const RouteDifference result =
      difference({{cidr("0.0.0.0/0"), "igw-1"}}, {{cidr("0.0.0.0/0"), to("nat-1")}});
  EXPECT_THAT(result.replace, SizeIs(1));
  EXPECT_THAT(result.remove, IsEmpty());
  EXPECT_THAT(result.create, IsEmpty());
}

TEST(RouteDifference, ReplacesWhereTheTargetIsYetToBeMade) {
  const RouteDifference result =
      difference({{cidr("0.0.0.0/0"), "igw-gone"}}, {{cidr("0.0.0.0/0"), to("")}});
  EXPECT_THAT(result.replace, ElementsAre(Key(cidr("0.0.0.0/0"))));
}

TEST(RouteDifference, LeavesRoutesOfOthersAlone) {
  EXPECT_TRUE(difference({{cidr("10.100.0.0/16"), "pcx-1", Owner::other},
                          {cidr("0.0.0.0/0"), "nat-1", Owner::other},
                          {cidr("10.101.0.0/16"), "local", Owner::fixed}},
                         {})
                  .empty());
}

TEST(RouteDifference, TakesOverADestinationThatLeadsElsewhere) {
  const RouteDifference result =
      difference({{cidr("0.0.0.0/0"), "nat-1", Owner::other}}, {{cidr("0.0.0.0/0"), to("igw-1")}});
  EXPECT_THAT(result.replace, ElementsAre(Key(cidr("0.0.0.0/0"))));
}

}  // namespace
}  // namespace asiaq::network
