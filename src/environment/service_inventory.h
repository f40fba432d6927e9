// What services other than EC2 and Auto Scaling hold of an environment, for taking it down.
#pragma once

#include <string>
#include <vector>

#include "cache/observation.h"
#include "database/observation.h"
#include "dns/record.h"
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

  std::vector<std::string> alarms;
  std::vector<MetricFilter> metric_filters;
  std::vector<std::string> log_groups;
  std::vector<LoadBalancer> load_balancers;
  std::vector<TargetGroup> target_groups;
  database::Observation databases;
  cache::Observation caches;
  /// CNAMEs that lead to a load balancer, a database or a cache of these.
  std::vector<dns::Record> records;
};

/// One paginated list per kind of thing, all at once; zones of Route 53 are read only if there is
/// something that a record may lead to. Alarms and log groups are known by name, all else by VPC.
ServiceInventory observe_services(aws::Session& session, const network::Vpc& vpc);

}  // namespace asiaq::environment
