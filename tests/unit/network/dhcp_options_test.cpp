#include "network/dhcp_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/error.h"

namespace asiaq::network {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(DesiredDhcpOptions, NamesServersInOrder) {
  const DhcpSettings settings{
      .domain_name = "x.internal", .internal_dns = "10.0.0.2", .external_dns = "AmazonProvidedDNS"};
  EXPECT_THAT(desired_dhcp_options(settings, {"10.101.16.5"}),
              ElementsAre(Pair("domain-name", ElementsAre("x.internal")),
                          Pair("domain-name-servers", ElementsAre("10.0.0.2", "AmazonProvidedDNS")),
                          Pair("ntp-servers", ElementsAre("10.101.16.5"))));
}

TEST(DesiredDhcpOptions, NamesAServerOnce) {
  const DhcpSettings settings{.internal_dns = "AmazonProvidedDNS",
                              .external_dns = "AmazonProvidedDNS"};
  EXPECT_THAT(desired_dhcp_options(settings, {"10.0.0.5", "10.0.0.5"}),
              ElementsAre(Pair("domain-name-servers", ElementsAre("AmazonProvidedDNS")),
                          Pair("ntp-servers", ElementsAre("10.0.0.5"))));
}

TEST(DesiredDhcpOptions, UseTheDnsOfAwsWhenNoneIsNamed) {
  EXPECT_THAT(desired_dhcp_options({}, {}),
              ElementsAre(Pair("domain-name-servers", ElementsAre("AmazonProvidedDNS"))));
}

TEST(EquivalentDhcpOptions, IgnoreOrderAndRepetition) {
  EXPECT_TRUE(equivalent({{"domain-name-servers", {"a", "b", "a"}}},
                         {{"domain-name-servers", {"b", "a"}}, {"ntp-servers", {}}}));
}

TEST(EquivalentDhcpOptions, DifferInAValueOrAKey) {
  EXPECT_FALSE(equivalent({{"domain-name", {"a"}}}, {{"domain-name", {"b"}}}));
  EXPECT_FALSE(equivalent({{"domain-name", {"a"}}}, {}));
}

TEST(ResolvedAddress, LeavesAnAddressAlone) {
  EXPECT_EQ(resolved_address("10.101.16.5"), "10.101.16.5");
}

TEST(ResolvedAddress, LooksUpAName) { EXPECT_EQ(resolved_address("localhost"), "127.0.0.1"); }

TEST(ResolvedAddress, NamesAHostThatDoesNotResolve) {
  try {
    resolved_address("no such host");
    FAIL() << "was resolved";
  } catch (const VpcConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'no such host'"));
  }
}

}  // namespace
}  // namespace asiaq::network
