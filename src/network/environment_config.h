// What disco_vpc.ini says of one environment's network, parsed and checked.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network/address_plan.h"
#include "network/dhcp_options.h"
#include "network/routes.h"
#include "network/security_rules.h"

namespace asiaq::network {

/// The value of an option for this environment: that of [env:NAME], else that of [envtype:TYPE].
/// An option that is present but empty is an empty text, not nothing.
using OptionLookup = std::function<std::optional<std::string>(std::string_view option)>;

/// Elastic IPs of the NAT gateways of one metanetwork.
struct NatSettings {
  bool automatic = false;              ///< `auto`: addresses are allocated and released with them.
  std::vector<std::string> addresses;  ///< Otherwise one per subnet.
};

struct EnvironmentConfig {
  std::string name;
  std::string type;
  std::optional<Cidr> vpc_range;           ///< `vpc_cidr`; otherwise one of the next two.
  std::optional<Cidr> pool;                ///< `ip_space`
  std::optional<int> vpc_prefix_length;    ///< `vpc_cidr_size`
  std::vector<RangeRequest> metanetworks;  ///< Those defined, in the order of metanetwork_kinds.
  RuleSettings rules;
  std::map<std::string, GatewayRoutes> routes;      ///< By metanetwork; an entry for each.
  std::map<std::string, NatSettings> nat_gateways;  ///< By metanetwork; only where configured.
  std::map<std::string, std::string> nat_routes;    ///< From metanetwork, to metanetwork.
  DhcpSettings dhcp;
  std::optional<std::size_t> max_zones;
  std::optional<bool> s3_endpoint;  ///< Nothing if the option is absent.
  std::string application;          ///< Tag of the VPC; may be empty.

  std::vector<std::string> metanetwork_names() const;
};

/// Reads and checks everything that can be checked without AWS: ranges, rule lists, route lists,
/// NAT lists, offsets. Throws ConfigError, VpcConfigError or VpcEnvironmentError naming option and
/// value.
EnvironmentConfig read_environment_config(const std::string& name, const std::string& type,
                                          const OptionLookup& lookup);

/// Range of the VPC and of every metanetwork, checked against AWS's limits for `zones` zones. With
/// a static range `occupied` (the ranges of the region's VPCs) does not matter.
struct AddressPlan {
  Cidr vpc;
  std::vector<MetanetworkRange> metanetworks;
};
AddressPlan plan_addresses(const EnvironmentConfig& config, std::size_t zones,
                           const std::vector<Cidr>& occupied, const Random& random);

}  // namespace asiaq::network
