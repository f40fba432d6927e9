// An environment is one VPC, known by its tags.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cidr.h"
#include "network/tags.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::network {

struct Vpc {
  std::string id;
  std::string name;          ///< Tag `Name`; empty if it has none.
  std::string type;          ///< Tag `type`, which selects [envtype:...]; empty if it has none.
  Cidr cidr;                 ///< Its primary range.
  std::vector<Cidr> ranges;  ///< All of its IPv4 ranges, the primary one included.
  TagMap tags;
  std::string state;  ///< `pending` or `available`
  std::string dhcp_options_id;
  bool is_default = false;

  /// Made by a `create` that has not finished.
  bool is_unfinished() const;
};

/// All VPCs of the region in AWS's order. One paginated Describe.
std::vector<Vpc> list_vpcs(const aws::ec2::Client& ec2);

/// The VPCs with exactly this Name, of which there should be one at most. `*` and `?` are ordinary
/// characters. One paginated Describe.
std::vector<Vpc> vpcs_named(const aws::ec2::Client& ec2, const std::string& name);

/// The VPC with this id, if there is one. One Describe.
std::optional<Vpc> vpc_with_id(const aws::ec2::Client& ec2, const std::string& id);

/// The environment of this name. Throws VpcEnvironmentError "failed to select environment ..." for
/// the names that mean none (empty, `-`, `none`, `None`), if there is no such VPC, and, with all
/// ids, if there are several.
Vpc find_environment(const aws::ec2::Client& ec2, const std::string& name);

}  // namespace asiaq::network
