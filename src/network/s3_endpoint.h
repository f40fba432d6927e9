// The gateway through which an environment reaches S3 without the internet.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "network/reference.h"
#include "network/route_table.h"
#include "plan/plan.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

struct S3Endpoint {
  std::string id;
  std::vector<std::string> route_table_ids;
};

/// The VPC's gateway endpoint for S3, if there is a live one. One paginated Describe.
std::optional<S3Endpoint> observe_s3_endpoint(const aws::ec2::Client& ec2,
                                              const std::string& vpc_id, const std::string& region);

/// Adds the endpoint, or what brings it to all route tables of the VPC, the main one included.
/// `tables` are those that are there and those that the plan makes; the VPC's tables are looked up
/// again when it is done.
std::vector<plan::ChangeId> add_s3_endpoint(plan::Plan& plan, const aws::ec2::Client& ec2,
                                            const std::string& region, const Reference& vpc,
                                            const std::vector<Reference>& tables,
                                            const std::optional<S3Endpoint>& observed);

}  // namespace asiaq::network
