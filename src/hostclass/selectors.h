// Selectors: how a user names hosts on the command line.
#pragma once

#include <string>
#include <vector>

#include "hostclass/host.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::hostclass {

/// Hosts by id, tag `hostname`, tag `hostclass`, image or auto scaling group. Several kinds
/// together mean the union.
struct HostSelection {
  std::vector<std::string> instances;
  std::vector<std::string> hostnames;
  std::vector<std::string> hostclasses;
  std::vector<std::string> images;
  std::vector<std::string> groups;
};

/// The selected hosts of a VPC, whatever their state, each once. A hostname selects one host: the
/// first that is not on its way out. Throws aws::ServiceError for an instance id that EC2 does not
/// know, Error of kind "NoSuchHost" for a hostname that no host has. One Describe per kind given.
std::vector<Host> select_hosts(const aws::ec2::Client& ec2, const std::string& vpc,
                               const HostSelection& selection);

/// The first host of that name; one that is not on its way out wins. Throws as above. Pure.
Host host_of_name(const std::vector<Host>& hosts, const std::string& hostname);

/// Those that are pending or running.
std::vector<Host> that_are_up(std::vector<Host> hosts);

}  // namespace asiaq::hostclass
