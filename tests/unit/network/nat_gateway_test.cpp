#include "network/nat_gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/error.h"

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Texts = std::vector<std::string>;

TEST(NatAllocations, GoToSubnetsInOrder) {
  EXPECT_EQ(assign_allocations({"a", "b", "c"}, {"", "", ""}), (Texts{"a", "b", "c"}));
}

TEST(NatAllocations, StayWhereTheyAreWhateverTheirOrder) {
  EXPECT_EQ(assign_allocations({"c", "a", "b"}, {"a", "b", "c"}), (Texts{"a", "b", "c"}));
}

TEST(NatAllocations, FillTheSubnetsThatAreLeft) {
  EXPECT_EQ(assign_allocations({"a", "b", "c"}, {"", "c", ""}), (Texts{"a", "c", "b"}));
}

TEST(NatAllocations, ReplaceOneThatIsNotWantedAnyMore) {
  EXPECT_EQ(assign_allocations({"a", "b"}, {"old", "a"}), (Texts{"b", "a"}));
}

std::string error_of(const NatSettings& settings, std::size_t zones) {
  const std::vector<ElasticIp> there{{.address = "1.1.1.1", .allocation_id = "a"},
                                     {.address = "2.2.2.2", .allocation_id = "b"},
                                     {.address = "4.4.4.4", .instance_id = "i-1"}};
  try {
    check_nat_addresses({{"tunnel", settings}}, {{"tunnel", zones}}, there);
  } catch (const EipConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(NatAddresses, MustExist) {
  EXPECT_THAT(error_of({.addresses = {"1.1.1.1", "3.3.3.3"}}, 2),
              HasSubstr("tunnel_nat_gateways: 3.3.3.3"));
}

TEST(NatAddresses, MustBeAsManyAsZones) {
  EXPECT_THAT(error_of({.addresses = {"1.1.1.1", "2.2.2.2"}}, 4),
              HasSubstr("2 addresses for 4 subnets"));
  EXPECT_EQ(error_of({.addresses = {"1.1.1.1", "2.2.2.2"}}, 2), "no error");
}

TEST(NatAddresses, AreNotNeededWhereTheyAreAutomatic) {
  EXPECT_EQ(error_of({.automatic = true}, 4), "no error");
}

TEST(NatAddresses, MustNotBeAnInstances) {
  EXPECT_THAT(error_of({.addresses = {"1.1.1.1", "4.4.4.4"}}, 2),
              HasSubstr("4.4.4.4 is in use by instance i-1"));
}

Metanetworks tunnel(bool is_automatic = false) {
  return {{"tunnel",
           {.name = "tunnel",
            .subnets = {{.id = "subnet-a", .zone = "a", .has_automatic_nat = is_automatic},
                        {.id = "subnet-b", .zone = "b", .has_automatic_nat = is_automatic}}}}};
}

const std::vector<NatGateway> two_gateways{
    {.id = "nat-a", .subnet_id = "subnet-a", .address = "1.1.1.1"},
    {.id = "nat-b", .subnet_id = "subnet-b", .address = "2.2.2.2"}};

bool is_settled(const std::map<std::string, NatSettings>& settings, const Metanetworks& observed,
                const std::vector<NatGateway>& gateways) {
  return is_nat_settled(settings, {"tunnel"}, observed, gateways);
}

TEST(NatSettled, WhenEverySubnetHasOneOfTheAddressesInWhateverOrder) {
  EXPECT_TRUE(
      is_settled({{"tunnel", {.addresses = {"2.2.2.2", "1.1.1.1"}}}}, tunnel(), two_gateways));
  EXPECT_FALSE(
      is_settled({{"tunnel", {.addresses = {"2.2.2.2", "3.3.3.3"}}}}, tunnel(), two_gateways));
}

TEST(NatSettled, WhenThereIsNothingAndNothingIsConfigured) {
  EXPECT_TRUE(is_settled({}, tunnel(), {}));
  EXPECT_FALSE(is_settled({}, tunnel(), two_gateways));
}

TEST(NatSettled, OnlyIfMarksOfSubnetsSayTheSame) {
  EXPECT_TRUE(is_settled({{"tunnel", {.automatic = true}}}, tunnel(true), two_gateways));
  EXPECT_FALSE(is_settled({{"tunnel", {.automatic = true}}}, tunnel(false), two_gateways));
  EXPECT_FALSE(is_settled({}, tunnel(true), {}));
}

TEST(NatSettled, NotWhileASubnetHasTwo) {
  std::vector<NatGateway> three = two_gateways;
  three.push_back({.id = "nat-c", .subnet_id = "subnet-a", .address = "3.3.3.3"});
  EXPECT_FALSE(is_settled({{"tunnel", {.addresses = {"2.2.2.2", "1.1.1.1"}}}}, tunnel(), three));
}

ObservedRoute::Owner owner_of_default_route(const std::string& target,
                                            const std::vector<NatGateway>& gateways) {
  std::vector<RouteTable> tables{
      {.routes = {
           {.destination = Cidr(), .target = target, .owner = ObservedRoute::Owner::other}}}};
  claim_nat_routes(tables, tunnel(), gateways);
  return tables[0].routes[0].owner;
}

TEST(NatRoutes, AreOursWhereTheyLeadToAMetanetwork) {
  EXPECT_EQ(owner_of_default_route("nat-a", two_gateways), ObservedRoute::Owner::own);
}

TEST(NatRoutes, AreOursWhereTheGatewayIsGone) {
  EXPECT_EQ(owner_of_default_route("nat-gone", two_gateways), ObservedRoute::Owner::own);
}

TEST(NatRoutes, AreNotOursWhereTheyLeadToAGatewayMadeByHand) {
  EXPECT_EQ(owner_of_default_route("nat-x", {{.id = "nat-x", .subnet_id = "subnet-x"}}),
            ObservedRoute::Owner::other);
}

TEST(NatRoutes, AreNotOursWhereTheyLeadElsewhere) {
  EXPECT_EQ(owner_of_default_route("pcx-1", two_gateways), ObservedRoute::Owner::other);
}

}  // namespace
}  // namespace asiaq::network
