// The databases of a VPC, and what was made for them.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace asiaq::aws::rds {
class Client;
struct DBInstance;
}  // namespace asiaq::aws::rds

namespace asiaq::database {

/// The VPC that the instance's subnet group is in; empty if it has none.
std::string vpc_of(const aws::rds::DBInstance& instance);

/// A database instance of RDS.
struct Instance {
  std::string id;        ///< `ci-foodb`, in lower case.
  std::string status;    ///< In RDS's words: `available`, `deleting`, …
  std::string endpoint;  ///< Its DNS name; empty while it is being made.
  std::string cluster;   ///< The Aurora or Multi-AZ cluster that it is part of, if any.
  bool is_replica = false;
  bool is_protected = false;  ///< Against deletion.

  bool is_going() const { return status == "deleting"; }
};

struct Observation {
  std::vector<Instance> instances;
  std::vector<std::string> subnet_groups;
  /// Those that this program made for one of the instances or beside one of the subnet groups, and
  /// that nothing else uses.
  std::vector<std::string> parameter_groups;
  /// Names of all snapshots of the region that were not taken by RDS itself. Not read where there
  /// is no instance.
  std::set<std::string> snapshots;
};

/// A paginated list of instances and one of subnet groups, at once; where there are any, then one
/// of parameter groups and one of snapshots.
Observation observe_vpc(const aws::rds::Client& rds, const std::string& vpc_id);

/// The description by which this program knows a parameter group as its own.
std::string parameter_group_description(const std::string& name);

}  // namespace asiaq::database
