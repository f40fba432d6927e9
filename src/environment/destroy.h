// Taking a whole environment down.
#pragma once

#include "environment/inventory.h"
#include "environment/selection.h"
#include "plan/plan.h"

namespace asiaq::aws {
class Session;
}

namespace asiaq::environment {

/// Everything of the environment in the order in which AWS lets go of it; the VPC itself is last,
/// so that whatever an interrupted run left can still be found. VPN gateways, elastic IPs that were
/// not allocated by this program and alarm topics stay.
plan::Plan plan_destruction(aws::Session& session, const Inventory& inventory);

}  // namespace asiaq::environment
