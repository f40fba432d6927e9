#include "network/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Entry = RouteDifference::Entry;
using Owner = ObservedRoute::Owner;

Cidr cidr(const char* text) { return Cidr::parse(text).value(); }

const std::map<Gateway, std::string> gateways{{Gateway::internet, "igw-1"}};

TEST(RouteDifference, DeletesAndCreatesByDestination) {
  const RouteDifference result = difference(
      {{cidr("54.201.1.1/32"), "igw-1"}, {cidr("5.5.5.5/32"), "igw-1"}},
      {{cidr("5.5.5.5/32"), Gateway::internet}, {cidr("6.6.6.6/32"), Gateway::internet}}, gateways);
  EXPECT_THAT(result.remove, ElementsAre(cidr("54.201.1.1/32")));
  EXPECT_THAT(result.create, ElementsAre(Entry{cidr("6.6.6.6/32"), Gateway::internet}));
  EXPECT_THAT(result.replace, IsEmpty());
}

TEST(RouteDifference, IsEmptyForWhatIsThere) {
  EXPECT_TRUE(
      difference({{cidr("0.0.0.0/0"), "igw-1"}}, {{cidr("0.0.0.0/0"), Gateway::internet}}, gateways)
          .empty());
}

TEST(RouteDifference, ReplacesARouteToAnotherGateway) {
  const RouteDifference result = difference({{cidr("10.0.0.0/8"), "vgw-1"}},
                                            {{cidr("10.0.0.0/8"), Gateway::internet}}, gateways);
  EXPECT_THAT(result.replace, ElementsAre(Entry{cidr("10.0.0.0/8"), Gateway::internet}));
  EXPECT_THAT(result.remove, IsEmpty());
}

TEST(RouteDifference, ReplacesWhereTheGatewayIsYetToBeMade) {
  const RouteDifference result =
      difference({{cidr("0.0.0.0/0"), "igw-gone"}}, {{cidr("0.0.0.0/0"), Gateway::internet}}, {});
  EXPECT_THAT(result.replace, ElementsAre(Entry{cidr("0.0.0.0/0"), Gateway::internet}));
}

TEST(RouteDifference, LeavesRoutesOfOthersAlone) {
  EXPECT_TRUE(difference({{cidr("10.100.0.0/16"), "pcx-1", Owner::other},
                          {cidr("0.0.0.0/0"), "nat-1", Owner::other},
                          {cidr("10.101.0.0/16"), "local", Owner::fixed}},
                         {}, gateways)
                  .empty());
}

TEST(RouteDifference, TakesOverADestinationThatLeadsElsewhere) {
  const RouteDifference result = difference({{cidr("0.0.0.0/0"), "nat-1", Owner::other}},
                                            {{cidr("0.0.0.0/0"), Gateway::internet}}, gateways);
  EXPECT_THAT(result.replace, ElementsAre(Entry{cidr("0.0.0.0/0"), Gateway::internet}));
}

}  // namespace
}  // namespace asiaq::network
