#include "environment/description.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "aws/ec2/client.h"
#include "aws/session.h"
#include "base/parallel.h"
#include "environment/observation.h"
#include "network/names.h"
#include "network/tags.h"

namespace asiaq::environment {

namespace {

/// Metanetworks in the order in which they are made; others behind them.
std::size_t position(const std::string& metanetwork) {
  return network::metanetwork_position(metanetwork).value_or(network::metanetwork_kinds.size());
}

struct Place {
  std::string metanetwork;
  std::string zone;
  std::string name;
};

/// Fills in one list after another from what was observed.
class Describer {
 public:
  Describer(Description& description, const Observation& observation,
            const std::vector<network::Vpc>& vpcs)
      : result_(description), observed_(observation), vpcs_(vpcs) {
    for (const auto& [name, metanetwork] : observed_.metanetworks.metanetworks) {
      for (const network::Subnet& subnet : metanetwork.subnets) {
        places_[subnet.id] = {name, subnet.zone,
                              network::subnet_name(result_.vpc.name, name, subnet.zone)};
      }
    }
  }

  void networks() {
    for (const auto& [name, metanetwork] : observed_.metanetworks.metanetworks) {
      result_.networks.push_back(
          {name, metanetwork.subnets.empty() ? "" : metanetwork.range().to_string(),
           metanetwork.group_id});
      for (const network::Subnet& subnet : metanetwork.subnets) {
        const auto nat =
            std::ranges::find(observed_.nat_gateways, subnet.id, &network::NatGateway::subnet_id);
        result_.subnets.push_back({name, subnet.zone, subnet.range.to_string(), subnet.id,
                                   table_of(subnet.id),
                                   nat == observed_.nat_gateways.end() ? "" : nat->id});
      }
    }
    sort(result_.networks);
    sort(result_.subnets);
  }

  void rules() {
    for (const auto& [name, group] : observed_.groups) {
      std::vector<network::IngressRule> sorted = group.ingress;
      std::ranges::sort(sorted);
      for (const network::IngressRule& rule : sorted) {
        result_.rules.push_back({name, rule.protocol, to_string(rule.ports), rule.source.value});
      }
    }
    sort(result_.rules);
  }

  void routes() {
    for (const network::RouteTable& table : observed_.metanetworks.tables) {
      for (const network::ObservedRoute& route : table.routes) {
        if (route.owner == network::ObservedRoute::Owner::fixed) continue;
        result_.routes.push_back(
            {table.metanetwork, table.zone, route.destination.to_string(), route.target, table.id});
      }
    }
    std::ranges::stable_sort(result_.routes, {}, [](const Description::Route& route) {
      return std::tuple(position(route.metanetwork), route.zone, route.destination);
    });
  }

  void gateways() {
    for (const network::InternetGateway& gateway : observed_.internet_gateways) {
      result_.gateways.push_back(
          {"internet gateway", gateway.id, gateway.is_attached ? "" : "not attached"});
    }
    if (observed_.vpn_gateway) {
      const auto& vpcs = observed_.vpn_gateway->vpc_ids;
      const bool is_here = std::ranges::find(vpcs, result_.vpc.id) != vpcs.end();
      result_.gateways.push_back(
          {"VPN gateway", observed_.vpn_gateway->id, is_here ? "" : "not attached"});
    }
    for (const network::NatGateway& gateway : observed_.nat_gateways) {
      result_.gateways.push_back(
          {"NAT gateway", gateway.id,
           fmt::format("{} {}", places_[gateway.subnet_id].name, gateway.address)});
    }
    if (observed_.s3_endpoint) {
      result_.gateways.push_back(
          {"S3 endpoint", observed_.s3_endpoint->id,
           fmt::format("on {} of {} route tables", observed_.s3_endpoint->route_table_ids.size(),
                       observed_.metanetworks.tables.size())});
    }
  }

  void peerings() {
    for (const network::Peering& peering : observed_.peerings) {
      if (!peering.touches(result_.vpc.id) || !peering.is_live()) continue;
      const network::Peering::Side& other =
          peering.requester.vpc_id == result_.vpc.id ? peering.accepter : peering.requester;
      const auto vpc = std::ranges::find(vpcs_, other.vpc_id, &network::Vpc::id);
      const bool has_name = vpc != vpcs_.end() && !vpc->name.empty();
      result_.peerings.push_back(
          {peering.id, peering.status, has_name ? vpc->name : other.vpc_id, other.range});
    }
    std::ranges::stable_sort(result_.peerings, {}, &Description::Peering::other);
  }

  void hosts(const std::vector<aws::ec2::Reservation>& reservations) {
    for (const aws::ec2::Reservation& reservation : reservations) {
      for (const aws::ec2::Instance& instance : reservation.instances) {
        const std::string state = instance.state ? instance.state->name.value_or("") : "";
        if (state == "terminated") continue;
        const Place& place = places_[instance.subnet_id.value_or("")];
        result_.hosts.push_back({place.metanetwork, network::tag_value(instance.tags, "hostclass"),
                                 instance.instance_id.value_or(""), state,
                                 instance.private_ip_address.value_or(""), place.zone});
      }
    }
    std::ranges::stable_sort(result_.hosts, {}, [](const Description::Host& host) {
      return std::tuple(position(host.metanetwork), host.hostclass, host.id);
    });
  }

 private:
  template <class Row>
  static void sort(std::vector<Row>& rows) {
    std::ranges::stable_sort(rows, {}, [](const Row& row) { return position(row.metanetwork); });
  }

  std::string table_of(const std::string& subnet_id) const {
    std::string main;
    for (const network::RouteTable& table : observed_.metanetworks.tables) {
      if (table.serves(subnet_id)) return table.id;
      if (table.is_main()) main = table.id;
    }
    return main;
  }

  Description& result_;
  const Observation& observed_;
  const std::vector<network::Vpc>& vpcs_;
  std::map<std::string, Place> places_;  ///< By subnet.
};

}  // namespace

Description describe(aws::Session& session, const Selection& selection) {
  const aws::ec2::Client ec2(session);
  std::vector<network::Vpc> vpcs;
  std::vector<network::Peering> peerings;
  in_parallel({[&] { vpcs = network::list_vpcs(ec2); },
               [&] { peerings = network::observe_peerings(ec2); }});
  Description result{.vpc = select_environment(vpcs, selection)};
  Observation observation;
  std::vector<aws::ec2::Reservation> reservations;
  in_parallel({[&] { observation = observe_network(session, result.vpc, {}, peerings); },
               [&] {
                 reservations = ec2.describe_instances_all(
                     {.filters = {{.name = "vpc-id", .values = {result.vpc.id}}}});
               }});
  Describer describer(result, observation, vpcs);
  describer.networks();
  describer.rules();
  describer.routes();
  describer.gateways();
  describer.peerings();
  describer.hosts(reservations);
  return result;
}

}  // namespace asiaq::environment
