#include "hostclass/snapshot.h"

#include <algorithm>
#include <tuple>

#include "aws/ec2/client.h"

namespace asiaq::hostclass {

namespace {

Snapshot snapshot_from(const aws::ec2::Snapshot& snapshot) {
  Snapshot result{.id = snapshot.snapshot_id.value_or(""),
                  .state = snapshot.state.value_or(""),
                  .size = snapshot.volume_size.value_or(0),
                  .started = snapshot.start_time};
  for (const auto& tag : snapshot.tags) {
    if (tag.key == "hostclass") result.hostclass = tag.value.value_or("");
    if (tag.key == "env" && !tag.value.value_or("").empty()) result.environment = tag.value;
  }
  return result;
}

}  // namespace

std::vector<Snapshot> observe_snapshots(const aws::ec2::Client& ec2,
                                        const std::vector<std::string>& hostclasses) {
  std::vector<Snapshot> snapshots;
  if (hostclasses.empty()) return snapshots;
  // By key alone when there are more values than a filter takes.
  constexpr std::size_t most_values = 200;
  aws::ec2::DescribeSnapshotsRequest request{.owner_ids = {"self"}};
  if (hostclasses.size() <= most_values) {
    request.filters = {{.name = "tag:hostclass", .values = hostclasses}};
  } else {
    request.filters = {{.name = "tag-key", .values = {"hostclass"}}};
  }
  for (const auto& snapshot : ec2.describe_snapshots_all(request)) {
    snapshots.push_back(snapshot_from(snapshot));
  }
  return snapshots;
}

std::optional<Snapshot> newest_snapshot(const std::vector<Snapshot>& snapshots,
                                        const std::string& hostclass,
                                        const std::string& environment) {
  const Snapshot* best = nullptr;
  const auto rank = [&](const Snapshot& snapshot) {
    return std::tuple(snapshot.environment.has_value(), snapshot.started.value_or(WallTime()),
                      snapshot.id);
  };
  for (const Snapshot& snapshot : snapshots) {
    if (snapshot.hostclass != hostclass) continue;
    if (snapshot.environment && *snapshot.environment != environment) continue;
    if (snapshot.state != "completed" && snapshot.state != "pending") continue;
    if (best == nullptr || rank(snapshot) > rank(*best)) best = &snapshot;
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

}  // namespace asiaq::hostclass
