#include "environment/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "aws/sns/client.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/text.h"
#include "environment/configuration.h"
#include "environment/create.h"
#include "environment/network_changes.h"
#include "monitor/notification_changes.h"
#include "network/error.h"
#include "network/names.h"

namespace asiaq::environment {

namespace {

using namespace network;  // Everything here is put together from its parts.

/// The other VPCs that this one is connected to, among those that can be seen.
std::set<std::string> connected_vpcs(const std::vector<Peering>& peerings, const Vpc& vpc,
                                     const std::vector<Vpc>& vpcs) {
  std::set<std::string> result;
  for (const Peering& peering : peerings) {
    if (!peering.is_live() || !peering.touches(vpc.id)) continue;
    const std::string& other =
        peering.requester.vpc_id == vpc.id ? peering.accepter.vpc_id : peering.requester.vpc_id;
    if (std::ranges::find(vpcs, other, &Vpc::id) != vpcs.end()) result.insert(other);
  }
  return result;
}

/// Tags that subnets and route tables have from their VPC.
TagMap inherited_tags(const Vpc& vpc) {
  TagMap tags = vpc.tags;
  std::erase_if(tags, [](const auto& each) {
    return each.first == tag::name || each.first == tag::creating || each.first.starts_with("aws:");
  });
  return tags;
}

/// Subnets of every configured metanetwork as they are.
std::vector<MetanetworkLayout> layouts(const EnvironmentConfig& config, const Vpc& vpc,
                                       const Metanetworks& observed) {
  std::vector<MetanetworkLayout> result;
  for (const std::string& name : config.metanetwork_names()) {
    const auto found = observed.find(name);
    if (found == observed.end() || found->second.subnets.empty()) {
      throw with_hint(
          VpcEnvironmentError(fmt::format("metanetwork {} is configured for environment {}, but "
                                          "VPC {} has no subnets of it",
                                          name, vpc.name, vpc.id)),
          fmt::format("metanetworks are not added to an environment that is there: blank {}_cidr "
                      "in [env:{}], or make the environment anew",
                      name, vpc.name));
    }
    result.push_back(layout_of(found->second));
  }
  return result;
}

SubnetCounts subnet_counts(const std::vector<MetanetworkLayout>& layouts) {
  SubnetCounts result;
  for (const MetanetworkLayout& layout : layouts) {
    result[layout.metanetwork] = layout.zones.size();
  }
  return result;
}

/// Reads the region's addresses only if something is to be done about NAT gateways.
std::vector<ElasticIp> elastic_ips_for(aws::Session& session, const EnvironmentConfig& config,
                                       const std::vector<MetanetworkLayout>& layouts,
                                       const Observation& observation) {
  check_nat_counts(config.nat_gateways, subnet_counts(layouts));
  if (is_nat_settled(config.nat_gateways, config.metanetwork_names(),
                     observation.metanetworks.metanetworks, observation.nat_gateways)) {
    return {};
  }
  std::vector<ElasticIp> result = list_elastic_ips(aws::ec2::Client(session));
  check_nat_addresses(config.nat_gateways, subnet_counts(layouts), result);
  return result;
}

bool is_wanted(const std::vector<WantedPeering>& wanted, const std::string& vpc_id,
               const std::string& metanetwork, const std::string& other_id,
               const std::string& other_metanetwork) {
  return std::ranges::any_of(wanted, [&](const WantedPeering& peering) {
    if (!peering.touches(vpc_id) || !peering.touches(other_id)) return false;
    return peering.metanetworks.contains(peering.first.id == vpc_id
                                             ? MetanetworkPair(metanetwork, other_metanetwork)
                                             : MetanetworkPair(other_metanetwork, metanetwork));
  });
}

/// Routes of this VPC's tables that lead to a metanetwork of another without being configured.
std::vector<std::string> unconfigured_peerings(const Observation& observation, const Vpc& vpc,
                                               const std::vector<Vpc>& vpcs,
                                               const std::vector<WantedPeering>& wanted) {
  std::set<std::string> found;
  for (const RouteTable& table : observation.metanetworks.tables) {
    if (table.metanetwork.empty()) continue;
    for (const ObservedRoute& route : table.routes) {
      const auto peering = std::ranges::find(observation.peerings, route.target, &Peering::id);
      if (peering == observation.peerings.end() || !peering->is_live()) continue;
      const std::string& other = peering->requester.vpc_id == vpc.id ? peering->accepter.vpc_id
                                                                     : peering->requester.vpc_id;
      const auto peer = observation.peers.find(other);
      if (peer == observation.peers.end()) continue;
      for (const auto& [name, metanetwork] : peer->second) {
        if (metanetwork.range() != route.destination ||
            is_wanted(wanted, vpc.id, table.metanetwork, other, name)) {
          continue;
        }
        found.insert(fmt::format("{}/{} {}/{} over {}", vpc.name, table.metanetwork,
                                 std::ranges::find(vpcs, other, &Vpc::id)->name, name,
                                 peering->id));
      }
    }
  }
  return {found.begin(), found.end()};
}

void warn_of_notifications(const std::vector<monitor::Notification>& wanted,
                           const std::map<std::string, monitor::ObservedTopic>& topics,
                           const std::string& environment) {
  const std::vector<std::string> extra = monitor::unconfigured(wanted, topics, environment);
  if (extra.empty()) return;
  log::warning("Not in {}, and left alone: {}", monitor::alarms_file, join(extra, ", "));
}

Update plan_completion(aws::Session& session, const config::ConfigFolder& folder, const Vpc& vpc) {
  log::info("VPC {} ({}) is unfinished: it is completed", vpc.name, vpc.id);
  Creation creation = plan_creation(session, folder, {.name = vpc.name, .type = vpc.type});
  return {.vpc = vpc, .plan = std::move(creation.plan)};
}

}  // namespace

Update plan_update(aws::Session& session, const config::ConfigFolder& folder,
                   const Selection& selection) {
  const aws::ec2::Client ec2(session);
  std::vector<Vpc> vpcs;
  std::vector<Peering> peerings;
  in_parallel({[&] { vpcs = list_vpcs(ec2); }, [&] { peerings = observe_peerings(ec2); }});
  const Vpc vpc = select_environment(vpcs, selection);
  check_is_environment(vpc);
  if (vpc.is_unfinished()) return plan_completion(session, folder, vpc);

  const EnvironmentConfig config = read_network(folder, vpc.name, vpc.type);
  const std::vector<WantedPeering> wanted =
      wanted_peerings(folder, read_peerings(folder), vpcs, vpc.id);
  const auto notifications = read_notifications(folder, vpc.name);

  std::set<std::string> peers = connected_vpcs(peerings, vpc, vpcs);
  for (const std::string& id : peers_of(wanted, vpc.id)) peers.insert(id);
  Observation observation;
  std::map<std::string, monitor::ObservedTopic> topics;
  in_parallel(
      {[&] {
         observation = observe_network(session, vpc, {peers.begin(), peers.end()}, peerings);
       },
       [&] {
         if (notifications) topics = monitor::observe_topics(aws::sns::Client(session));
       }});
  NetworkTarget target{.config = config,
                       .vpc = Reference(vpc.id),
                       .range = vpc.cidr,
                       .dhcp_options_id = vpc.dhcp_options_id,
                       .tags = inherited_tags(vpc),
                       .layouts = layouts(config, vpc, observation.metanetworks.metanetworks),
                       .peerings = wanted,
                       .s3_endpoint = config.s3_endpoint.value_or(false)
                                          ? NetworkTarget::S3Endpoint::make
                                          : NetworkTarget::S3Endpoint::leave};
  Update update{.vpc = vpc};
  add_network(update.plan, session, target, observation,
              elastic_ips_for(session, config, target.layouts, observation));
  if (notifications) {
    monitor::add_notifications(update.plan, aws::sns::Client(session), *notifications, topics);
    warn_of_notifications(*notifications, topics, vpc.name);
  }
  update.unconfigured_peerings = unconfigured_peerings(observation, vpc, vpcs, wanted);
  return update;
}

void check_peerings(const Update& update) {
  if (update.unconfigured_peerings.empty()) return;
  throw with_hint(
      VpcEnvironmentError(fmt::format("environment {} has peerings that are not configured, which "
                                      "an update does not delete: {}",
                                      update.vpc.name, join(update.unconfigured_peerings, "; "))),
      fmt::format(
          "write them in [peerings], or delete with `asiaq vpc peerings --delete --name {}`",
          update.vpc.name));
}

}  // namespace asiaq::environment
