// The peering connections of a region, or of one environment in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config_folder.h"
#include "environment/selection.h"
#include "network/peering.h"
#include "plan/plan.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

/// A connection with the names of its VPCs; empty for one that cannot be seen from here.
struct NamedPeering {
  network::Peering peering;
  std::string accepter;
  std::string requester;
};

/// Those that are or may become active, and those that failed, by the accepter's name. Without a
/// selection all of the region. Throws as select_environment, with status 1.
std::vector<NamedPeering> list_peerings(aws::Session& session,
                                        const std::optional<Selection>& selection);

/// Adds all configured peerings whose VPCs are up, as far as they are missing.
plan::Plan plan_peerings(aws::Session& session, const config::ConfigFolder& folder,
                         const std::optional<Selection>& selection);

/// Deletes all live connections with their routes in both VPCs.
plan::Plan plan_peering_removal(aws::Session& session, const std::optional<Selection>& selection);

}  // namespace asiaq::environment
