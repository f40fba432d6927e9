#include "network/metanetwork.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/error.h"
#include "network/metanetwork_changes.h"

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Cidr cidr(const char* text) { return Cidr::parse(text).value(); }

Metanetwork tunnel() {
  return {.name = "tunnel",
          .subnets = {{.id = "subnet-a", .zone = "us-west-2a", .range = cidr("10.101.16.0/22")},
                      {.id = "subnet-b", .zone = "us-west-2b", .range = cidr("10.101.20.0/22")},
                      {.id = "subnet-c", .zone = "us-west-2c", .range = cidr("10.101.24.0/22")}}};
}

TEST(Metanetwork, HasTheSmallestRangeAroundItsSubnets) {
  EXPECT_EQ(tunnel().range().to_string(), "10.101.16.0/20");
}

TEST(Metanetwork, KnowsTheSubnetOfAnAddress) {
  EXPECT_EQ(subnet_containing(tunnel(), Ipv4Address::parse("10.101.21.9").value()).id, "subnet-b");
  EXPECT_THROW(subnet_containing(tunnel(), Ipv4Address::parse("10.101.28.1").value()),
               IpRangeError);
}

TEST(StaticAddress, IsAbsoluteOrAnOffset) {
  EXPECT_EQ(static_address(tunnel(), "+5").to_string(), "10.101.16.5");
  EXPECT_EQ(static_address(tunnel(), " 10.101.24.77 ").to_string(), "10.101.24.77");
  EXPECT_EQ(static_address(tunnel(), "-2").to_string(), "10.101.27.253");
}

TEST(StaticAddress, IsNoneOfThoseThatAwsReserves) {
  for (const char* reserved : {"+0", "+3", "10.101.20.1", "-0", "+3071"}) {
    EXPECT_THROW(static_address(tunnel(), reserved), IpRangeError) << reserved;
  }
}

TEST(StaticAddress, LiesInTheMetanetwork) {
  for (const char* outside : {"+3072", "10.101.0.5", "web", ""}) {
    EXPECT_THROW(static_address(tunnel(), outside), IpRangeError) << outside;
  }
}

TEST(StaticAddresses, MayMixForms) {
  std::vector<std::string> found;
  for (const Ipv4Address address : static_addresses(tunnel(), "+5 10.101.16.6,+7")) {
    found.push_back(address.to_string());
  }
  EXPECT_THAT(found, ElementsAre("10.101.16.5", "10.101.16.6", "10.101.16.7"));
}

TEST(MetanetworkNamed, ListsWhatThereIsForAnUnknownName) {
  const Metanetworks metanetworks{{"dmz", {.name = "dmz"}}, {"tunnel", tunnel()}};
  EXPECT_EQ(metanetwork_named(metanetworks, "tunnel").subnets.size(), 3U);
  try {
    metanetwork_named(metanetworks, "backyard");
    FAIL() << "was found";
  } catch (const VpcEnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'backyard'"));
    EXPECT_THAT(error.what(), HasSubstr("dmz, tunnel"));
  }
}

TEST(ObservedRanges, FillInWhatWasDrawnBefore) {
  Metanetwork half = tunnel();
  half.subnets.erase(half.subnets.begin());
  const std::vector<RangeRequest> requests = with_observed_ranges(
      {{"intranet", {}}, {"tunnel", {}}, {"dmz", cidr("10.0.0.0/24")}}, {{"tunnel", half}}, 4);
  EXPECT_FALSE(requests[0].range.has_value());
  EXPECT_EQ(requests[1].range, cidr("10.101.16.0/20"));
  EXPECT_EQ(requests[2].range, cidr("10.0.0.0/24"));
}

}  // namespace
}  // namespace asiaq::network
