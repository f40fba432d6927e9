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
                                     {.address = "2.2.2.2", .allocation_id = "b"}};
  try {
    check_nat_addresses({{"tunnel", settings}}, zones, there);
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

}  // namespace
}  // namespace asiaq::network
