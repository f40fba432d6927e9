// Security groups of metanetworks that are there, and the changes that give them their rules.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network/reference.h"
#include "network/security_rules.h"
#include "plan/plan.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

struct SecurityGroup {
  std::string id;
  std::vector<IngressRule> ingress;  ///< IPv4 ranges and groups only.
};

/// Groups of the VPC that are tagged with a metanetwork, by its name. One paginated Describe.
std::map<std::string, SecurityGroup> observe_security_groups(const aws::ec2::Client& ec2,
                                                             const std::string& vpc_id);

/// Adds what brings the rules of one metanetwork's group in line: one call that adds all that is
/// missing, then one that revokes what is too much. `groups` has the group of every metanetwork.
std::vector<plan::ChangeId> add_rule_changes(plan::Plan& plan, const aws::ec2::Client& ec2,
                                             const std::string& environment,
                                             const std::string& metanetwork,
                                             const RuleDifference& difference,
                                             const std::map<std::string, Reference>& groups);

}  // namespace asiaq::network
