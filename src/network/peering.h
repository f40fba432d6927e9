// Peering connections that are there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

struct Peering {
  struct Side {
    std::string vpc_id;
    std::string range;  ///< The VPC's primary one; empty where AWS does not say.
  };
  std::string id;
  std::string name;     ///< Tag `Name`.
  std::string status;   ///< AWS's code: `active`, `pending-acceptance`, `deleted` ...
  std::string message;  ///< What AWS says about the status.
  Side requester;
  Side accepter;

  /// Active, or on its way to be.
  bool is_live() const;
  bool touches(std::string_view vpc_id) const;
  bool connects(std::string_view one, std::string_view other) const;
};

/// All of the region, in whatever status. One paginated Describe.
std::vector<Peering> observe_peerings(const aws::ec2::Client& ec2);

/// A route over a connection, in whichever VPC's table.
struct PeeringRoute {
  std::string peering_id;
  std::string table_id;
  Cidr destination;
};

/// All routes over these connections. One paginated Describe; none for no connections.
std::vector<PeeringRoute> observe_peering_routes(const aws::ec2::Client& ec2,
                                                 const std::vector<std::string>& peering_ids);

}  // namespace asiaq::network
