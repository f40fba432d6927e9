// Route tables that are there, and the changes that give them the gateway routes they should have.
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
  std::string name;
  std::string metanetwork;  ///< Empty for tables that belong to none.
  std::string zone;         ///< Empty for a table that serves a whole metanetwork.
  std::vector<Association> associations;
  std::vector<ObservedRoute> routes;  ///< Those with an IPv4 destination.

  bool is_main() const;
  bool serves(const std::string& subnet_id) const;
};

/// All tables of the VPC. One paginated Describe.
std::vector<RouteTable> observe_route_tables(const aws::ec2::Client& ec2,
                                             const std::string& vpc_id);

/// A table and the gateways that its routes may lead to.
struct TableRoutes {
  std::string name;
  Reference table;
  std::map<Gateway, Reference> gateways;
};

/// Adds what brings a table's gateway routes in line: new and replaced ones first, deletions after
/// them.
std::vector<plan::ChangeId> add_route_changes(plan::Plan& plan, const aws::ec2::Client& ec2,
                                              const TableRoutes& table,
                                              const RouteDifference& difference);

}  // namespace asiaq::network
