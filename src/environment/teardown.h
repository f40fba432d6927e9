// The steps of taking an environment down that take time or may have to be tried again. All of them
// are repeatable: what is gone already is as wanted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "aws/ec2/client.h"

namespace asiaq::environment {

/// Tries a deletion again for a minute while AWS says that something depends on the resource; then
/// throws, naming what is still in the VPC.
void delete_patiently(const aws::ec2::Client& ec2, const std::string& vpc_id,
                      const std::string& what, const std::function<void()>& deletion);

/// Terminates whatever runs in the VPC and waits until all of it is terminated, 600 s at most.
void terminate_instances(const aws::ec2::Client& ec2, const std::string& vpc_id);

/// Deletes the endpoints and waits until they are gone, 900 s at most.
void delete_endpoints(const aws::ec2::Client& ec2, const std::string& vpc_id,
                      const std::vector<std::string>& ids);

/// 900 s at most. One that failed holds nothing and counts as gone.
void wait_for_nat_gateways(const aws::ec2::Client& ec2, const std::string& vpc_id);

/// Detaches and deletes the VPC's interfaces; those that belong to AWS's services are waited for,
/// 1800 s at most.
void delete_interfaces(const aws::ec2::Client& ec2, const std::string& vpc_id);

/// Detaches and deletes an internet gateway.
void delete_internet_gateway(const aws::ec2::Client& ec2, const std::string& vpc_id,
                             const std::string& id, bool is_attached);

}  // namespace asiaq::environment
