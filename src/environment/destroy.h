// Taking a whole environment down.
#pragma once

#include <string>

#include "environment/inventory.h"
#include "plan/plan.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

/// Which environment is meant: exactly one of the two is given.
struct Selection {
  std::string name;
  std::string vpc_id;
};

/// The environment. Throws VpcEnvironmentError with exit status 2 if there is none, and with status
/// 1 and all ids if several VPCs have the name.
network::Vpc select_environment(const aws::ec2::Client& ec2, const Selection& selection);

/// Throws VpcEnvironmentError for a VPC that no environment is: a default one, or one without a
/// Name or type.
void check_is_environment(const network::Vpc& vpc);

/// Everything of the environment in the order in which AWS lets go of it; the VPC itself is last,
/// so that whatever an interrupted run left can still be found. VPN gateways, elastic IPs that were
/// not allocated by this program and alarm topics stay.
plan::Plan plan_destruction(aws::Session& session, const Inventory& inventory);

}  // namespace asiaq::environment
