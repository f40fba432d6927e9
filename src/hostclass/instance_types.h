// What EC2 says of instance types, as far as launching needs it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace asiaq::aws::ec2 {
class Client;
struct InstanceTypeInfo;
}  // namespace asiaq::aws::ec2

namespace asiaq::hostclass {

struct InstanceTypeFacts {
  /// Disks that need a mapping to be seen: NVMe ones appear by themselves.
  int instance_store_disks = 0;
  bool ebs_optimized = false;
  std::vector<std::string> architectures;  ///< Empty if unknown.
};

InstanceTypeFacts facts_from(const aws::ec2::InstanceTypeInfo& info);

/// Facts by type. One paginated Describe. Throws aws::ServiceError for a type that EC2 does not
/// know.
std::map<std::string, InstanceTypeFacts> observe_instance_types(const aws::ec2::Client& ec2,
                                                                const std::set<std::string>& types);

}  // namespace asiaq::hostclass
