#include "environment/peerings.h"

#include <algorithm>
#include <set>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "base/error.h"
#include "base/parallel.h"
#include "environment/configuration.h"
#include "environment/observation.h"
#include "network/peering_changes.h"

namespace asiaq::environment {

namespace {

using namespace network;

struct Region {
  std::vector<Vpc> vpcs;
  std::vector<Peering> peerings;
  std::optional<std::string> only;  ///< Id of the VPC that is meant; nothing: all.
};

/// A name that nobody has must never mean all: scripts would delete every peering of the region.
std::string selected(const std::vector<Vpc>& vpcs, const Selection& selection) {
  try {
    return select_environment(vpcs, selection).id;
  } catch (Error& error) {
    error.set_exit_status(static_cast<int>(ExitStatus::failure));
    throw;
  }
}

Region observe(aws::Session& session, const std::optional<Selection>& selection) {
  const aws::ec2::Client ec2(session);
  Region region;
  in_parallel(
      {[&] { region.vpcs = list_vpcs(ec2); }, [&] { region.peerings = observe_peerings(ec2); }});
  if (selection) {
    region.only = selected(region.vpcs, *selection);
    std::erase_if(region.peerings,
                  [&](const Peering& peering) { return !peering.touches(*region.only); });
  }
  return region;
}

std::string name_of(const std::vector<Vpc>& vpcs, const std::string& id) {
  const auto found = std::ranges::find(vpcs, id, &Vpc::id);
  return found == vpcs.end() ? "" : found->name;
}

}  // namespace

std::vector<NamedPeering> list_peerings(aws::Session& session,
                                        const std::optional<Selection>& selection) {
  const Region region = observe(session, selection);
  static const std::set<std::string> shown{"pending-acceptance", "provisioning", "active",
                                           "failed"};
  std::vector<NamedPeering> result;
  for (const Peering& peering : region.peerings) {
    if (!shown.contains(peering.status)) continue;
    result.push_back({.peering = peering,
                      .accepter = name_of(region.vpcs, peering.accepter.vpc_id),
                      .requester = name_of(region.vpcs, peering.requester.vpc_id)});
  }
  std::ranges::stable_sort(result, {}, &NamedPeering::accepter);
  return result;
}

plan::Plan plan_peerings(aws::Session& session, const config::ConfigFolder& folder,
                         const std::optional<Selection>& selection) {
  const std::vector<PeeringLine> lines = read_peerings(folder);
  plan::Plan plan;
  if (lines.empty() && !selection) return plan;
  const Region region = observe(session, selection);
  const std::vector<WantedPeering> wanted =
      wanted_peerings(folder, lines, region.vpcs, region.only);
  std::set<std::string> ids;
  for (const WantedPeering& peering : wanted) {
    ids.insert(peering.first.id);
    ids.insert(peering.second.id);
  }
  const Observation observation = observe_peers(session, {ids.begin(), ids.end()});
  const auto side = [&](const Vpc& vpc) {
    const auto found = observation.peers.find(vpc.id);
    return peering_side(vpc, found == observation.peers.end() ? Metanetworks() : found->second,
                        observation.peer_tables);
  };
  const aws::ec2::Client ec2(session);
  for (const WantedPeering& peering : wanted) {
    add_peering(plan, ec2, peering, side(peering.first), side(peering.second), region.peerings);
  }
  return plan;
}

plan::Plan plan_peering_removal(aws::Session& session, const std::optional<Selection>& selection) {
  const Region region = observe(session, selection);
  std::vector<std::string> ids;
  for (const Peering& peering : region.peerings) {
    if (peering.is_live()) ids.push_back(peering.id);
  }
  const aws::ec2::Client ec2(session);
  const std::vector<PeeringRoute> routes = observe_peering_routes(ec2, ids);
  plan::Plan plan;
  for (const Peering& peering : region.peerings) {
    if (peering.is_live()) add_peering_removal(plan, ec2, peering, routes, {});
  }
  return plan;
}

}  // namespace asiaq::environment
