// NAT gateways: one in each subnet of a metanetwork, and the default routes of others that lead to
// them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "network/elastic_ip.h"
#include "network/environment_config.h"
#include "network/metanetwork_changes.h"
#include "network/reference.h"

namespace asiaq::network {

/// On a subnet whose NAT gateway's address was allocated with it and is released with it.
inline constexpr const char* automatic_nat_tag = "dynonat";

struct NatGateway {
  std::string id;
  std::string subnet_id;
  std::string allocation_id;
  bool is_available = false;  ///< Otherwise it is coming.
};

/// Gateways of the VPC that are there or coming. One paginated Describe.
std::vector<NatGateway> observe_nat_gateways(const aws::ec2::Client& ec2,
                                             const std::string& vpc_id);

/// Checks the configured addresses of every metanetwork against the region's: each exists and there
/// is one for each zone. Throws EipConfigError naming the address, or both numbers.
void check_nat_addresses(const std::map<std::string, NatSettings>& settings, std::size_t zones,
                         const std::vector<ElasticIp>& elastic_ips);

/// Which allocation the gateway of each subnet gets. A gateway that has one of `wanted` keeps it,
/// whatever the order of the list; the others go to the remaining subnets in order. Both lists have
/// one entry per subnet; `present` is empty for a subnet without a gateway. Pure.
std::vector<std::string> assign_allocations(const std::vector<std::string>& wanted,
                                            const std::vector<std::string>& present);

/// What is needed to make the NAT gateways of an environment.
struct NatTarget {
  Reference vpc;
  Reference internet_gateway;  ///< Without it AWS makes no NAT gateway.
  std::vector<ElasticIp> elastic_ips;
  std::vector<NatGateway> observed;
};

/// The gateway of each zone of one metanetwork; adds those that are missing, with waits until they
/// can be used.
std::map<std::string, Reference> add_nat_gateways(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                  const PlannedMetanetwork& metanetwork,
                                                  const NatSettings& settings,
                                                  const NatTarget& target);

/// Adds the default routes of a metanetwork to the gateway of the same zone.
void add_nat_routes(plan::Plan& plan, const aws::ec2::Client& ec2,
                    const PlannedMetanetwork& metanetwork,
                    const std::map<std::string, Reference>& gateways);

}  // namespace asiaq::network
