#include "environment/create.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/text.h"
#include "environment/reserved_addresses.h"
#include "network/dhcp_changes.h"
#include "network/environment_config.h"
#include "network/error.h"
#include "network/floating_interface.h"
#include "network/gateways.h"
#include "network/metanetwork_changes.h"
#include "network/names.h"
#include "network/nat_gateway.h"
#include "network/s3_endpoint.h"
#include "network/security_group.h"
#include "network/vpc_changes.h"
#include "network/zones.h"
#include "plan/executor.h"

namespace asiaq::environment {

namespace {

using namespace network;  // Everything here is put together from its parts.

/// What is there before anything is made.
struct Surroundings {
  std::vector<Vpc> vpcs;
  std::vector<std::string> zones;
  std::optional<VpnGateway> vpn_gateway;
  std::vector<ElasticIp> elastic_ips;  ///< Only where NAT gateways are configured.
};

/// What an earlier run has left of an unfinished VPC.
struct Remains {
  std::optional<Vpc> vpc;
  ObservedMetanetworks metanetworks;
  std::map<std::string, SecurityGroup> groups;
  std::vector<InternetGateway> internet_gateways;
  std::vector<DhcpSet> dhcp_sets;
  std::optional<S3Endpoint> s3_endpoint;
  std::map<Ipv4Address, std::string> interfaces;
  std::vector<NatGateway> nat_gateways;
};

EnvironmentConfig read_config(const config::ConfigFolder& folder, const CreateOptions& options) {
  check_environment_name(options.name);
  const config::VpcConfig vpc = folder.vpc(options.name, options.type);
  if (!vpc.is_configured()) {
    throw ConfigError(fmt::format("{} has neither a section [envtype:{}] nor [env:{}]",
                                  folder.path(config::vpc_file).string(), options.type,
                                  options.name));
  }
  return read_environment_config(options.name, options.type, [&](std::string_view option) {
    return vpc.option(option).optional();
  });
}

Surroundings observe_surroundings(const aws::ec2::Client& ec2, const EnvironmentConfig& config) {
  Surroundings result;
  in_parallel({[&] { result.vpcs = list_vpcs(ec2); },
               [&] { result.zones = usable_zones(observe_zones(ec2), config.max_zones); },
               [&] { result.vpn_gateway = observe_vpn_gateway(ec2, config.name); },
               [&] {
                 if (!config.nat_gateways.empty()) result.elastic_ips = list_elastic_ips(ec2);
               }});
  if (result.zones.empty()) {
    throw VpcEnvironmentError("the region has no availability zone that can be used");
  }
  return result;
}

/// The unfinished VPC that this run completes, if there is one. Throws if the name is taken
/// otherwise.
std::optional<Vpc> unfinished_vpc(const std::vector<Vpc>& vpcs, const CreateOptions& options) {
  std::vector<Vpc> namesakes;
  std::ranges::copy_if(vpcs, std::back_inserter(namesakes),
                       [&](const Vpc& vpc) { return vpc.name == options.name; });
  if (namesakes.empty()) return {};
  const Vpc& vpc = namesakes.front();
  if (namesakes.size() > 1 || !vpc.is_unfinished() || vpc.type != options.type) {
    VpcConfigError error(fmt::format("a VPC with the name {} exists already: {}, type {}{}",
                                     options.name, vpc.id, vpc.type.empty() ? "-" : vpc.type,
                                     vpc.is_unfinished() ? ", unfinished" : ""));
    error.set_hint("choose another name, or destroy that environment first");
    throw error;
  }
  return vpc;
}

Remains observe_remains(const aws::ec2::Client& ec2, const std::string& region, const Vpc& vpc) {
  Remains result;
  result.vpc = vpc;
  in_parallel({
      [&] { result.metanetworks.metanetworks = observe_metanetworks(ec2, vpc); },
      [&] { result.metanetworks.tables = observe_route_tables(ec2, vpc.id); },
      [&] { result.groups = observe_security_groups(ec2, vpc.id); },
      [&] { result.internet_gateways = observe_internet_gateways(ec2, vpc.id); },
      [&] { result.dhcp_sets = observe_dhcp_sets(ec2, vpc.name); },
      [&] { result.s3_endpoint = observe_s3_endpoint(ec2, vpc.id, region); },
      [&] { result.interfaces = observe_interfaces(ec2, vpc.id); },
      [&] { result.nat_gateways = observe_nat_gateways(ec2, vpc.id); },
  });
  return result;
}

/// The ranges: those of the unfinished VPC where there is one.
AddressPlan addresses(EnvironmentConfig config, const Surroundings& surroundings,
                      const Remains& remains, const Random& random) {
  if (remains.vpc) {
    config.vpc_range = remains.vpc->cidr;
    config.metanetworks = with_observed_ranges(
        config.metanetworks, remains.metanetworks.metanetworks, surroundings.zones.size());
  }
  std::vector<Cidr> occupied;
  for (const Vpc& vpc : surroundings.vpcs) {
    occupied.insert(occupied.end(), vpc.ranges.begin(), vpc.ranges.end());
  }
  return plan_addresses(config, surroundings.zones.size(), occupied, random);
}

/// `2017-03-01T12:00:00.123456`, UTC.
std::string creation_date(WallTime now) {
  const auto since_epoch = now.time_since_epoch();
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count() % 1'000'000;
  std::string text = rfc3339(now);
  text.pop_back();
  return fmt::format("{}.{:06}", text, microseconds);
}

TagMap tags_of(const EnvironmentConfig& config, const CreateOptions& options,
               const std::optional<Vpc>& unfinished) {
  TagMap tags = options.tags;
  tags["application"] = config.application;
  tags["create_date"] = creation_date(system_clock().now());
  if (unfinished) {
    tags = unfinished->tags;
    for (const char* own : {tag::name, tag::type, tag::creating}) tags.erase(own);
  }
  return tags;
}

std::map<std::string, Reference> groups_of(const std::vector<PlannedMetanetwork>& metanetworks) {
  std::map<std::string, Reference> groups;
  for (const PlannedMetanetwork& metanetwork : metanetworks) {
    groups.emplace(metanetwork.name, metanetwork.group);
  }
  return groups;
}

/// A metanetwork as it will be, for arithmetic.
Metanetwork as_metanetwork(const PlannedMetanetwork& planned) {
  Metanetwork result{.name = planned.name};
  for (const auto& zone : planned.zones) {
    result.subnets.push_back({.id = zone.subnet.id(), .zone = zone.zone, .range = zone.range});
  }
  return result;
}

const PlannedMetanetwork* find(const std::vector<PlannedMetanetwork>& metanetworks,
                               const std::string& name) {
  const auto found = std::ranges::find(metanetworks, name, &PlannedMetanetwork::name);
  return found == metanetworks.end() ? nullptr : &*found;
}

/// Addresses of other environments may be configured here too: what does not fit is left out, with
/// a warning.
std::vector<FloatingInterface> floating_interfaces(
    const std::vector<PlannedMetanetwork>& metanetworks,
    const std::vector<ReservedAddresses>& reserved) {
  std::vector<FloatingInterface> result;
  for (const ReservedAddresses& hostclass : reserved) {
    const PlannedMetanetwork* planned = find(metanetworks, hostclass.metanetwork);
    if (planned == nullptr) {
      log::warning("No address is reserved for hostclass {}: there is no metanetwork {} here",
                   hostclass.hostclass, hostclass.metanetwork);
      continue;
    }
    const Metanetwork metanetwork = as_metanetwork(*planned);
    for (const std::string& text : hostclass.addresses) {
      try {
        const Ipv4Address address = static_address(metanetwork, text);
        const auto zone = std::ranges::find_if(
            planned->zones, [&](const auto& each) { return each.range.contains(address); });
        result.push_back({.address = address,
                          .hostclass = hostclass.hostclass,
                          .metanetwork = planned->name,
                          .subnet = zone->subnet,
                          .group = planned->group});
      } catch (const IpRangeError& error) {
        log::warning("No address is reserved for hostclass {}: {}", hostclass.hostclass,
                     error.what());
      }
    }
  }
  return result;
}

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

/// Without a VPN gateway its routes are left out.
GatewayRoutes possible_routes(GatewayRoutes routes, const std::map<Gateway, Reference>& gateways,
                              const std::string& metanetwork) {
  std::erase_if(routes, [&](const auto& route) {
    const bool is_impossible = !gateways.contains(route.second);
    if (is_impossible) {
      log::warning(
          "Route {} of {} is left out: no available VPN gateway is named after the environment",
          route.first.to_string(), metanetwork);
    }
    return is_impossible;
  });
  return routes;
}

void add_routes(plan::Plan& plan, const aws::ec2::Client& ec2, const EnvironmentConfig& config,
                const std::vector<PlannedMetanetwork>& metanetworks,
                const std::map<Gateway, Reference>& gateways) {
  std::map<Gateway, std::string> gateway_ids;
  for (const auto& [gateway, reference] : gateways) {
    if (!reference.id().empty()) gateway_ids[gateway] = reference.id();
  }
  for (const PlannedMetanetwork& metanetwork : metanetworks) {
    const GatewayRoutes desired =
        possible_routes(config.routes.at(metanetwork.name), gateways, metanetwork.name);
    for (const auto& zone : metanetwork.zones) {
      add_route_changes(plan, ec2, {.name = zone.name, .table = zone.table, .gateways = gateways},
                        difference(zone.routes, desired, gateway_ids));
    }
  }
}

void add_rules(plan::Plan& plan, const aws::ec2::Client& ec2, const EnvironmentConfig& config,
               const Cidr& vpc_range, const std::vector<PlannedMetanetwork>& metanetworks,
               const std::map<std::string, SecurityGroup>& observed) {
  const std::map<std::string, Reference> groups = groups_of(metanetworks);
  for (const auto& [metanetwork, desired] :
       desired_rules(config.rules, config.metanetwork_names(), vpc_range)) {
    const auto present = observed.find(metanetwork);
    const RuleDifference rules = difference(
        present == observed.end() ? std::vector<IngressRule>() : present->second.ingress, desired);
    add_rule_changes(plan, ec2, config.name, metanetwork, rules, groups);
  }
}

void add_nat(plan::Plan& plan, const aws::ec2::Client& ec2, const EnvironmentConfig& config,
             const std::vector<PlannedMetanetwork>& metanetworks, const NatTarget& target) {
  std::map<std::string, std::map<std::string, Reference>> gateways;
  for (const auto& [metanetwork, settings] : config.nat_gateways) {
    gateways[metanetwork] =
        add_nat_gateways(plan, ec2, *find(metanetworks, metanetwork), settings, target);
  }
  for (const auto& [source, destination] : config.nat_routes) {
    add_nat_routes(plan, ec2, *find(metanetworks, source), gateways.at(destination));
  }
}

std::vector<Reference> tables_of(const std::vector<PlannedMetanetwork>& metanetworks) {
  std::vector<Reference> tables;
  for (const PlannedMetanetwork& metanetwork : metanetworks) {
    for (const auto& zone : metanetwork.zones) tables.push_back(zone.table);
  }
  return tables;
}

}  // namespace

Creation plan_creation(aws::Session& session, const config::ConfigFolder& folder,
                       const CreateOptions& options, const Random& random) {
  const EnvironmentConfig config = read_config(folder, options);
  const bool reserves = options.static_addresses == CreateOptions::StaticAddresses::reserve;
  const std::vector<ReservedAddresses> reserved =
      reserves ? reserved_addresses(folder, options.name) : std::vector<ReservedAddresses>();

  const aws::ec2::Client ec2(session);
  const Surroundings surroundings = observe_surroundings(ec2, config);
  const std::optional<Vpc> unfinished = unfinished_vpc(surroundings.vpcs, options);
  const Remains remains =
      unfinished ? observe_remains(ec2, session.region(), *unfinished) : Remains();
  check_nat_addresses(config.nat_gateways, surroundings.zones.size(), surroundings.elastic_ips);
  const AddressPlan ranges = addresses(config, surroundings, remains, random);
  const TagMap tags = tags_of(config, options, unfinished);

  Creation creation;
  plan::Plan& plan = creation.plan;
  const VpcTarget target{
      .name = config.name,
      .type = config.type,
      .range = ranges.vpc,
      .origin = config.vpc_range ? VpcTarget::Origin::configured : VpcTarget::Origin::drawn,
      .tags = tags};
  creation.vpc = add_vpc(plan, ec2, target, unfinished);
  TagMap inherited = tags;
  inherited[tag::type] = config.type;
  const std::vector<PlannedMetanetwork> metanetworks = add_metanetworks(
      plan, ec2, {.environment = config.name, .vpc = creation.vpc, .tags = inherited},
      ranges.metanetworks, surroundings.zones, remains.metanetworks);
  add_floating_interfaces(plan, ec2, floating_interfaces(metanetworks, reserved),
                          remains.interfaces);
  add_dhcp_changes(plan, ec2,
                   {.environment = config.name,
                    .vpc = creation.vpc,
                    .attached_id = unfinished ? unfinished->dhcp_options_id : ""},
                   desired_dhcp_options(config.dhcp, ntp_addresses(config, metanetworks)),
                   remains.dhcp_sets);
  add_rules(plan, ec2, config, ranges.vpc, metanetworks, remains.groups);
  std::map<Gateway, Reference> gateways;
  gateways.emplace(Gateway::internet, add_internet_gateway(plan, ec2, config.name, creation.vpc,
                                                           remains.internet_gateways));
  if (surroundings.vpn_gateway) {
    gateways.emplace(Gateway::vpn, add_vpn_gateway(plan, ec2, config.name, creation.vpc,
                                                   *surroundings.vpn_gateway));
  }
  add_routes(plan, ec2, config, metanetworks, gateways);
  add_nat(plan, ec2, config, metanetworks,
          {.vpc = creation.vpc,
           .internet_gateway = gateways.at(Gateway::internet),
           .elastic_ips = surroundings.elastic_ips,
           .observed = remains.nat_gateways});
  if (config.s3_endpoint.value_or(true)) {
    add_s3_endpoint(plan, ec2, session.region(), creation.vpc, tables_of(metanetworks),
                    remains.s3_endpoint);
  }
  add_completion(plan, ec2, config.name, creation.vpc);
  return creation;
}

void carry_out(const Creation& creation, const std::string& name) {
  try {
    plan::carry_out(creation.plan);
  } catch (Error& error) {
    error.set_hint(creation.vpc.id().empty()
                       ? "nothing was made"
                       : fmt::format("VPC {} is unfinished: run the same command again to complete "
                                     "it, or `asiaq vpc destroy --name {}` to remove it",
                                     creation.vpc.id(), name));
    throw;
  }
}

}  // namespace asiaq::environment
