// The metanetworks of an environment that is there, found by their tags.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.h"
#include "network/vpc.h"

namespace asiaq::network {

struct Subnet {
  std::string id;
  std::string zone;  ///< `us-west-2a`
  Cidr range;
  /// Its NAT gateway's address was allocated with the gateway and is released with it.
  bool has_automatic_nat = false;
};

struct Metanetwork {
  std::string name;
  std::string group_id;         ///< Of its security group; empty if that is missing.
  std::vector<Subnet> subnets;  ///< In the order of their zones; may be empty.

  /// The smallest range that holds all its subnets: where peering routes lead to.
  Cidr range() const;
  std::vector<std::string> subnet_ids() const;
  std::vector<Cidr> subnet_ranges() const;
};

/// By name.
using Metanetworks = std::map<std::string, Metanetwork>;

/// The metanetworks of these VPCs (at least one) by VPC id, without their groups. One paginated
/// Describe.
std::map<std::string, Metanetworks> observe_subnets(const aws::ec2::Client& ec2,
                                                    const std::vector<std::string>& vpc_ids);

/// Everything tagged as a metanetwork's in that VPC: two paginated Describes, at once. Writes
/// nothing.
Metanetworks observe_metanetworks(const aws::ec2::Client& ec2, const Vpc& vpc);

/// Throws VpcEnvironmentError naming those that there are.
const Metanetwork& metanetwork_named(const Metanetworks& metanetworks, std::string_view name);

/// Throws IpRangeError naming the metanetwork and its range.
const Subnet& subnet_containing(const Metanetwork& metanetwork, Ipv4Address address);

/// A static address of a hostclass: absolute (`10.0.0.5`) or an offset (`+5`, `-2`). Throws
/// IpRangeError if it is no address, outside the metanetwork's subnets, or one that AWS reserves.
Ipv4Address static_address(const Metanetwork& metanetwork, std::string_view text);

/// Static addresses in a list separated by blanks or commas, in its order.
std::vector<Ipv4Address> static_addresses(const Metanetwork& metanetwork, std::string_view list);

}  // namespace asiaq::network
