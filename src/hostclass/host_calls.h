// Reading hosts from EC2.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hostclass/host.h"

namespace asiaq::aws::ec2 {
class Client;
struct Instance;
}  // namespace asiaq::aws::ec2

namespace asiaq::hostclass {

Host host_from(const aws::ec2::Instance& instance);

/// A filter of DescribeInstances: name and values, never without values.
using HostFilter = std::pair<std::string, std::vector<std::string>>;

/// The hosts of a VPC that pass all `filters`, in any state, in EC2's order. One paginated
/// Describe.
std::vector<Host> observe_hosts(const aws::ec2::Client& ec2, const std::string& vpc,
                                const std::vector<HostFilter>& filters = {});

/// The same by id. Throws aws::ServiceError for an id that EC2 does not know; hosts of other VPCs
/// are left out.
std::vector<Host> observe_hosts_by_id(const aws::ec2::Client& ec2, const std::string& vpc,
                                      const std::vector<std::string>& ids);

/// The hosts of these ids that EC2 shows, whichever VPC they are in; others are left out. One
/// Describe per 200 ids.
std::vector<Host> observe_known_hosts(const aws::ec2::Client& ec2,
                                      const std::vector<std::string>& ids);

}  // namespace asiaq::hostclass
