#include "environment/network_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "base/log.h"
#include "network/dhcp_changes.h"
#include "network/error.h"
#include "network/nat_changes.h"
#include "network/peering_changes.h"

namespace asiaq::environment {

namespace {

using namespace network;  // Everything here is put together from its parts.

std::vector<std::string> ntp_addresses(const EnvironmentConfig& config,
                                       const std::vector<PlannedMetanetwork>& metanetworks) {
  std::vector<std::string> result;
  for (const std::string& server : config.dhcp.ntp_servers) {
    result.push_back(resolved_address(server));
  }
  if (result.empty() && !config.dhcp.ntp_server_metanetwork.empty()) {
    const PlannedMetanetwork* planned = find(metanetworks, config.dhcp.ntp_server_metanetwork);
    result.push_back(with_context("ntp_server_offset", [&] {
      return static_address(as_metanetwork(*planned), config.dhcp.ntp_server_offset).to_string();
    }));
  }
  return result;
}

/// Adds the parts one after another; each may refer to what the earlier ones made.
class Network {
 public:
  Network(plan::Plan& plan, aws::Session& session, const NetworkTarget& target,
          const Observation& observation, const std::vector<ElasticIp>& elastic_ips)
      : plan_(plan),
        ec2_(session),
        region_(session.region()),
        target_(target),
        config_(target.config),
        observation_(observation),
        nat_target_{
            .vpc = target.vpc, .elastic_ips = elastic_ips, .observed = observation.nat_gateways} {}

  std::vector<PlannedMetanetwork> add() {
    metanetworks_ = network::add_metanetworks(plan_, ec2_, metanetwork_target(), target_.layouts,
                                              observation_.metanetworks);
    add_dhcp_changes(
        plan_, ec2_,
        {.environment = config_.name, .vpc = target_.vpc, .attached_id = target_.dhcp_options_id},
        desired_dhcp_options(config_.dhcp, ntp_addresses(config_, metanetworks_)),
        observation_.dhcp_sets);
    add_rules();
    add_gateways();
    add_nat();
    add_routes();
    remove_nat();
    add_endpoint();
    add_peerings();
    return std::move(metanetworks_);
  }

 private:
  MetanetworkTarget metanetwork_target() const {
    MetanetworkTarget result{.environment = config_.name, .vpc = target_.vpc, .tags = target_.tags};
    for (const auto& [name, settings] : config_.nat_gateways) result.tables_per_zone.insert(name);
    for (const auto& [source, destination] : config_.nat_routes) {
      result.tables_per_zone.insert(source);
    }
    return result;
  }

  void add_rules() {
    std::map<std::string, Reference> groups;
    for (const PlannedMetanetwork& metanetwork : metanetworks_) {
      groups.emplace(metanetwork.name, metanetwork.group);
    }
    // Rules to be revoked may mention metanetworks that are not configured any more.
    for (const auto& [name, group] : observation_.groups) {
      groups.try_emplace(name, Reference(group.id));
    }
    for (const auto& [metanetwork, desired] :
         desired_rules(config_.rules, config_.metanetwork_names(), target_.range)) {
      const auto present = observation_.groups.find(metanetwork);
      const RuleDifference rules =
          difference(present == observation_.groups.end() ? std::vector<IngressRule>()
                                                          : present->second.ingress,
                     desired);
      add_rule_changes(plan_, ec2_, config_.name, metanetwork, rules, groups);
    }
  }

  void add_gateways() {
    nat_target_.internet_gateway = add_internet_gateway(plan_, ec2_, config_.name, target_.vpc,
                                                        observation_.internet_gateways);
    gateways_.emplace(Gateway::internet, nat_target_.internet_gateway);
    if (observation_.vpn_gateway) {
      gateways_.emplace(Gateway::vpn, add_vpn_gateway(plan_, ec2_, config_.name, target_.vpc,
                                                      *observation_.vpn_gateway));
    }
  }

  const NatSettings* nat_settings(const std::string& metanetwork) const {
    const auto found = config_.nat_gateways.find(metanetwork);
    return found == config_.nat_gateways.end() ? nullptr : &found->second;
  }

  void add_nat() {
    for (const PlannedMetanetwork& metanetwork : metanetworks_) {
      nat_.emplace(metanetwork.name, add_nat_gateways(plan_, ec2_, metanetwork,
                                                      nat_settings(metanetwork.name), nat_target_));
    }
  }

  /// Without a VPN gateway its routes are left out.
  DesiredRoutes gateway_routes(const std::string& metanetwork) const {
    DesiredRoutes result;
    for (const auto& [destination, gateway] : config_.routes.at(metanetwork)) {
      const auto found = gateways_.find(gateway);
      if (found == gateways_.end()) {
        log::warning(
            "Route {} of {} is left out: no available VPN gateway is named after the environment",
            destination.to_string(), metanetwork);
        continue;
      }
      result[destination] = {.description = "the " + to_string(gateway), .resource = found->second};
    }
    return result;
  }

  RouteTarget nat_target_of(const PlannedMetanetwork::Zone& zone, const std::string& metanetwork) {
    const auto& by_zone = nat_.at(metanetwork).by_zone;
    const auto gateway = by_zone.find(zone.zone);
    if (gateway == by_zone.end()) {
      throw VpcEnvironmentError(
          fmt::format("nat_gateway_routes: {} needs a NAT gateway in {}, where metanetwork {} has "
                      "no subnet",
                      zone.name, zone.zone, metanetwork));
    }
    return {.description = "the NAT gateway of the zone", .resource = gateway->second};
  }

  void add_routes() {
    for (const PlannedMetanetwork& metanetwork : metanetworks_) {
      const DesiredRoutes common = gateway_routes(metanetwork.name);
      const auto nat = config_.nat_routes.find(metanetwork.name);
      if (metanetwork.central_table) {
        apply(*metanetwork.central_table, common);
        continue;
      }
      for (const PlannedMetanetwork::Zone& zone : metanetwork.zones) {
        DesiredRoutes desired = common;
        if (nat != config_.nat_routes.end()) desired[Cidr()] = nat_target_of(zone, nat->second);
        apply(zone.table, desired);
      }
    }
  }

  void apply(const PlannedTable& table, const DesiredRoutes& desired) {
    const std::vector<plan::ChangeId> changes =
        add_route_changes(plan_, ec2_, table, difference(table.routes, desired));
    route_changes_.insert(route_changes_.end(), changes.begin(), changes.end());
  }

  void remove_nat() {
    for (const PlannedMetanetwork& metanetwork : metanetworks_) {
      const auto observed = observation_.metanetworks.metanetworks.find(metanetwork.name);
      if (observed == observation_.metanetworks.metanetworks.end()) continue;
      add_nat_removals(plan_, ec2_, metanetwork, observed->second,
                       nat_.at(metanetwork.name).obsolete, nat_settings(metanetwork.name),
                       nat_target_, route_changes_);
    }
  }

  void add_endpoint() {
    const bool is_wanted = observation_.s3_endpoint
                               ? config_.s3_endpoint.value_or(true)
                               : target_.s3_endpoint == NetworkTarget::S3Endpoint::make;
    if (!is_wanted) return;
    std::vector<Reference> tables;
    std::set<std::string> known;
    for (const PlannedMetanetwork& metanetwork : metanetworks_) {
      for (const PlannedTable& table : metanetwork.tables()) {
        tables.push_back(table.table);
        known.insert(table.table.id());
      }
    }
    for (const RouteTable& table : observation_.metanetworks.tables) {
      const bool is_replaced = !table.metanetwork.empty() && table.zone.empty() &&
                               !known.contains(table.id) &&
                               find(metanetworks_, table.metanetwork) != nullptr;
      if (!is_replaced && known.insert(table.id).second) tables.emplace_back(table.id);
    }
    add_s3_endpoint(plan_, ec2_, region_, target_.vpc, tables, observation_.s3_endpoint);
  }

  PeeringSide side(const Vpc& vpc) const {
    if (vpc.id == target_.vpc.id()) return peering_side(target_.vpc, metanetworks_);
    const auto metanetworks = observation_.peers.find(vpc.id);
    return peering_side(
        vpc, metanetworks == observation_.peers.end() ? Metanetworks() : metanetworks->second,
        observation_.peer_tables);
  }

  void add_peerings() {
    for (const WantedPeering& wanted : target_.peerings) {
      const PeeringSide first = side(wanted.first);
      const PeeringSide second = side(wanted.second);
      const bool is_first = wanted.first.id == target_.vpc.id();
      for (const auto& [one, other] : wanted.metanetworks) {
        check_route_is_free(is_first ? one : other, is_first ? second : first,
                            is_first ? other : one);
      }
      add_peering(plan_, ec2_, wanted, first, second, observation_.peerings);
    }
  }

  void check_route_is_free(const std::string& own, const PeeringSide& peer,
                           const std::string& metanetwork) const {
    const auto found = peer.metanetworks.find(metanetwork);
    const auto routes = config_.routes.find(own);
    if (found == peer.metanetworks.end() || routes == config_.routes.end()) return;
    if (!routes->second.contains(found->second.range)) return;
    throw VpcConfigError(
        fmt::format("the range {} of a peered metanetwork {} is also a route of {} "
                    "to a gateway",
                    found->second.range.to_string(), metanetwork, own));
  }

  plan::Plan& plan_;
  aws::ec2::Client ec2_;
  std::string region_;
  const NetworkTarget& target_;
  const EnvironmentConfig& config_;
  const Observation& observation_;
  NatTarget nat_target_;
  std::vector<PlannedMetanetwork> metanetworks_;
  std::map<Gateway, Reference> gateways_;
  std::map<std::string, PlannedNat> nat_;
  std::vector<plan::ChangeId> route_changes_;
};

}  // namespace

std::vector<PlannedMetanetwork> add_network(plan::Plan& plan, aws::Session& session,
                                            const NetworkTarget& target,
                                            const Observation& observation,
                                            const std::vector<ElasticIp>& elastic_ips) {
  return Network(plan, session, target, observation, elastic_ips).add();
}

}  // namespace asiaq::environment
