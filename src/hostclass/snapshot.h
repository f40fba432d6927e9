// EBS snapshots that hold the state of a hostclass.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace asiaq::aws::ec2 {
class Client;
}

namespace asiaq::hostclass {

struct Snapshot {
  std::string id;
  std::string hostclass;                   ///< Tag `hostclass`.
  std::optional<std::string> environment;  ///< Tag `env`; without it, it serves all of them.
  std::string state;                       ///< pending, completed, error ...
  long long size = 0;                      ///< GB.
  std::optional<WallTime> started;
};

/// This account's snapshots of the hostclasses. One paginated Describe.
std::vector<Snapshot> observe_snapshots(const aws::ec2::Client& ec2,
                                        const std::vector<std::string>& hostclasses);

/// The newest of the environment's own, else the newest that belongs to none; only completed or
/// pending ones count. Pure.
std::optional<Snapshot> newest_snapshot(const std::vector<Snapshot>& snapshots,
                                        const std::string& hostclass,
                                        const std::string& environment);

}  // namespace asiaq::hostclass
