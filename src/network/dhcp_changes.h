// Sets of DHCP options that are there, and the changes that give a VPC the one it should have.
#pragma once

#include <string>
#include <vector>

#include "network/dhcp_options.h"
#include "network/reference.h"
#include "plan/plan.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

/// A set that is named after an environment.
struct DhcpSet {
  std::string id;
  std::string vpc_id;  ///< The VPC it was made for; empty for sets of the original tools.
  DhcpOptions options;
};

/// The sets whose Name is that of the environment. One paginated Describe.
std::vector<DhcpSet> observe_dhcp_sets(const aws::ec2::Client& ec2, const std::string& environment);

struct DhcpTarget {
  std::string environment;
  Reference vpc;
  std::string attached_id;  ///< What the VPC uses now; empty for one that is yet to be made.
};

/// Nothing if an equivalent set is attached; else the association of one made for this VPC, or of a
/// new one. Then the deletion of the environment's set that was attached before, and of others that
/// a killed run made for this VPC.
std::vector<plan::ChangeId> add_dhcp_changes(plan::Plan& plan, const aws::ec2::Client& ec2,
                                             const DhcpTarget& target, const DhcpOptions& desired,
                                             const std::vector<DhcpSet>& observed);

}  // namespace asiaq::network
