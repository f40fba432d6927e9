#include "base/cidr.h"

#include <gtest/gtest.h>

namespace asiaq {
namespace {

Cidr cidr(const char* text) { return Cidr::parse(text).value(); }

TEST(Ipv4Address, ParsesOnlyFourDecimalNumbers) {
  EXPECT_EQ(Ipv4Address::parse("10.1.2.3")->to_string(), "10.1.2.3");
  for (const char* bad :
       {"", "10.1.2", "10.1.2.256", "10.1.2.3.4", "a.b.c.d", "10.1.2.-1", "10.1.2.0001"}) {
    EXPECT_FALSE(Ipv4Address::parse(bad)) << bad;
  }
}

TEST(Cidr, ClearsHostBits) { EXPECT_EQ(cidr("10.1.0.22/16").to_string(), "10.1.0.0/16"); }

TEST(Cidr, RefusesWhatIsNoRange) {
  for (const char* bad :
       {"10.1.0.0", "10.1.0.0/33", "10.1.0.0/-1", "10.1.0/16", "10.1.0.0/x", "/16"}) {
    EXPECT_FALSE(Cidr::parse(bad)) << bad;
  }
}

TEST(Cidr, CoversTheWholeAddressSpaceWithPrefixZero) {
  EXPECT_EQ(cidr("0.0.0.0/0").last().to_string(), "255.255.255.255");
  EXPECT_TRUE(cidr("0.0.0.0/0").contains(cidr("10.0.0.0/8")));
}

TEST(Cidr, KnowsContainmentAndOverlap) {
  EXPECT_TRUE(cidr("10.0.0.0/16").contains(cidr("10.0.4.0/22")));
  EXPECT_FALSE(cidr("10.0.4.0/22").contains(cidr("10.0.0.0/16")));
  EXPECT_TRUE(cidr("10.0.32.0/19").overlaps(cidr("10.0.48.0/20")));
  EXPECT_FALSE(cidr("10.0.0.0/20").overlaps(cidr("10.0.16.0/20")));
}

TEST(Cidr, GivesAlignedBlocksInOrder) {
  const std::vector<Cidr> blocks = cidr("10.0.0.0/20").blocks(22);
  ASSERT_EQ(blocks.size(), 4U);
  EXPECT_EQ(blocks[3].to_string(), "10.0.12.0/22");
  EXPECT_TRUE(cidr("10.0.0.0/20").blocks(16).empty());
  EXPECT_EQ(cidr("10.101.32.0/20").block(22, 2).to_string(), "10.101.40.0/22");
}

TEST(BitsToNumber, RoundsUpToPowersOfTwo) {
  const std::vector<int> expected = {0, 1, 2, 2, 3, 3, 3, 3, 4};
  for (std::uint32_t n = 1; n <= expected.size(); ++n)
    EXPECT_EQ(bits_to_number(n), expected[n - 1]) << n;
}

TEST(Enclosing, FindsTheSmallestCommonRange) {
  EXPECT_EQ(enclosing({cidr("10.101.16.0/22"), cidr("10.101.20.0/22"), cidr("10.101.24.0/22")})
                ->to_string(),
            "10.101.16.0/20");
  EXPECT_EQ(enclosing({cidr("10.101.24.0/22"), cidr("10.101.16.0/22")})->to_string(),
            "10.101.16.0/20");
  EXPECT_FALSE(enclosing({}));
}

}  // namespace
}  // namespace asiaq
