// NAT gateways that are there, one in each subnet of a metanetwork, against those that are
// configured.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network/elastic_ip.h"
#include "network/environment_config.h"
#include "network/metanetwork.h"
#include "network/route_table.h"

namespace asiaq::network {

struct NatGateway {
  std::string id;
  std::string subnet_id;
  std::string allocation_id;
  std::string address;        ///< The public one.
  bool is_available = false;  ///< Otherwise it is coming.
};

/// Gateways of the VPC that are there or coming, but for those that are in no subnet. One paginated
/// Describe.
std::vector<NatGateway> observe_nat_gateways(const aws::ec2::Client& ec2,
                                             const std::string& vpc_id);

/// Those in one subnet; none for an empty id. Pure.
std::vector<NatGateway> gateways_in(const std::vector<NatGateway>& gateways,
                                    const std::string& subnet_id);

/// How many subnets each metanetwork has.
using SubnetCounts = std::map<std::string, std::size_t>;

/// Checks the configured addresses of every metanetwork against the region's: each exists, no
/// instance has it, and there is one for each subnet. Throws EipConfigError naming the address, or
/// both numbers.
void check_nat_addresses(const std::map<std::string, NatSettings>& settings,
                         const SubnetCounts& subnets, const std::vector<ElasticIp>& elastic_ips);

/// As far as numbers can say without the region's addresses. Throws as check_nat_addresses.
void check_nat_counts(const std::map<std::string, NatSettings>& settings,
                      const SubnetCounts& subnets);

/// True if every subnet of the configured metanetworks has what `settings` say and nothing is left
/// over, so that nobody has to look at the region's addresses. Pure.
bool is_nat_settled(const std::map<std::string, NatSettings>& settings,
                    const std::vector<std::string>& metanetworks, const Metanetworks& observed,
                    const std::vector<NatGateway>& gateways);

/// Makes default routes that lead to a gateway of a metanetwork's subnet, or to one that is gone,
/// this program's to change. Pure.
void claim_nat_routes(std::vector<RouteTable>& tables, const Metanetworks& metanetworks,
                      const std::vector<NatGateway>& gateways);

/// Which allocation the gateway of each subnet gets. A gateway that has one of `wanted` keeps it,
/// whatever the order of the list; the others go to the remaining subnets in order. Both lists have
/// one entry per subnet; `present` is empty for a subnet without a gateway. Pure.
std::vector<std::string> assign_allocations(const std::vector<std::string>& wanted,
                                            const std::vector<std::string>& present);

}  // namespace asiaq::network
