// The changes that give a metanetwork the NAT gateways it should have.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network/metanetwork_changes.h"
#include "network/nat_gateway.h"
#include "network/reference.h"

namespace asiaq::network {

/// What the changes of an environment's NAT gateways start from.
struct NatTarget {
  Reference vpc;
  Reference internet_gateway;  ///< Without it AWS makes no NAT gateway.
  std::vector<ElasticIp> elastic_ips;
  std::vector<NatGateway> observed;
};

/// The gateways of one metanetwork.
struct PlannedNat {
  std::map<std::string, Reference> by_zone;
  std::vector<NatGateway> obsolete;  ///< No route may lead to them any more before they go.
};

/// The gateway of each zone of one metanetwork; adds those that are missing, with waits until they
/// can be used. Null settings: there should be none.
PlannedNat add_nat_gateways(plan::Plan& plan, const aws::ec2::Client& ec2,
                            const PlannedMetanetwork& metanetwork, const NatSettings* settings,
                            const NatTarget& target);

/// Adds what follows once no route leads to the obsolete gateways of a metanetwork any more (after
/// `routes`): their deletion, the release of addresses that were allocated for gateways and that
/// nobody needs, and the marks of subnets. Null settings as above; `observed` is the metanetwork as
/// it is.
void add_nat_removals(plan::Plan& plan, const aws::ec2::Client& ec2,
                      const PlannedMetanetwork& metanetwork, const Metanetwork& observed,
                      const std::vector<NatGateway>& obsolete, const NatSettings* settings,
                      const NatTarget& target, const std::vector<plan::ChangeId>& routes);

}  // namespace asiaq::network
