// Route tables that are there, and the changes that give them the routes they should have.
#pragma once

#include <string>
#include <vector>

#include "network/reference.h"
#include "network/routes.h"
#include "plan/plan.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

struct RouteTable {
  struct Association {
    std::string id;
    std::string subnet_id;  ///< Empty for the association that makes it the VPC's main table.
    bool is_main = false;
  };

  std::string id;
  std::string vpc_id;
  std::string name;
  std::string metanetwork;  ///< Empty for tables that belong to none.
  std::string zone;         ///< Empty for a table that serves a whole metanetwork.
  std::vector<Association> associations;
  std::vector<ObservedRoute> routes;  ///< Those with an IPv4 destination.

  bool is_main() const;
  bool serves(const std::string& subnet_id) const;
};

/// All tables of these VPCs (at least one). One paginated Describe.
std::vector<RouteTable> observe_route_tables(const aws::ec2::Client& ec2,
                                             const std::vector<std::string>& vpc_ids);

/// A table that is there or will be, with the routes that it has.
struct PlannedTable {
  std::string name;
  Reference table;
  std::vector<ObservedRoute> routes;
};

/// Adds what brings a table's routes in line: new and replaced ones first, deletions after them.
std::vector<plan::ChangeId> add_route_changes(plan::Plan& plan, const aws::ec2::Client& ec2,
                                              const PlannedTable& table,
                                              const RouteDifference& difference);

}  // namespace asiaq::network
