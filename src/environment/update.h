// Bringing an environment that is there in line with its configuration.
#pragma once

#include <string>
#include <vector>

#include "config/config_folder.h"
#include "environment/selection.h"
#include "network/vpc.h"
#include "plan/plan.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

/// What `update` would do.
struct Update {
  network::Vpc vpc;
  plan::Plan plan;
  /// Peerings that are there but not configured, one line each: never deleted by an update, but a
  /// reason for it to fail when everything else is done.
  std::vector<std::string> unconfigured_peerings;
};

/// Checks, reads and plans; writes nothing. Ranges, zones and tags of what is there are not
/// changed; neither are things that this program does not make. An unfinished VPC is completed as
/// `create` does. Throws VpcEnvironmentError as select_environment, and for metanetworks that are
/// configured but not there; ConfigError for a type that is not configured; what a wrong
/// configuration throws.
Update plan_update(aws::Session& session, const config::ConfigFolder& folder,
                   const Selection& selection);

/// Throws VpcEnvironmentError naming them if there are unconfigured peerings.
void check_peerings(const Update& update);

}  // namespace asiaq::environment
