// An environment as it is, for people to look at: every list in a fixed order, ids resolved to
// names.
#pragma once

#include <string>
#include <vector>

#include "environment/selection.h"
#include "network/vpc.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

struct Description {
  struct Network {
    std::string metanetwork;
    std::string range;
    std::string group_id;
  };
  struct Subnet {
    std::string metanetwork;
    std::string zone;
    std::string range;
    std::string id;
    std::string table_id;  ///< The main table's where it has no other.
    std::string nat_gateway_id;
  };
  struct Rule {
    std::string metanetwork;
    std::string protocol;
    std::string ports;   ///< `443`, `0-1024` or `all`
    std::string source;  ///< A range, a metanetwork or the id of a foreign group.
  };
  struct Route {
    std::string metanetwork;
    std::string zone;  ///< Empty for a table of the whole metanetwork.
    std::string destination;
    std::string target;
    std::string table_id;
  };
  struct Gateway {
    std::string kind;  ///< `internet gateway`, `VPN gateway`, `NAT gateway`, `S3 endpoint`
    std::string id;
    std::string where;  ///< Of a NAT gateway: name of its subnet and public address.
  };
  struct Peering {
    std::string id;
    std::string status;
    std::string other;  ///< Name of the other VPC; its id where it has none or cannot be seen.
    std::string range;  ///< The other VPC's.
  };
  struct Host {
    std::string metanetwork;
    std::string hostclass;
    std::string id;
    std::string state;
    std::string address;  ///< The private one.
    std::string zone;
  };

  network::Vpc vpc;
  std::vector<Network> networks;
  std::vector<Subnet> subnets;
  std::vector<Rule> rules;
  std::vector<Route> routes;  ///< Without those inside the VPC.
  std::vector<Gateway> gateways;
  std::vector<Peering> peerings;
  std::vector<Host> hosts;  ///< Not terminated; of metanetworks and others.
};

/// Reads it; at most eleven calls, two one after another. Throws as select_environment.
Description describe(aws::Session& session, const Selection& selection);

}  // namespace asiaq::environment
