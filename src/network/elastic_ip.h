// Elastic IPs of the region: public addresses that stay until they are released.
#pragma once

#include <string>
#include <vector>

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

struct ElasticIp {
  std::string address;
  std::string instance_id;  ///< Empty unless an instance has it; NAT gateways have none.
  std::string allocation_id;
  std::string association_id;  ///< Empty for an address nobody has.
};

/// All of them, in the order of their addresses as numbers. One Describe.
std::vector<ElasticIp> list_elastic_ips(const aws::ec2::Client& ec2);

/// Allocates one for use in VPCs and gives it. Each call makes another.
std::string allocate_elastic_ip(const aws::ec2::Client& ec2);

/// The elastic IP of that address. Throws Error of kind "EIPConfig" with AWS's own code for an
/// address that is not one of this account and region.
ElasticIp find_elastic_ip(const aws::ec2::Client& ec2, const std::string& address);

/// What to do with an address that somebody has.
enum class InUse { refuse, disassociate };

/// Throws EipConfigError, and changes nothing, for an address in use unless told to take it away.
void check_can_be_released(const ElasticIp& elastic_ip, InUse in_use);

/// Takes the address away from whoever has it, then gives it back to AWS.
void release_elastic_ip(const aws::ec2::Client& ec2, const ElasticIp& elastic_ip);

}  // namespace asiaq::network
