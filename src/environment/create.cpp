#include "environment/create.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "aws/sns/client.h"
#include "base/clock.h"
#include "base/parallel.h"
#include "database/creation.h"
#include "environment/configuration.h"
#include "environment/network_changes.h"
#include "environment/reserved_addresses.h"
#include "monitor/notification_changes.h"
#include "network/error.h"
#include "network/floating_interface.h"
#include "network/names.h"
#include "network/vpc_changes.h"
#include "network/zones.h"

namespace asiaq::environment {

namespace {

using namespace network;  // Everything here is put together from its parts.

/// What the configuration says, all of it read before AWS is asked for anything.
struct Configuration {
  EnvironmentConfig network;
  std::vector<PeeringLine> peerings;
  std::vector<ReservedAddresses> reserved;
  std::optional<std::vector<monitor::Notification>> notifications;
};

Configuration read_configuration(const config::ConfigFolder& folder, const CreateOptions& options) {
  check_environment_name(options.name);
  Configuration result;
  result.network = read_network(folder, options.name, options.type);
  result.peerings = read_peerings(folder);
  result.notifications = read_notifications(folder, options.name);
  if (options.static_addresses == CreateOptions::StaticAddresses::reserve) {
    result.reserved = reserved_addresses(folder, options.name);
  }
  return result;
}

/// What is there before anything is made.
struct Surroundings {
  std::vector<Vpc> vpcs;
  std::vector<std::string> zones;
  std::optional<VpnGateway> vpn_gateway;
  std::vector<ElasticIp> elastic_ips;  ///< Only where NAT gateways are configured.
  std::map<std::string, monitor::ObservedTopic> topics;  ///< Only where notifications are.
};

Surroundings observe_surroundings(aws::Session& session, const Configuration& configuration) {
  const aws::ec2::Client ec2(session);
  const EnvironmentConfig& config = configuration.network;
  Surroundings result;
  in_parallel({[&] { result.vpcs = list_vpcs(ec2); },
               [&] { result.zones = usable_zones(observe_zones(ec2), config.max_zones); },
               [&] { result.vpn_gateway = observe_vpn_gateway(ec2, config.name); },
               [&] {
                 if (!config.nat_gateways.empty()) result.elastic_ips = list_elastic_ips(ec2);
               },
               [&] {
                 if (!configuration.notifications) return;
                 result.topics = monitor::observe_topics(aws::sns::Client(session));
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

/// What an earlier run has left of an unfinished VPC, and what there is of the VPCs to be peered.
struct Remains {
  std::optional<Vpc> vpc;
  Observation network;
  std::map<Ipv4Address, std::string> interfaces;
};

Remains observe_remains(aws::Session& session, const std::optional<Vpc>& vpc,
                        const std::vector<std::string>& peers) {
  Remains result{.vpc = vpc};
  if (!vpc) {
    result.network = observe_peers(session, peers);
    return result;
  }
  const aws::ec2::Client ec2(session);
  std::vector<Peering> peerings;
  in_parallel({[&] { result.network = observe_network(session, *vpc, peers, {}); },
               [&] { result.interfaces = observe_interfaces(ec2, vpc->id); },
               [&] {
                 if (!peers.empty()) peerings = observe_peerings(ec2);
               }});
  result.network.peerings = std::move(peerings);
  return result;
}

/// The ranges: those of the unfinished VPC where there is one.
AddressPlan addresses(EnvironmentConfig config, const Surroundings& surroundings,
                      const Remains& remains, const Random& random) {
  if (remains.vpc) {
    config.vpc_range = remains.vpc->cidr;
    config.metanetworks = with_observed_ranges(
        config.metanetworks, remains.network.metanetworks.metanetworks, surroundings.zones.size());
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

void check_nat(const EnvironmentConfig& config, const Surroundings& surroundings) {
  SubnetCounts subnets;
  for (const std::string& name : config.metanetwork_names()) {
    subnets[name] = surroundings.zones.size();
  }
  check_nat_addresses(config.nat_gateways, subnets, surroundings.elastic_ips);
}

/// The databases that come with the environment; each needs subnets in two zones.
std::vector<database::PreparedDatabase> prepared_databases(aws::Session& session,
                                                           const config::ConfigFolder& folder,
                                                           const EnvironmentConfig& config,
                                                           const Surroundings& surroundings,
                                                           const std::string& vpc_id) {
  std::vector<std::string> environments;
  for (const Vpc& vpc : surroundings.vpcs) environments.push_back(vpc.name);
  const std::vector<database::DatabaseConfig> databases =
      database::read_databases(folder, config.name, environments);
  if (databases.empty()) return {};
  const std::vector<std::string> names = config.metanetwork_names();
  if (std::ranges::find(names, database::metanetwork) == names.end()) {
    throw VpcConfigError(
        fmt::format("environment {} has no metanetwork {}, where its databases are", config.name,
                    database::metanetwork));
  }
  if (surroundings.zones.size() < 2) {
    throw VpcConfigError(fmt::format(
        "environment {} has one availability zone only: its databases need two", config.name));
  }
  return database::prepare(session, folder,
                           {.environment = config.name, .type = config.type, .vpc_id = vpc_id},
                           databases);
}

database::Placement placement(const std::vector<PlannedMetanetwork>& metanetworks,
                              const Reference& vpc) {
  const PlannedMetanetwork* metanetwork = find(metanetworks, database::metanetwork);
  database::Placement result{.vpc = vpc, .subnets = {}, .group = metanetwork->group};
  for (const PlannedMetanetwork::Zone& zone : metanetwork->zones) {
    result.subnets.push_back(zone.subnet);
  }
  return result;
}

}  // namespace

Creation plan_creation(aws::Session& session, const config::ConfigFolder& folder,
                       const CreateOptions& options, const Random& random) {
  const Configuration configuration = read_configuration(folder, options);
  const EnvironmentConfig& config = configuration.network;
  const Surroundings surroundings = observe_surroundings(session, configuration);
  const std::optional<Vpc> unfinished = unfinished_vpc(surroundings.vpcs, options);
  const std::string own_id = unfinished ? unfinished->id : "";

  // The VPC that is yet to be made takes part in the peerings too.
  std::vector<Vpc> vpcs = surroundings.vpcs;
  if (!unfinished) {
    Vpc& own = vpcs.emplace_back();
    own.name = options.name;
    own.type = options.type;
  }
  const std::vector<WantedPeering> peerings =
      wanted_peerings(folder, configuration.peerings, vpcs, own_id);
  Remains remains = observe_remains(session, unfinished, peers_of(peerings, own_id));
  remains.network.vpn_gateway = surroundings.vpn_gateway;
  check_nat(config, surroundings);
  const AddressPlan ranges = addresses(config, surroundings, remains, random);
  const TagMap tags = tags_of(config, options, unfinished);
  const std::vector<database::PreparedDatabase> databases =
      prepared_databases(session, folder, config, surroundings, own_id);

  const aws::ec2::Client ec2(session);
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
  using S3Endpoint = NetworkTarget::S3Endpoint;
  const std::vector<PlannedMetanetwork> metanetworks = add_network(
      plan, session,
      {.config = config,
       .vpc = creation.vpc,
       .range = ranges.vpc,
       .dhcp_options_id = unfinished ? unfinished->dhcp_options_id : "",
       .tags = inherited,
       .layouts = divided(ranges.metanetworks, surroundings.zones),
       .peerings = peerings,
       .s3_endpoint = config.s3_endpoint.value_or(true) ? S3Endpoint::make : S3Endpoint::leave},
      remains.network, surroundings.elastic_ips);
  add_floating_interfaces(plan, ec2, floating_interfaces(metanetworks, configuration.reserved),
                          remains.interfaces);
  if (configuration.notifications) {
    monitor::add_notifications(plan, aws::sns::Client(session), *configuration.notifications,
                               surroundings.topics);
  }
  if (!databases.empty()) {
    database::add_databases(plan, session, databases, placement(metanetworks, creation.vpc));
  }
  add_completion(plan, ec2, config.name, creation.vpc);
  return creation;
}

void carry_out(const Creation& creation, const std::string& name,
               const plan::ExecutionOptions& options) {
  try {
    plan::carry_out(creation.plan, options);
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
