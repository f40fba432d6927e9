#include "network/nat_gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "aws/ec2/client.h"
#include "network/error.h"

namespace asiaq::network {

std::vector<NatGateway> gateways_in(const std::vector<NatGateway>& gateways,
                                    const std::string& subnet_id) {
  std::vector<NatGateway> result;
  if (subnet_id.empty()) return result;
  std::ranges::copy_if(gateways, std::back_inserter(result),
                       [&](const NatGateway& gateway) { return gateway.subnet_id == subnet_id; });
  return result;
}

std::vector<NatGateway> observe_nat_gateways(const aws::ec2::Client& ec2,
                                             const std::string& vpc_id) {
  std::vector<NatGateway> result;
  for (const aws::ec2::NatGateway& gateway :
       ec2.describe_nat_gateways_all({.filter = {{.name = "vpc-id", .values = {vpc_id}}}})) {
    if (gateway.state != "available" && gateway.state != "pending") continue;
    if (!gateway.subnet_id) continue;  // A regional gateway, which this program never makes.
    NatGateway& entry = result.emplace_back();
    entry.id = gateway.nat_gateway_id.value_or("");
    entry.subnet_id = gateway.subnet_id.value_or("");
    entry.is_available = gateway.state == "available";
    if (!gateway.nat_gateway_addresses.empty()) {
      entry.allocation_id = gateway.nat_gateway_addresses.front().allocation_id.value_or("");
      entry.address = gateway.nat_gateway_addresses.front().public_ip.value_or("");
    }
  }
  return result;
}

void check_nat_counts(const std::map<std::string, NatSettings>& settings,
                      const SubnetCounts& subnets) {
  for (const auto& [metanetwork, nat] : settings) {
    const std::size_t needed = subnets.at(metanetwork);
    if (nat.automatic || nat.addresses.size() == needed) continue;
    EipConfigError error(fmt::format("{}_nat_gateways has {} addresses for {} subnets", metanetwork,
                                     nat.addresses.size(), needed));
    error.set_hint("one is needed for each zone; max_zones limits their number");
    throw error;
  }
}

void check_nat_addresses(const std::map<std::string, NatSettings>& settings,
                         const SubnetCounts& subnets, const std::vector<ElasticIp>& elastic_ips) {
  for (const auto& [metanetwork, nat] : settings) {
    for (const std::string& address : nat.addresses) {
      const auto found = std::ranges::find(elastic_ips, address, &ElasticIp::address);
      if (found == elastic_ips.end()) {
        throw with_hint(EipConfigError(fmt::format("{}_nat_gateways: {} is no elastic IP of this "
                                                   "account and region",
                                                   metanetwork, address)),
                        "`asiaq eip list` shows what there is");
      }
      if (!found->instance_id.empty()) {
        throw EipConfigError(fmt::format("{}_nat_gateways: {} is in use by instance {}",
                                         metanetwork, address, found->instance_id));
      }
    }
  }
  check_nat_counts(settings, subnets);
}

bool is_nat_settled(const std::map<std::string, NatSettings>& settings,
                    const std::vector<std::string>& metanetworks, const Metanetworks& observed,
                    const std::vector<NatGateway>& gateways) {
  return std::ranges::all_of(metanetworks, [&](const std::string& name) {
    const auto metanetwork = observed.find(name);
    if (metanetwork == observed.end()) return !settings.contains(name);
    const auto nat = settings.find(name);
    std::multiset<std::string> addresses;
    for (const Subnet& subnet : metanetwork->second.subnets) {
      const auto present = gateways_in(gateways, subnet.id);
      const bool should_be_marked = nat != settings.end() && nat->second.automatic;
      if (present.size() != (nat == settings.end() ? 0U : 1U)) return false;
      if (subnet.has_automatic_nat != should_be_marked) return false;
      if (!present.empty()) addresses.insert(present.front().address);
    }
    if (nat == settings.end() || nat->second.automatic) return true;
    return addresses ==
           std::multiset<std::string>(nat->second.addresses.begin(), nat->second.addresses.end());
  });
}

void claim_nat_routes(std::vector<RouteTable>& tables, const Metanetworks& metanetworks,
                      const std::vector<NatGateway>& gateways) {
  const auto is_foreign = [&](const std::string& id) {
    const auto gateway = std::ranges::find(gateways, id, &NatGateway::id);
    if (gateway == gateways.end()) return false;
    return std::ranges::none_of(metanetworks, [&](const auto& each) {
      return std::ranges::find(each.second.subnets, gateway->subnet_id, &Subnet::id) !=
             each.second.subnets.end();
    });
  };
  for (RouteTable& table : tables) {
    for (ObservedRoute& route : table.routes) {
      if (route.destination == Cidr() && route.target.starts_with("nat-") &&
          !is_foreign(route.target)) {
        route.owner = ObservedRoute::Owner::own;
      }
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

}  // namespace asiaq::network
