#include "hostclass/desired_hostclass.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/current_user.h"
#include "base/log.h"
#include "base/text.h"
#include "config/config_folder.h"
#include "config/credential_buckets.h"
#include "hostclass/user_data.h"
#include "network/error.h"

namespace asiaq::hostclass {

namespace {

/// GB, for images that do not say.
constexpr int smallest_root_disk = 8;

/// Where the user data of a host comes from.
class UserDataSource {
 public:
  UserDataSource(const EnvironmentFacts& facts, const config::ConfigFolder& folder)
      : facts_(facts), folder_(folder) {}

  std::string of(const HostclassOptions& options, const std::vector<Ipv4Address>& addresses,
                 Purpose purpose) const {
    UserDataFacts data{
        .hostclass = options.hostclass,
        .environment = facts_.vpc.name,
        .owner = current_user(),
        .project = folder_.project_name(),
        .logger_ip = address_of_role("logger_hostclass"),
        .logforwarder_ip = address_of_role("logforwarder_hostclass"),
        .credential_buckets = config::credential_bucket_names(
            {facts_.region, folder_.project_name()}, vpc_option("credential_buckets")),
        .zookeeper = zookeeper(),
        .eip = options.eip,
        .domain_name = options.domain_name,
        .terminates_on_failed_smoke_test = options.terminates_on_failed_smoke_test,
        .is_testing = purpose == Purpose::testing};
    if (options.uses_proxy) data.http_proxy_ip = address_of_role("http_proxy_hostclass");
    for (const Ipv4Address address : addresses) data.floating_ips.push_back(address.to_string());
    return user_data(data);
  }

 private:
  std::string vpc_option(std::string_view name) const {
    return folder_.vpc(facts_.vpc.name, facts_.vpc.type).option(name).value_or("");
  }

  std::optional<std::string> role(std::string_view option) const {
    auto hostclass = folder_.plain_option(option, facts_.vpc.name).optional();
    return hostclass && !hostclass->empty() ? hostclass : std::nullopt;
  }

  /// The first static address of the hostclass that plays a role; empty if it has none.
  std::string address_of_role(std::string_view option) const {
    const auto hostclass = role(option);
    if (!hostclass) return {};
    const std::string text = static_addresses_of(folder_, *hostclass, facts_.vpc.name);
    const auto texts = words(text, " \t,");
    if (texts.empty()) return {};
    // An absolute address may belong to a host outside of the environment.
    if (const auto address = Ipv4Address::parse(texts.front())) return address->to_string();
    const std::string metanetwork =
        folder_.hostclass_option(*hostclass, "meta_network", facts_.vpc.name).required();
    return network::static_address(network::metanetwork_named(facts_.metanetworks, metanetwork),
                                   texts.front())
        .to_string();
  }

  std::optional<std::string> zookeeper() const {
    const auto hostclass = role("zookeeper_hostclass");
    if (!hostclass) return std::nullopt;
    std::string address = address_of_role("zookeeper_hostclass");
    if (!address.empty()) return address;
    const std::string domain =
        folder_.hostclass_option(*hostclass, "domain_name", facts_.vpc.name).value_or("");
    if (domain.empty()) return std::nullopt;
    return fmt::format("{}-{}.{}", *hostclass, facts_.vpc.name, domain);
  }

  const EnvironmentFacts& facts_;
  const config::ConfigFolder& folder_;
};

const network::Metanetwork& metanetwork_of(const HostclassOptions& options,
                                           const EnvironmentFacts& facts) {
  const auto found = facts.metanetworks.find(options.metanetwork);
  if (found == facts.metanetworks.end() || found->second.subnets.empty()) {
    throw network::VpcEnvironmentError(
        fmt::format("could not locate required subnets {} in {}, the meta_network of {}",
                    options.metanetwork, facts.vpc.name, options.hostclass));
  }
  if (found->second.group_id.empty()) {
    network::VpcEnvironmentError error(fmt::format("metanetwork {} of {} has no security group",
                                                   options.metanetwork, facts.vpc.name));
    error.set_hint(fmt::format("make it with: disco_vpc_ui.py update --name {}", facts.vpc.name));
    throw error;
  }
  return found->second;
}

RootDisk root_disk(const image::Image& image) {
  const bool maps_sda = std::ranges::count(image.device_names, "/dev/sda") > 0;
  RootDisk root{.device = maps_sda || image.root_device_name.empty() ? "/dev/sda"
                                                                     : image.root_device_name};
  root.size = image.root_size.value_or(smallest_root_disk);
  return root;
}

Storage wanted_storage(const config::PipelineRow& row, const EnvironmentFacts& facts,
                       const LaunchSettings* current, const RootDisk& root,
                       std::optional<std::string>& pending) {
  Storage given{.extra_space = row.extra_space, .extra_disk = row.extra_disk, .iops = row.iops};
  if (current != nullptr) {
    // Where the image in use is gone, its root disk was most likely as large as the new one's.
    const auto known = facts.root_sizes.find(current->image);
    Storage kept =
        storage_of(current->devices, known != facts.root_sizes.end() ? known->second : root.size);
    if (!given.chosen()) return kept;
    // The snapshot is linked when a group is made; after that `snapshot update` moves it on.
    given.snapshot = kept.snapshot;
    if (given.snapshot) return given;
  }
  if (const auto snapshot = newest_snapshot(facts.snapshots, row.hostclass, facts.vpc.name)) {
    given.snapshot = {snapshot->id, snapshot->size};
    if (snapshot->state == "pending") pending = snapshot->id;
  }
  return given;
}

void check_architecture(const image::Image& image, const std::string& type,
                        const InstanceTypeFacts& facts) {
  if (image.architecture.empty() || facts.architectures.empty()) return;
  if (std::ranges::count(facts.architectures, image.architecture) > 0) return;
  throw ConfigError(fmt::format("image {} is for {} and instance type {} runs {}", image.id,
                                image.architecture, type, fmt::join(facts.architectures, ", ")));
}

std::map<std::string, std::string> group_tags(const RowWithImage& row,
                                              const HostclassOptions& options,
                                              const EnvironmentFacts& facts, Purpose purpose) {
  std::map<std::string, std::string> tags = options.tags;
  const bool chaos = row.row.chaos.value_or(options.chaos);
  tags["hostclass"] = options.hostclass;
  tags["owner"] = current_user();
  tags["environment"] = facts.vpc.name;
  tags["chaos"] = chaos ? "True" : "False";
  tags["is_testing"] = purpose == Purpose::testing ? "1" : "0";
  return tags;
}

}  // namespace

DesiredHostclass desired_hostclass(const RowWithImage& row, const EnvironmentFacts& facts,
                                   const LaunchSettings* current,
                                   const config::ConfigFolder& folder, Purpose purpose) {
  DesiredHostclass desired{.options =
                               read_hostclass_options(folder, row.row.hostclass, facts.vpc.name)};
  const HostclassOptions& options = desired.options;
  const network::Metanetwork& metanetwork = metanetwork_of(options, facts);
  const auto addresses = network::static_addresses(metanetwork, options.static_addresses);

  std::set<std::string> subnets;
  for (const Ipv4Address address : addresses) {
    const network::Subnet& subnet = network::subnet_containing(metanetwork, address);
    subnets.insert(subnet.id);
    desired.floating_interfaces.push_back({.address = address,
                                           .hostclass = options.hostclass,
                                           .metanetwork = metanetwork.name,
                                           .subnet = network::Reference(subnet.id),
                                           .group = network::Reference(metanetwork.group_id)});
  }
  if (subnets.empty()) {
    for (const std::string& id : metanetwork.subnet_ids()) subnets.insert(id);
  }

  const std::string type = instance_type_for(row.row, current, folder, facts.vpc.name);
  InstanceTypeFacts type_facts;
  if (const auto found = facts.instance_types.find(type); found != facts.instance_types.end()) {
    type_facts = found->second;
  }
  check_architecture(row.image, type, type_facts);
  const RootDisk root = root_disk(row.image);
  const Storage storage = wanted_storage(row.row, facts, current, root, desired.pending_snapshot);
  desired.settings = {.image = row.image.id,
                      .instance_type = type,
                      .key_pair = options.key_pair,
                      .instance_profile = options.instance_profile,
                      .ebs_optimized = type_facts.ebs_optimized,
                      .detailed_monitoring = options.detailed_monitoring,
                      .public_ip = options.public_ip,
                      .security_groups = {metanetwork.group_id},
                      .user_data = UserDataSource(facts, folder).of(options, addresses, purpose),
                      .devices = block_devices(root, storage, type_facts.instance_store_disks),
                      .metadata_http_tokens = options.metadata_http_tokens,
                      .metadata_hop_limit = options.metadata_hop_limit};

  desired.group = {.sizes = initial_sizes(row.row),
                   .subnets = {subnets.begin(), subnets.end()},
                   .tags = group_tags(row, options, facts, purpose)};
  if (!row.row.termination_policies.empty()) {
    desired.group.termination_policies = row.row.termination_policies;
  }
  if (desired.group.sizes.any()) desired.schedule = sizes_by_recurrence(row.row);
  return desired;
}

GivenSizes initial_sizes(const config::PipelineRow& row) {
  return {.min = row.min_size.smallest(),
          .desired = row.desired_size.largest(),
          .max = row.max_size.largest()};
}

std::map<std::string, GivenSizes> sizes_by_recurrence(const config::PipelineRow& row) {
  std::map<std::string, GivenSizes> result;
  for (const auto& sizes : config::scheduled_sizes(row.min_size, row.desired_size, row.max_size)) {
    result[sizes.recurrence] = {
        .min = sizes.minimum, .desired = sizes.desired, .max = sizes.maximum};
  }
  return result;
}

}  // namespace asiaq::hostclass
