#include "network/nat_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

#include "aws/absence.h"
#include "aws/ec2/client.h"
#include "aws/patience.h"
#include "base/text.h"
#include "base/wait.h"
#include "network/names.h"
#include "network/repeating.h"
#include "network/tags.h"

namespace asiaq::network {

namespace {

constexpr Seconds gateway_limit{600};
constexpr WaitLimits deletion_limits{.interval = Seconds(2), .limit = Seconds(900)};

std::optional<std::string> allocation_of(const std::vector<ElasticIp>& elastic_ips,
                                         const std::string& address) {
  const auto found = std::ranges::find(elastic_ips, address, &ElasticIp::address);
  if (found == elastic_ips.end()) return {};
  return found->allocation_id;
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
                         aws::List<std::string> ids;
                         for (const Reference& gateway : gateways) ids.push_back(gateway.id());
                         ec2.wait_until_nat_gateway_available(
                             {.nat_gateway_ids = ids},
                             {.what = fmt::format("NAT gateways {} of {} to be available",
                                                  join({ids.begin(), ids.end()}, ", "), name),
                              .limit = gateway_limit});
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
      .resource = gateway.resource("NAT gateway", zone.name),
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

plan::ChangeId add_mark(plan::Plan& plan, const aws::ec2::Client& ec2,
                        const PlannedMetanetwork::Zone& zone,
                        std::vector<plan::ChangeId> after_these) {
  return plan.add({
      .verb = plan::Verb::update,
      .resource = zone.subnet.resource("subnet", zone.name),
      .details = {"its NAT gateway has an address of its own"},
      .carry_out =
          [ec2, subnet = zone.subnet] {
            ec2.create_tags(
                {.resources = {subnet.id()}, .tags = {{.key = tag::automatic_nat, .value = ""}}});
          },
      .after = std::move(after_these),
  });
}

/// An address that was allocated for this subnet and that no gateway has, or will keep.
bool is_left_over(const ElasticIp& elastic_ip, const PlannedMetanetwork::Zone& zone,
                  const NatTarget& target) {
  return elastic_ip.is_automatic && elastic_ip.instance_id.empty() &&
         elastic_ip.name == zone.name && !elastic_ip.vpc_id.empty() &&
         elastic_ip.vpc_id == target.vpc.id() &&
         std::ranges::find(target.observed, elastic_ip.allocation_id, &NatGateway::allocation_id) ==
             target.observed.end();
}

/// An address that was allocated for the subnet of this name since `known` were listed, or empty.
std::string new_allocation(const aws::ec2::Client& ec2, const std::string& vpc_id,
                           const std::string& name, const std::vector<ElasticIp>& known) {
  for (const ElasticIp& elastic_ip : list_elastic_ips(ec2)) {
    const bool is_free = elastic_ip.is_automatic && elastic_ip.association_id.empty();
    if (is_free && elastic_ip.name == name && elastic_ip.vpc_id == vpc_id &&
        !allocation_of(known, elastic_ip.address)) {
      return elastic_ip.allocation_id;
    }
  }
  return {};
}

/// An address for the gateway of one subnet; it says whose it is, so that an interrupted run leaves
/// none that nobody knows of.
Reference add_automatic_allocation(plan::Plan& plan, const aws::ec2::Client& ec2,
                                   const PlannedMetanetwork::Zone& zone, const NatTarget& target,
                                   std::vector<plan::ChangeId> after_these) {
  for (const ElasticIp& elastic_ip : target.elastic_ips) {
    const bool is_free =
        elastic_ip.association_id.empty() && is_left_over(elastic_ip, zone, target);
    if (is_free) return Reference(elastic_ip.allocation_id);
  }
  Reference allocation;
  allocation.after = {plan.add({
      .verb = plan::Verb::create,
      .resource = allocation.resource("elastic IP", zone.name),
      .carry_out =
          [ec2, allocation, vpc = target.vpc, name = zone.name, known = target.elastic_ips] {
            const aws::ec2::AllocateAddressRequest request{
                .domain = "vpc",
                .tag_specifications = tagged(
                    "elastic-ip",
                    {{tag::name, name}, {tag::owner, vpc.id()}, {tag::automatic_address, "true"}})};
            allocation.set(create_once(
                {.what = "elastic IP of " + name,
                 .create = [&] { return ec2.allocate_address(request).allocation_id.value(); },
                 .find = [&] { return new_allocation(ec2, vpc.id(), name, known); }}));
          },
      .after = std::move(after_these),
  })};
  return allocation;
}

const ElasticIp* address_of(const NatGateway& gateway, const NatTarget& target) {
  const auto found =
      std::ranges::find(target.elastic_ips, gateway.allocation_id, &ElasticIp::allocation_id);
  return found == target.elastic_ips.end() ? nullptr : &*found;
}

/// Its address was allocated with it.
bool is_automatic(const NatGateway& gateway, const NatTarget& target) {
  const ElasticIp* address = address_of(gateway, target);
  return address != nullptr && address->is_automatic;
}

/// What there is in one zone: the gateway that stays, if one does, and those that do not.
struct ZoneGateways {
  std::optional<NatGateway> kept;
  std::vector<NatGateway> others;
};

ZoneGateways sorted_out(const std::vector<NatGateway>& gateways,
                        const std::function<bool(const NatGateway&)>& fits) {
  ZoneGateways result;
  for (const NatGateway& gateway : gateways) {
    if (!result.kept && fits(gateway)) {
      result.kept = gateway;
    } else {
      result.others.push_back(gateway);
    }
  }
  return result;
}

/// The allocation that each zone's gateway should have; none for automatic ones.
std::vector<std::string> allocations_of(const PlannedMetanetwork& metanetwork,
                                        const NatSettings& settings, const NatTarget& target) {
  std::vector<std::string> wanted;
  for (const std::string& address : settings.addresses) {
    // Addresses of the region were not read where all gateways have theirs.
    const auto own = std::ranges::find(target.observed, address, &NatGateway::address);
    wanted.push_back(own != target.observed.end()
                         ? own->allocation_id
                         : allocation_of(target.elastic_ips, address).value());
  }
  std::vector<std::string> present;
  for (const auto& zone : metanetwork.zones) {
    const ZoneGateways gateways =
        sorted_out(gateways_in(target.observed, zone.subnet.id()), [&](const NatGateway& gateway) {
          return std::ranges::find(wanted, gateway.allocation_id) != wanted.end();
        });
    present.push_back(gateways.kept ? gateways.kept->allocation_id : "");
  }
  return assign_allocations(wanted, present);
}

/// Releases an address as soon as the gateway that had it lets go of it.
void release(const aws::ec2::Client& ec2, const ElasticIp& elastic_ip) {
  aws::write_patiently(fmt::format("elastic IP {} to be released", elastic_ip.address),
                       deletion_limits, {"InvalidIPAddress.InUse"},
                       [&] { ec2.release_address({.allocation_id = elastic_ip.allocation_id}); });
}

plan::ChangeId add_address_release(plan::Plan& plan, const aws::ec2::Client& ec2,
                                   const ElasticIp& elastic_ip,
                                   std::vector<plan::ChangeId> after_these) {
  return plan.add({.verb = plan::Verb::remove,
                   .resource = {.kind = "elastic IP",
                                .name = elastic_ip.address,
                                .id = elastic_ip.allocation_id},
                   .carry_out = [ec2, elastic_ip] { release(ec2, elastic_ip); },
                   .after = std::move(after_these)});
}

void wait_until_deleted(const aws::ec2::Client& ec2, const std::string& id) {
  ec2.wait_until_nat_gateway_deleted(
      {.nat_gateway_ids = {id}},
      {.what = fmt::format("NAT gateway {} to be deleted", id), .limit = deletion_limits.limit});
}

/// An address that the original tools allocated does not say for whom; once its gateway is gone
/// nobody could tell.
std::vector<plan::ChangeId> add_claim(plan::Plan& plan, const aws::ec2::Client& ec2,
                                      const PlannedMetanetwork::Zone& zone,
                                      const ElasticIp& elastic_ip, const Reference& vpc,
                                      std::vector<plan::ChangeId> after_these) {
  if (!elastic_ip.vpc_id.empty()) return after_these;
  return {plan.add({.verb = plan::Verb::update,
                    .resource = {.kind = "elastic IP",
                                 .name = elastic_ip.address,
                                 .id = elastic_ip.allocation_id},
                    .details = {"it belongs to " + zone.name},
                    .carry_out =
                        [ec2, id = elastic_ip.allocation_id, vpc, name = zone.name] {
                          ec2.create_tags({.resources = {id},
                                           .tags = {{.key = tag::name, .value = name},
                                                    {.key = tag::owner, .value = vpc.id()}}});
                        },
                    .after = std::move(after_these)})};
}

/// Adds the end of one gateway; gives the change after which it and what it had are gone.
plan::ChangeId add_deletion(plan::Plan& plan, const aws::ec2::Client& ec2,
                            const PlannedMetanetwork::Zone& zone, const NatGateway& gateway,
                            const NatTarget& target, std::vector<plan::ChangeId> before) {
  const bool automatic = is_automatic(gateway, target);
  if (automatic) {
    before = add_claim(plan, ec2, zone, *address_of(gateway, target), target.vpc, before);
  }
  const plan::ChangeId deleted = plan.add({
      .verb = plan::Verb::remove,
      .resource = {.kind = "NAT gateway", .name = zone.name, .id = gateway.id},
      .carry_out =
          [ec2, id = gateway.id, automatic] {
            aws::ignoring_absence([&] { ec2.delete_nat_gateway({.nat_gateway_id = id}); });
            if (automatic) wait_until_deleted(ec2, id);
          },
      .after = std::move(before),
  });
  return automatic ? add_address_release(plan, ec2, *address_of(gateway, target), {deleted})
                   : deleted;
}

}  // namespace

PlannedNat add_nat_gateways(plan::Plan& plan, const aws::ec2::Client& ec2,
                            const PlannedMetanetwork& metanetwork, const NatSettings* settings,
                            const NatTarget& target) {
  PlannedNat result;
  std::vector<std::string> allocations(metanetwork.zones.size());
  if (settings != nullptr && !settings->automatic) {
    allocations = allocations_of(metanetwork, *settings, target);
  }
  std::vector<Reference> coming;
  for (std::size_t i = 0; i < metanetwork.zones.size(); ++i) {
    const PlannedMetanetwork::Zone& zone = metanetwork.zones[i];
    const std::vector<NatGateway> present = gateways_in(target.observed, zone.subnet.id());
    const bool settled_marks = target.elastic_ips.empty();
    const ZoneGateways gateways = sorted_out(present, [&](const NatGateway& gateway) {
      if (settings == nullptr) return false;
      if (settings->automatic) return settled_marks || is_automatic(gateway, target);
      return gateway.allocation_id == allocations[i];
    });
    std::ranges::copy(gateways.others, std::back_inserter(result.obsolete));
    if (settings == nullptr) continue;
    if (gateways.kept) {
      result.by_zone.emplace(zone.zone, Reference(gateways.kept->id));
      if (!gateways.kept->is_available) coming.emplace_back(gateways.kept->id);
      continue;
    }
    Reference allocation(allocations[i]);
    if (settings->automatic) {
      // A gateway with another address must not look like one with its own.
      std::vector<plan::ChangeId> before = zone.subnet.after;
      if (present.empty()) before = {add_mark(plan, ec2, zone, zone.subnet.after)};
      allocation = add_automatic_allocation(plan, ec2, zone, target, before);
    }
    coming.push_back(
        add_gateway(plan, ec2, zone, metanetwork.name, allocation, target.internet_gateway));
    result.by_zone.emplace(zone.zone, coming.back());
  }
  if (coming.empty()) return result;
  const plan::ChangeId available = add_wait(plan, ec2, metanetwork.name, coming);
  for (auto& [zone, gateway] : result.by_zone) gateway.after = {available};
  return result;
}

void add_nat_removals(plan::Plan& plan, const aws::ec2::Client& ec2,
                      const PlannedMetanetwork& metanetwork, const Metanetwork& observed,
                      const std::vector<NatGateway>& obsolete, const NatSettings* settings,
                      const NatTarget& target, const std::vector<plan::ChangeId>& routes) {
  const bool automatic = settings != nullptr && settings->automatic;
  for (const PlannedMetanetwork::Zone& zone : metanetwork.zones) {
    std::vector<plan::ChangeId> gone = routes;
    const std::vector<NatGateway> leaving = gateways_in(obsolete, zone.subnet.id());
    for (const NatGateway& gateway : leaving) {
      gone.push_back(add_deletion(plan, ec2, zone, gateway, target, routes));
    }
    for (const ElasticIp& elastic_ip : target.elastic_ips) {
      if (automatic || !is_left_over(elastic_ip, zone, target)) continue;
      gone.push_back(add_address_release(plan, ec2, elastic_ip, routes));
    }
    const auto subnet = std::ranges::find(observed.subnets, zone.subnet.id(), &Subnet::id);
    const bool is_marked = subnet != observed.subnets.end() && subnet->has_automatic_nat;
    const bool had_gateway = !gateways_in(target.observed, zone.subnet.id()).empty();
    if (automatic && !is_marked && had_gateway) {
      add_mark(plan, ec2, zone, gone);
    } else if (!automatic && is_marked) {
      plan.add({.verb = plan::Verb::update,
                .resource = zone.subnet.resource("subnet", zone.name),
                .details = {"its NAT gateway has no address of its own"},
                .carry_out =
                    [ec2, id = zone.subnet.id()] {
                      ec2.delete_tags({.resources = {id}, .tags = {{.key = tag::automatic_nat}}});
                    },
                .after = gone});
    }
  }
}

}  // namespace asiaq::network
