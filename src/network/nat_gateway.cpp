#include "network/nat_gateway.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/ec2/client.h"
#include "base/text.h"
#include "base/wait.h"
#include "network/error.h"
#include "network/names.h"
#include "network/tags.h"

namespace asiaq::network {

namespace {

constexpr WaitLimits availability_limits{.interval = Seconds(5), .limit = Seconds(600)};

std::optional<std::string> allocation_of(const std::vector<ElasticIp>& elastic_ips,
                                         const std::string& address) {
  const auto found = std::ranges::find(elastic_ips, address, &ElasticIp::address);
  if (found == elastic_ips.end()) return {};
  return found->allocation_id;
}

/// One look at all of them; throws if one has failed.
std::optional<std::string> not_available(const aws::ec2::Client& ec2,
                                         const std::vector<Reference>& gateways) {
  aws::List<std::string> ids;
  for (const Reference& gateway : gateways) ids.push_back(gateway.id());
  std::vector<std::string> left(ids.begin(), ids.end());
  for (const aws::ec2::NatGateway& gateway :
       ec2.describe_nat_gateways_all({.nat_gateway_ids = ids})) {
    const std::string id = gateway.nat_gateway_id.value_or("");
    if (gateway.state == "failed") {
      throw Error("AWS", fmt::format("NAT gateway {} failed: {}", id,
                                     gateway.failure_message.value_or("no reason given")));
    }
    if (gateway.state == "available") std::erase(left, id);
  }
  if (left.empty()) return {};
  return join(left, ", ") + " not yet";
}

plan::ChangeId add_wait(plan::Plan& plan, const aws::ec2::Client& ec2, const std::string& name,
                        const std::vector<Reference>& gateways) {
  std::vector<plan::ChangeId> before;
  for (const Reference& gateway : gateways) {
    before.insert(before.end(), gateway.after.begin(), gateway.after.end());
  }
  return plan.add({.verb = plan::Verb::wait,
                   .resource = {.kind = "NAT gateways of", .name = name},
                   .details = {"to be available"},
                   .carry_out =
                       [ec2, name, gateways] {
                         wait_until(fmt::format("NAT gateways of {} to be available", name),
                                    scaled(availability_limits),
                                    [&] { return not_available(ec2, gateways); });
                       },
                   .after = before});
}

/// Adds the gateway of one subnet once `allocation` is known.
Reference add_gateway(plan::Plan& plan, const aws::ec2::Client& ec2,
                      const PlannedMetanetwork::Zone& zone, const std::string& metanetwork,
                      const Reference& allocation, const Reference& internet_gateway) {
  Reference gateway;
  const TagMap tags{
      {tag::name, zone.name}, {tag::metanetwork, metanetwork}, {tag::subnet, zone.zone}};
  gateway.after = {plan.add({
      .verb = plan::Verb::create,
      .resource = {.kind = "NAT gateway", .name = zone.name},
      .carry_out =
          [ec2, gateway, allocation, subnet = zone.subnet, tags] {
            const auto made =
                ec2.create_nat_gateway({.allocation_id = allocation.id(),
                                        .subnet_id = subnet.id(),
                                        .tag_specifications = tagged("natgateway", tags)});
            gateway.set(made.nat_gateway->nat_gateway_id.value());
          },
      .after = after(allocation, zone.subnet, internet_gateway),
  })};
  return gateway;
}

/// An address for the gateway of one subnet. The subnet says so before there is one, and the
/// address says whose it is, so that an interrupted run leaves none that nobody knows of.
Reference add_automatic_allocation(plan::Plan& plan, const aws::ec2::Client& ec2,
                                   const PlannedMetanetwork::Zone& zone, const NatTarget& target) {
  for (const ElasticIp& elastic_ip : target.elastic_ips) {
    const bool is_spare = elastic_ip.association_id.empty() && elastic_ip.name == zone.name &&
                          !elastic_ip.vpc_id.empty() && elastic_ip.vpc_id == target.vpc.id();
    if (is_spare) return Reference(elastic_ip.allocation_id);
  }
  const plan::ChangeId marked = plan.add({
      .verb = plan::Verb::update,
      .resource = {.kind = "subnet", .name = zone.name, .id = zone.subnet.id()},
      .details = {"its NAT gateway has an address of its own"},
      .carry_out =
          [ec2, subnet = zone.subnet] {
            ec2.create_tags(
                {.resources = {subnet.id()}, .tags = {{.key = automatic_nat_tag, .value = ""}}});
          },
      .after = zone.subnet.after,
  });
  Reference allocation;
  allocation.after = {plan.add({
      .verb = plan::Verb::create,
      .resource = {.kind = "elastic IP", .name = zone.name},
      .carry_out =
          [ec2, allocation, vpc = target.vpc, name = zone.name] {
            const auto made = ec2.allocate_address(
                {.domain = "vpc",
                 .tag_specifications =
                     tagged("elastic-ip",
                            {{tag::name, name}, {tag::owner, vpc.id()}, {"dynamic", "true"}})});
            allocation.set(made.allocation_id.value());
          },
      .after = {marked},
  })};
  return allocation;
}

const NatGateway* gateway_in(const std::vector<NatGateway>& gateways,
                             const PlannedMetanetwork::Zone& zone) {
  if (zone.subnet.id().empty()) return nullptr;
  const auto found = std::ranges::find(gateways, zone.subnet.id(), &NatGateway::subnet_id);
  return found == gateways.end() ? nullptr : &*found;
}

}  // namespace

std::vector<NatGateway> observe_nat_gateways(const aws::ec2::Client& ec2,
                                             const std::string& vpc_id) {
  std::vector<NatGateway> result;
  for (const aws::ec2::NatGateway& gateway :
       ec2.describe_nat_gateways_all({.filter = {{.name = "vpc-id", .values = {vpc_id}}}})) {
    if (gateway.state != "available" && gateway.state != "pending") continue;
    NatGateway& entry = result.emplace_back();
    entry.id = gateway.nat_gateway_id.value_or("");
    entry.subnet_id = gateway.subnet_id.value_or("");
    entry.is_available = gateway.state == "available";
    if (!gateway.nat_gateway_addresses.empty()) {
      entry.allocation_id = gateway.nat_gateway_addresses.front().allocation_id.value_or("");
    }
  }
  return result;
}

void check_nat_addresses(const std::map<std::string, NatSettings>& settings, std::size_t zones,
                         const std::vector<ElasticIp>& elastic_ips) {
  for (const auto& [metanetwork, nat] : settings) {
    if (nat.automatic) continue;
    for (const std::string& address : nat.addresses) {
      if (allocation_of(elastic_ips, address)) continue;
      EipConfigError error(
          fmt::format("{}_nat_gateways: {} is no elastic IP of this account and "
                      "region",
                      metanetwork, address));
      error.set_hint("`asiaq eip list` shows what there is");
      throw error;
    }
    if (nat.addresses.size() != zones) {
      EipConfigError error(fmt::format("{}_nat_gateways has {} addresses for {} subnets",
                                       metanetwork, nat.addresses.size(), zones));
      error.set_hint("one is needed for each zone; max_zones limits their number");
      throw error;
    }
  }
}

std::vector<std::string> assign_allocations(const std::vector<std::string>& wanted,
                                            const std::vector<std::string>& present) {
  std::vector<std::string> result(present.size());
  std::vector<std::string> free = wanted;
  for (std::size_t i = 0; i < present.size(); ++i) {
    const auto kept = std::ranges::find(free, present[i]);
    if (present[i].empty() || kept == free.end()) continue;
    result[i] = present[i];
    free.erase(kept);
  }
  auto next = free.begin();
  for (std::string& allocation : result) {
    if (allocation.empty() && next != free.end()) allocation = *next++;
  }
  return result;
}

std::map<std::string, Reference> add_nat_gateways(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                  const PlannedMetanetwork& metanetwork,
                                                  const NatSettings& settings,
                                                  const NatTarget& target) {
  std::vector<std::string> present;
  for (const auto& zone : metanetwork.zones) {
    const NatGateway* gateway = gateway_in(target.observed, zone);
    present.push_back(gateway == nullptr ? "" : gateway->allocation_id);
  }
  std::vector<std::string> wanted;
  for (const std::string& address : settings.addresses) {
    wanted.push_back(allocation_of(target.elastic_ips, address).value());
  }
  const std::vector<std::string> allocations = assign_allocations(wanted, present);
  std::map<std::string, Reference> result;
  std::vector<Reference> coming;
  for (std::size_t i = 0; i < metanetwork.zones.size(); ++i) {
    const PlannedMetanetwork::Zone& zone = metanetwork.zones[i];
    if (const NatGateway* gateway = gateway_in(target.observed, zone)) {
      result.emplace(zone.zone, Reference(gateway->id));
      if (!gateway->is_available) coming.emplace_back(gateway->id);
      continue;
    }
    const Reference allocation = settings.automatic
                                     ? add_automatic_allocation(plan, ec2, zone, target)
                                     : Reference(allocations[i]);
    coming.push_back(
        add_gateway(plan, ec2, zone, metanetwork.name, allocation, target.internet_gateway));
    result.emplace(zone.zone, coming.back());
  }
  if (coming.empty()) return result;
  const plan::ChangeId available = add_wait(plan, ec2, metanetwork.name, coming);
  for (auto& [zone, gateway] : result) gateway.after = {available};
  return result;
}

void add_nat_routes(plan::Plan& plan, const aws::ec2::Client& ec2,
                    const PlannedMetanetwork& metanetwork,
                    const std::map<std::string, Reference>& gateways) {
  const Cidr everywhere;
  for (const auto& zone : metanetwork.zones) {
    const Reference& gateway = gateways.at(zone.zone);
    const auto present = std::ranges::find(zone.routes, everywhere, &ObservedRoute::destination);
    const bool is_present = present != zone.routes.end();
    if (is_present && present->target == gateway.id()) continue;
    plan.add({
        .verb = is_present ? plan::Verb::replace : plan::Verb::create,
        .resource = {.kind = "route",
                     .name = fmt::format("{} {}", zone.name, everywhere.to_string())},
        .details = {"to the NAT gateway of the zone"},
        .carry_out =
            [ec2, is_present, table = zone.table, gateway, to = everywhere.to_string()] {
              if (is_present) {
                ec2.replace_route({.route_table_id = table.id(),
                                   .destination_cidr_block = to,
                                   .nat_gateway_id = gateway.id()});
              } else {
                ec2.create_route({.route_table_id = table.id(),
                                  .destination_cidr_block = to,
                                  .nat_gateway_id = gateway.id()});
              }
            },
        .after = after(zone.table, gateway),
    });
  }
}

}  // namespace asiaq::network
