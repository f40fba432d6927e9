// The caches of an environment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace asiaq::aws::elasticache {
class Client;
}

namespace asiaq::cache {

/// A replication group of ElastiCache, or a cluster that is in none: all Memcached ones are.
struct Group {
  enum class Kind : std::uint8_t { replication_group, cluster } kind = Kind::replication_group;
  std::string id;
  std::string name;    ///< Its description, `ci-dummy-redis`; else the id.
  std::string status;  ///< In ElastiCache's words: `available`, `deleting`, …
  /// The DNS names that clients use: of the first node group or of the nodes, and of the whole.
  std::vector<std::string> endpoints;

  bool is_going() const { return status == "deleting"; }
};

struct Observation {
  std::vector<Group> groups;
  std::vector<std::string> subnet_groups;
};

/// The subnet groups of the VPC, and the replication groups and clusters that are in one of them;
/// names say nothing, since `ci-foo-…` may be one of `ci-foo` or of `ci`. A replication group
/// without members, on its way in or out, belongs to the environment that its tag `environment`
/// names. Two paginated lists at once; then, where there is anything in them, one of clusters.
Observation observe_vpc(const aws::elasticache::Client& elasticache, const std::string& environment,
                        const std::string& vpc_id);

}  // namespace asiaq::cache
