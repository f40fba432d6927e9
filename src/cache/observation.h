// The caches of an environment.
#pragma once

#include <string>
#include <vector>

namespace asiaq::aws::elasticache {
class Client;
}

namespace asiaq::cache {

/// A replication group of ElastiCache.
struct Group {
  std::string id;
  std::string name;    ///< Its description, `ci-dummy-redis`; else the id.
  std::string status;  ///< In ElastiCache's words: `available`, `deleting`, …
  /// The DNS names that clients use: of the first node group, and of the whole.
  std::vector<std::string> endpoints;

  bool is_going() const { return status == "deleting"; }
};

struct Observation {
  std::vector<Group> groups;
  std::vector<std::string> subnet_groups;
};

/// The subnet groups of the VPC, and the replication groups whose members are in one of them; names
/// say nothing, since `ci-foo-…` may be one of `ci-foo` or of `ci`. A group without members, on its
/// way in or out, belongs to the environment that its tag `environment` names. Two paginated lists
/// at once; then, where there are replication groups, one of members.
Observation observe_vpc(const aws::elasticache::Client& elasticache, const std::string& environment,
                        const std::string& vpc_id);

}  // namespace asiaq::cache
