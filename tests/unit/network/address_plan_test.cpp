#include "network/address_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "network/error.h"

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

Cidr cidr(const std::string& text) { return Cidr::parse(text).value(); }

std::vector<Cidr> cidrs(const std::string& text) {
  std::vector<Cidr> result;
  for (const std::string& word : words(text)) result.push_back(cidr(word));
  return result;
}

std::vector<std::string> texts(const std::vector<Cidr>& ranges) {
  std::vector<std::string> result;
  for (const Cidr& range : ranges) result.push_back(range.to_string());
  return result;
}

Random always(std::size_t index) {
  return [index](std::size_t count) { return std::min(index, count - 1); };
}

/// "auto" or a range for each of the four kinds; "-" for one that is not defined.
std::vector<RangeRequest> requests(const std::string& text) {
  const std::vector<std::string> names{"intranet", "tunnel", "dmz", "maintenance"};
  std::vector<RangeRequest> result;
  const std::vector<std::string> values = words(text);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == "-") continue;
    if (values[i] == "auto") {
      result.push_back({names[i], {}});
    } else {
      result.push_back({names[i], cidr(values[i])});
    }
  }
  return result;
}

std::vector<std::string> ranges_of(const std::string& vpc, const std::string& request,
                                   const Random& random) {
  std::vector<std::string> result;
  for (const auto& metanetwork : choose_metanetwork_ranges(cidr(vpc), requests(request), random)) {
    result.push_back(metanetwork.range.to_string());
  }
  return result;
}

template <class Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(VpcRange, LeavesOutBlocksThatOverlapAnyVpc) {
  const auto occupied = cidrs("10.0.0.0/20 10.0.32.0/19 10.0.200.0/24 172.31.0.0/16 10.1.0.0/16");
  EXPECT_THAT(texts(free_blocks(cidr("10.0.0.0/16"), 20, occupied)),
              ElementsAre("10.0.16.0/20", "10.0.64.0/20", "10.0.80.0/20", "10.0.96.0/20",
                          "10.0.112.0/20", "10.0.128.0/20", "10.0.144.0/20", "10.0.160.0/20",
                          "10.0.176.0/20", "10.0.208.0/20", "10.0.224.0/20", "10.0.240.0/20"));
}

TEST(VpcRange, IsChosenByChance) {
  EXPECT_EQ(choose_vpc_range(cidr("10.0.0.0/16"), 20, {}, always(0)), cidr("10.0.0.0/20"));
  EXPECT_EQ(choose_vpc_range(cidr("10.0.0.0/16"), 20, {}, always(99)), cidr("10.0.240.0/20"));
}

TEST(VpcRange, FailsWhenThePoolIsFull) {
  const std::string error =
      error_of([] { choose_vpc_range(cidr("10.0.0.0/16"), 20, cidrs("10.0.0.0/8"), always(0)); });
  EXPECT_THAT(error, HasSubstr("no range available"));
  EXPECT_THAT(error, HasSubstr("ip_space=10.0.0.0/16"));
}

TEST(VpcRange, FailsWhenThePoolIsSmallerThanARange) {
  EXPECT_THROW(choose_vpc_range(cidr("10.0.0.0/24"), 20, {}, always(0)), VpcConfigError);
}

TEST(MachineRandom, StaysBelowTheCountAndReachesAll) {
  const Random random = machine_random();
  std::set<std::size_t> seen;
  for (int i = 0; i < 500; ++i) seen.insert(random(4));
  EXPECT_THAT(seen, ElementsAre(0U, 1U, 2U, 3U));
}

struct MetanetworkCase {
  const char* vpc;
  const char* requests;
  std::vector<std::string> expected;
};

class MetanetworkRanges : public testing::TestWithParam<MetanetworkCase> {};

TEST_P(MetanetworkRanges, AreTheseInSomeOrder) {
  for (const std::size_t choice : {0, 1, 2, 3}) {
    EXPECT_THAT(ranges_of(GetParam().vpc, GetParam().requests, always(choice)),
                testing::UnorderedElementsAreArray(GetParam().expected));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MetanetworkRanges,
    testing::Values(MetanetworkCase{"10.0.0.0/20",
                                    "auto auto auto auto",
                                    {"10.0.0.0/22", "10.0.4.0/22", "10.0.8.0/22", "10.0.12.0/22"}},
                    MetanetworkCase{"10.0.0.0/20",
                                    "auto auto 10.0.1.0/24 auto",
                                    {"10.0.1.0/24", "10.0.4.0/22", "10.0.8.0/22", "10.0.12.0/22"}},
                    MetanetworkCase{"10.0.0.0/28",
                                    "auto auto 10.0.0.4/31 auto",
                                    {"10.0.0.4/31", "10.0.0.0/30", "10.0.0.8/30", "10.0.0.12/30"}},
                    MetanetworkCase{"10.0.0.0/20", "auto - - -", {"10.0.0.0/20"}},
                    MetanetworkCase{"10.0.0.0/20",
                                    "10.0.0.0/24 10.0.1.0/24 - -",
                                    {"10.0.0.0/24", "10.0.1.0/24"}}));

TEST(MetanetworkRange, TakesThreeOfFourBlocksForThree) {
  EXPECT_THAT(ranges_of("10.0.0.0/20", "auto auto - auto", always(0)),
              ElementsAre("10.0.0.0/22", "10.0.4.0/22", "10.0.8.0/22"));
}

TEST(MetanetworkRange, NamesTheOneThatDoesNotFit) {
  EXPECT_THAT(error_of([] { ranges_of("10.0.0.0/20", "auto auto 10.0.0.0/21 auto", always(0)); }),
              HasSubstr("maintenance_cidr=auto"));
}

TEST(MetanetworkRange, MustLieInsideTheVpc) {
  EXPECT_THAT(error_of([] { ranges_of("10.0.16.0/20", "auto - 10.0.1.0/24 -", always(0)); }),
              HasSubstr("dmz_cidr=10.0.1.0/24 is not inside"));
}

TEST(MetanetworkRange, MustNotOverlapAnother) {
  const std::string error =
      error_of([] { ranges_of("10.0.0.0/20", "10.0.0.0/22 - 10.0.1.0/24 -", always(0)); });
  EXPECT_THAT(error, HasSubstr("dmz_cidr=10.0.1.0/24"));
  EXPECT_THAT(error, HasSubstr("intranet_cidr=10.0.0.0/22"));
}

TEST(MetanetworkRange, NeedsAtLeastOneMetanetwork) {
  EXPECT_THROW(choose_metanetwork_ranges(cidr("10.0.0.0/20"), {}, always(0)), VpcConfigError);
}

struct ZoneCase {
  const char* range;
  std::size_t zones;
  std::vector<std::string> expected;
};

class ZoneRanges : public testing::TestWithParam<ZoneCase> {};

TEST_P(ZoneRanges, AreTheFirstBlocks) {
  EXPECT_EQ(texts(zone_ranges(cidr(GetParam().range), GetParam().zones)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ZoneRanges,
    testing::Values(
        ZoneCase{"10.101.0.0/20", 3, {"10.101.0.0/22", "10.101.4.0/22", "10.101.8.0/22"}},
        ZoneCase{"10.101.32.0/20",
                 4,
                 {"10.101.32.0/22", "10.101.36.0/22", "10.101.40.0/22", "10.101.44.0/22"}},
        ZoneCase{"10.101.0.0/20", 2, {"10.101.0.0/21", "10.101.8.0/21"}},
        ZoneCase{"10.101.0.0/20",
                 6,
                 {"10.101.0.0/23", "10.101.2.0/23", "10.101.4.0/23", "10.101.6.0/23",
                  "10.101.8.0/23", "10.101.10.0/23"}},
        ZoneCase{"10.101.0.0/16", 3, {"10.101.0.0/18", "10.101.64.0/18", "10.101.128.0/18"}},
        ZoneCase{"10.0.1.0/24", 3, {"10.0.1.0/26", "10.0.1.64/26", "10.0.1.128/26"}},
        ZoneCase{"10.0.0.0/24",
                 9,
                 {"10.0.0.0/28", "10.0.0.16/28", "10.0.0.32/28", "10.0.0.48/28", "10.0.0.64/28",
                  "10.0.0.80/28", "10.0.0.96/28", "10.0.0.112/28", "10.0.0.128/28"}},
        ZoneCase{"10.0.0.0/26", 3, {"10.0.0.0/28", "10.0.0.16/28", "10.0.0.32/28"}}));

TEST(Sizes, AcceptTheSmallestSubnetAwsMakes) {
  EXPECT_NO_THROW(check_sizes(cidr("10.0.0.0/16"), {{"dmz", cidr("10.0.0.0/26")}}, 3));
}

TEST(Sizes, RefuseSmallerSubnetsNamingTheMetanetwork) {
  EXPECT_THAT(error_of([] {
                check_sizes(cidr("10.0.0.0/16"), {{"dmz", cidr("10.0.0.0/27")}}, 3);
              }),
              HasSubstr("dmz_cidr=10.0.0.0/27"));
}

TEST(Sizes, RefuseVpcsThatAwsDoesNotMake) {
  EXPECT_THROW(check_sizes(cidr("10.0.0.0/15"), {}, 1), VpcConfigError);
  EXPECT_THROW(check_sizes(cidr("10.0.0.0/29"), {}, 1), VpcConfigError);
  EXPECT_NO_THROW(check_sizes(cidr("10.0.0.0/16"), {}, 1));
  EXPECT_NO_THROW(check_sizes(cidr("10.0.0.0/28"), {}, 1));
}

struct OffsetCase {
  const char* offset;
  const char* expected;  ///< Empty: not in range.
};

class AddressByOffset : public testing::TestWithParam<OffsetCase> {};

TEST_P(AddressByOffset, InATwentyWithThreeZones) {
  const std::vector<Cidr> subnets = cidrs("10.101.20.0/22 10.101.16.0/22 10.101.24.0/22");
  if (std::string(GetParam().expected).empty()) {
    EXPECT_THROW(address_by_offset(subnets, GetParam().offset, "tunnel"), IpRangeError);
  } else {
    EXPECT_EQ(address_by_offset(subnets, GetParam().offset, "tunnel").to_string(),
              GetParam().expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, AddressByOffset,
    testing::Values(OffsetCase{"+5", "10.101.16.5"}, OffsetCase{"5", "10.101.16.5"},
                    OffsetCase{"-2", "10.101.27.253"}, OffsetCase{"+3071", "10.101.27.255"},
                    OffsetCase{"+3072", ""}, OffsetCase{"+5000", ""}, OffsetCase{"-5000", ""},
                    OffsetCase{"five", ""}, OffsetCase{"", ""}, OffsetCase{"+", ""},
                    OffsetCase{"--5", ""}, OffsetCase{"+99999999999999", ""},
                    OffsetCase{"-4294967295", ""}));

TEST(AddressByOffset, FollowsTheNetworkAsTheManualShows) {
  EXPECT_EQ(address_by_offset(cidrs("10.0.0.0/16"), "+5", "x").to_string(), "10.0.0.5");
  EXPECT_EQ(address_by_offset(cidrs("192.168.0.0/16"), "+5", "x").to_string(), "192.168.0.5");
}

TEST(AddressByOffset, CountsBackFromTheLastOfFourSubnets) {
  const auto subnets = cidrs("10.101.16.0/22 10.101.20.0/22 10.101.24.0/22 10.101.28.0/22");
  EXPECT_EQ(address_by_offset(subnets, "-2", "tunnel").to_string(), "10.101.31.253");
}

TEST(AddressByOffset, NeverLandsInAGapBetweenSubnets) {
  EXPECT_THROW(address_by_offset(cidrs("10.0.0.0/24 10.0.2.0/24"), "+300", "x"), IpRangeError);
}

TEST(ReservedAddresses, AreTheFirstFourAndTheLast) {
  const Cidr subnet = cidr("10.0.0.0/24");
  const auto reserved = [&](const char* text) {
    return is_reserved(subnet, Ipv4Address::parse(text).value());
  };
  EXPECT_TRUE(reserved("10.0.0.0"));
  EXPECT_TRUE(reserved("10.0.0.3"));
  EXPECT_FALSE(reserved("10.0.0.4"));
  EXPECT_FALSE(reserved("10.0.0.254"));
  EXPECT_TRUE(reserved("10.0.0.255"));
  EXPECT_FALSE(reserved("10.0.1.0"));
}

}  // namespace
}  // namespace asiaq::network
