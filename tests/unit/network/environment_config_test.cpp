#include "network/environment_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/error.h"

namespace asiaq::network {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;
using Options = std::map<std::string, std::string>;

Cidr cidr(const char* text) { return Cidr::parse(text).value(); }

Options minimal(const Options& others = {}) {
  Options options = others;
  options.insert({{"vpc_cidr", "10.101.0.0/16"},
                  {"intranet_cidr", "10.101.0.0/20"},
                  {"tunnel_cidr", "10.101.16.0/20"},
                  {"dmz_cidr", "10.101.32.0/20"},
                  {"maintenance_cidr", "10.101.48.0/20"}});
  return options;
}

EnvironmentConfig read(const Options& options) {
  return read_environment_config("demo", "sandbox",
                                 [&](std::string_view option) -> std::optional<std::string> {
                                   const auto found = options.find(std::string(option));
                                   if (found == options.end()) return {};
                                   return found->second;
                                 });
}

std::string error_of(const Options& options) {
  try {
    read(options);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

Random first() {
  return [](std::size_t) { return std::size_t{0}; };
}

TEST(EnvironmentConfig, ReadsRangesInTheFixedOrder) {
  const EnvironmentConfig config = read(minimal({{"dmz_cidr", "auto"}, {"tunnel_cidr", ""}}));
  EXPECT_EQ(config.vpc_range, cidr("10.101.0.0/16"));
  EXPECT_THAT(config.metanetwork_names(), ElementsAre("intranet", "dmz", "maintenance"));
  EXPECT_FALSE(config.metanetworks[1].range.has_value());
}

TEST(EnvironmentConfig, IgnoresThePoolWhereTheRangeIsGiven) {
  EXPECT_FALSE(read(minimal({{"ip_space", "nonsense"}})).pool.has_value());
}

TEST(EnvironmentConfig, NeedsBothPoolAndSize) {
  EXPECT_THAT(error_of({{"ip_space", "10.0.0.0/16"}, {"dmz_cidr", "auto"}}),
              HasSubstr("vpc_cidr_size is missing"));
  EXPECT_THAT(error_of({{"vpc_cidr_size", "20"}, {"dmz_cidr", "auto"}}),
              HasSubstr("ip_space is missing"));
  EXPECT_THAT(error_of({{"dmz_cidr", "auto"}}), HasSubstr("has no range"));
  EXPECT_THAT(error_of({{"ip_space", "10.0.0.0/16"}, {"vpc_cidr_size", "x"}}),
              HasSubstr("vpc_cidr_size=x"));
}

TEST(EnvironmentConfig, NeedsAMetanetwork) {
  EXPECT_THAT(error_of({{"vpc_cidr", "10.0.0.0/16"}}), HasSubstr("defines no metanetwork"));
}

TEST(EnvironmentConfig, NamesOptionAndValueOfABadRange) {
  EXPECT_THAT(error_of(minimal({{"vpc_cidr", "10.0.0.0"}})), HasSubstr("vpc_cidr=10.0.0.0"));
  EXPECT_THAT(error_of(minimal({{"dmz_cidr", "10.0.0.0/x"}})), HasSubstr("dmz_cidr=10.0.0.0/x"));
  EXPECT_THAT(error_of(minimal({{"dmz_igw_routes", "0.0.0.0/0 all"}})),
              HasSubstr("dmz_igw_routes=all"));
}

TEST(EnvironmentConfig, ReadsRoutesWithAnySeparator) {
  const EnvironmentConfig config =
      read(minimal({{"dmz_igw_routes", "1.2.3.4/32\n1.2.3.5/32,1.2.3.6/32"},
                    {"dmz_vgw_routes", "10.123.0.0/16"}}));
  EXPECT_THAT(config.routes.at("dmz"), ElementsAre(Pair(cidr("1.2.3.4/32"), Gateway::internet),
                                                   Pair(cidr("1.2.3.5/32"), Gateway::internet),
                                                   Pair(cidr("1.2.3.6/32"), Gateway::internet),
                                                   Pair(cidr("10.123.0.0/16"), Gateway::vpn)));
}

TEST(EnvironmentConfig, RefusesADestinationWithTwoGateways) {
  EXPECT_THAT(
      error_of(minimal({{"dmz_igw_routes", "10.0.0.1/8"}, {"dmz_vgw_routes", "10.0.0.0/8"}})),
      HasSubstr("10.0.0.0/8 is in both"));
}

TEST(EnvironmentConfig, ReadsCustomerPortsWithCommasOrBlanks) {
  for (const char* ports : {"443,80", "443 80", "443, 80"}) {
    const EnvironmentConfig config =
        read(minimal({{"customer_ports", ports}, {"customer_cidr", "0.0.0.0/0"}}));
    EXPECT_THAT(config.rules.customer_ports, ElementsAre("443", "80")) << ports;
  }
}

TEST(EnvironmentConfig, ChecksRulesOfEveryMetanetwork) {
  EXPECT_THAT(error_of(minimal({{"maintenance_sg_rules", "tcp foo 80"}})),
              AllOf(HasSubstr("'tcp foo 80'"), HasSubstr("maintenance"), HasSubstr("demo")));
}

TEST(EnvironmentConfig, ReadsNatGateways) {
  const EnvironmentConfig config =
      read(minimal({{"tunnel_nat_gateways", "1.1.1.1, 2.2.2.2"},
                    {"dmz_nat_gateways", "auto"},
                    {"nat_gateway_routes", "intranet/tunnel maintenance/tunnel"}}));
  EXPECT_THAT(config.nat_gateways.at("tunnel").addresses, ElementsAre("1.1.1.1", "2.2.2.2"));
  EXPECT_TRUE(config.nat_gateways.at("dmz").automatic);
  EXPECT_THAT(config.nat_routes, SizeIs(2));
}

TEST(EnvironmentConfig, RefusesNatRoutesThatCannotWork) {
  const Options nat{{"tunnel_nat_gateways", "1.1.1.1"}};
  const auto with = [&](Options options) {
    options.insert(nat.begin(), nat.end());
    return error_of(minimal(options));
  };
  EXPECT_THAT(with({{"nat_gateway_routes", "intranet"}}), HasSubstr("'intranet'"));
  EXPECT_THAT(with({{"nat_gateway_routes", "backyard/tunnel"}}), HasSubstr("'backyard'"));
  EXPECT_THAT(with({{"nat_gateway_routes", "intranet/dmz"}}), HasSubstr("dmz_nat_gateways"));
  EXPECT_THAT(
      with({{"nat_gateway_routes", "intranet/tunnel"}, {"intranet_igw_routes", "0.0.0.0/0"}}),
      HasSubstr("0.0.0.0/0"));
  EXPECT_THAT(error_of(minimal({{"tunnel_nat_gateways", "1.1.1.1 one"}})), HasSubstr("'one'"));
  EXPECT_THAT(error_of(minimal({{"tunnel_nat_gateways", "1.1.1.1 1.1.1.1"}})), HasSubstr("twice"));
}

TEST(EnvironmentConfig, PrefersNtpServersToAnOffset) {
  const EnvironmentConfig config = read(minimal({{"ntp_server", "10.0.0.1 10.0.0.2"},
                                                 {"ntp_server_metanetwork", "tunnel"},
                                                 {"ntp_server_offset", "+5"}}));
  EXPECT_THAT(config.dhcp.ntp_servers, ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_EQ(config.dhcp.ntp_server_metanetwork, "");
}

TEST(EnvironmentConfig, ChecksTheNtpOffset) {
  EXPECT_THAT(error_of(minimal({{"ntp_server_offset", "+5"}})), HasSubstr("belong together"));
  EXPECT_THAT(
      error_of(minimal({{"ntp_server_offset", "+5"}, {"ntp_server_metanetwork", "backyard"}})),
      HasSubstr("ntp_server_metanetwork=backyard"));
  EXPECT_THAT(error_of(minimal({{"ntp_server", "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5"}})),
              HasSubstr("5 servers"));
}

TEST(EnvironmentConfig, ReadsZonesAndEndpoint) {
  EXPECT_EQ(read(minimal()).s3_endpoint, std::nullopt);
  EXPECT_EQ(read(minimal({{"s3_endpoint", "no"}})).s3_endpoint, false);
  EXPECT_EQ(read(minimal({{"max_zones", "3"}})).max_zones, 3U);
  EXPECT_THAT(error_of(minimal({{"max_zones", "0"}})), HasSubstr("max_zones=0"));
}

TEST(AddressPlan, KeepsStaticRanges) {
  const AddressPlan plan = plan_addresses(read(minimal()), 4, {cidr("10.101.0.0/16")}, first());
  EXPECT_EQ(plan.vpc, cidr("10.101.0.0/16"));
  EXPECT_EQ(plan.metanetworks[1].range, cidr("10.101.16.0/20"));
}

TEST(AddressPlan, DrawsDynamicRangesOutsideOthers) {
  const EnvironmentConfig config = read({{"ip_space", "10.0.0.0/16"},
                                         {"vpc_cidr_size", "20"},
                                         {"intranet_cidr", "auto"},
                                         {"tunnel_cidr", "auto"}});
  const AddressPlan plan =
      plan_addresses(config, 4, {cidr("10.0.0.0/20"), cidr("10.0.32.0/20")}, first());
  EXPECT_EQ(plan.vpc, cidr("10.0.16.0/20"));
  EXPECT_EQ(plan.metanetworks[0].range, cidr("10.0.16.0/21"));
  EXPECT_EQ(plan.metanetworks[1].range, cidr("10.0.24.0/21"));
}

TEST(AddressPlan, RefusesSubnetsThatAreTooSmallForTheZones) {
  EXPECT_THROW(plan_addresses(read(minimal({{"dmz_cidr", "10.101.32.0/27"}})), 4, {}, first()),
               VpcConfigError);
}

}  // namespace
}  // namespace asiaq::network
