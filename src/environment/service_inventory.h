// What services other than EC2 and Auto Scaling hold of an environment, for taking it down.
#pragma once

#include <string>
#include <vector>

#include "aws/route53/types.h"
#include "network/vpc.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

struct ServiceInventory {
  struct MetricFilter {
    std::string log_group;
    std::string name;
  };
  struct LoadBalancer {
    std::string name;
    std::string arn;  ///< Empty for a classic one.
    std::string dns_name;
  };
  struct TargetGroup {
    std::string name;
    std::string arn;
  };
  /// A CNAME that leads to one of the load balancers.
  struct Record {
    std::string zone_id;
    aws::route53::ResourceRecordSet record;
  };

  std::vector<std::string> alarms;
  std::vector<MetricFilter> metric_filters;
  std::vector<std::string> log_groups;
  std::vector<LoadBalancer> load_balancers;
  std::vector<TargetGroup> target_groups;
  std::vector<Record> records;
};

/// One paginated list per kind of thing, all at once; zones of Route 53 are read only if there are
/// load balancers. Alarms and log groups are known by name, load balancers by VPC.
ServiceInventory observe_services(aws::Session& session, const network::Vpc& vpc);

}  // namespace asiaq::environment
