// Elastic IPs of the region: public addresses that stay until they are released.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

struct ElasticIp {
  std::string address;
  std::string instance_id;  ///< Empty unless an instance has it; NAT gateways have none.
  std::string allocation_id;
  std::string association_id;  ///< Empty for an address nobody has.
  std::string name;            ///< Tag `Name`.
  std::string vpc_id;  ///< The environment's VPC that it was allocated for; empty for other ones.
  bool is_automatic = false;  ///< Allocated for a NAT gateway, and released with it.
};

/// All of them, in the order of their addresses as numbers. One Describe.
std::vector<ElasticIp> list_elastic_ips(const aws::ec2::Client& ec2);

/// Adds the allocation of one for use in VPCs and gives what will be its address once the plan is
/// carried out. Each makes another.
std::shared_ptr<std::string> add_allocation(plan::Plan& plan, const aws::ec2::Client& ec2);

/// The elastic IP of that address. Throws EipConfigError with AWS's own code for an address that is
/// not one of this account and region.
ElasticIp find_elastic_ip(const aws::ec2::Client& ec2, const std::string& address);

/// What to do with an address that somebody has.
enum class InUse { refuse, disassociate };

/// Adds its being taken away from whoever has it and given back to AWS. Throws EipConfigError for
/// an address in use unless told to take it away.
void add_release(plan::Plan& plan, const aws::ec2::Client& ec2, const ElasticIp& elastic_ip,
                 InUse in_use);

}  // namespace asiaq::network
