// The changes that bring a whole environment's network in line with its configuration, whether it
// is new, half made, or has been there for years.
#pragma once

#include <string>
#include <vector>

#include "environment/observation.h"
#include "network/environment_config.h"
#include "network/metanetwork_changes.h"
#include "network/peering_lines.h"
#include "plan/plan.h"

namespace asiaq::environment {

/// What an environment's network should be.
struct NetworkTarget {
  const network::EnvironmentConfig& config;
  network::Reference vpc;
  Cidr range;                   ///< The VPC's primary one.
  std::string dhcp_options_id;  ///< Attached now; empty for a VPC that is yet to be made.
  network::TagMap tags;         ///< For subnets and route tables.
  std::vector<network::MetanetworkLayout> layouts;
  std::vector<network::WantedPeering> peerings;
  /// Whether there should be an endpoint for S3 where there is none.
  enum class S3Endpoint { make, leave } s3_endpoint = S3Endpoint::make;
};

/// Adds all of it: metanetworks, DHCP options, rules, gateways, routes, NAT gateways, S3 endpoint,
/// peerings. What both states have stays in force all the time: additions come before removals, a
/// route is replaced in one call. `elastic_ips` are the region's; they may be missing where
/// network::is_nat_settled. Throws what cannot be planned, before anything is changed.
std::vector<network::PlannedMetanetwork> add_network(
    plan::Plan& plan, aws::Session& session, const NetworkTarget& target,
    const Observation& observation, const std::vector<network::ElasticIp>& elastic_ips);

}  // namespace asiaq::environment
