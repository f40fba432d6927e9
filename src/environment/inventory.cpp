#include "environment/inventory.h"

#include <algorithm>
#include <set>

#include "aws/autoscaling/client.h"
#include "aws/ec2/client.h"
#include "aws/session.h"
#include "base/parallel.h"
#include "network/elastic_ip.h"
#include "network/names.h"
#include "network/tags.h"

namespace asiaq::environment {

namespace {

using network::tag_value;
namespace tag = network::tag;

aws::List<aws::ec2::Filter> of_vpc(const network::Vpc& vpc, const char* filter = "vpc-id") {
  return {{.name = filter, .values = {vpc.id}}};
}

/// The part of the permissions that mentions groups other than their own, which AWS does not delete
/// as long as that is so.
aws::List<aws::ec2::IpPermission> about_other_groups(
    const aws::List<aws::ec2::IpPermission>& permissions, const std::string& own_id) {
  aws::List<aws::ec2::IpPermission> result;
  for (const aws::ec2::IpPermission& permission : permissions) {
    aws::ec2::IpPermission part;
    part.ip_protocol = permission.ip_protocol;
    part.from_port = permission.from_port;
    part.to_port = permission.to_port;
    for (const aws::ec2::UserIdGroupPair& pair : permission.user_id_group_pairs) {
      if (pair.group_id == own_id) continue;
      part.user_id_group_pairs.push_back({.user_id = pair.user_id, .group_id = pair.group_id});
    }
    if (!part.user_id_group_pairs.empty()) result.push_back(part);
  }
  return result;
}

/// Reads the parts of an inventory; each function one kind of resource.
class Reader {
 public:
  Reader(aws::Session& session, Inventory& inventory)
      : ec2_(session),
        autoscaling_(session),
        inventory_(inventory),
        vpc_(inventory.vpc),
        prefix_(inventory.vpc.name + "_") {}

  void scaling_groups() {
    for (const auto& group : autoscaling_.describe_auto_scaling_groups_all()) {
      add_own(inventory_.scaling_groups, group.auto_scaling_group_name);
    }
  }

  void launch_configurations() {
    for (const auto& configuration : autoscaling_.describe_launch_configurations_all()) {
      add_own(inventory_.launch_configurations, configuration.launch_configuration_name);
    }
  }

  void launch_templates() {
    for (const auto& launch_template : ec2_.describe_launch_templates_all()) {
      const std::string name = launch_template.launch_template_name.value_or("");
      if (!name.starts_with(prefix_)) continue;
      inventory_.launch_templates.push_back(
          {launch_template.launch_template_id.value_or(""), name});
    }
  }

  void instances() {
    for (const auto& reservation : ec2_.describe_instances_all({.filters = of_vpc(vpc_)})) {
      for (const auto& instance : reservation.instances) {
        if (instance.state && instance.state->name == "terminated") continue;
        inventory_.instances.push_back(
            {instance.instance_id.value_or(""), tag_value(instance.tags, "hostclass")});
      }
    }
  }

  void endpoints() {
    for (const auto& endpoint : ec2_.describe_vpc_endpoints_all({.filters = of_vpc(vpc_)})) {
      const std::string state = endpoint.state.value_or("");
      if (state == "deleted" || state == "Deleted") continue;
      inventory_.endpoints.push_back(
          {endpoint.vpc_endpoint_id.value_or(""), endpoint.service_name.value_or("")});
    }
  }

  void peerings() {
    inventory_.peerings = network::observe_peerings(ec2_);
    std::erase_if(inventory_.peerings, [&](const network::Peering& peering) {
      return !peering.is_live() || !peering.touches(vpc_.id);
    });
    std::vector<std::string> ids;
    for (const network::Peering& peering : inventory_.peerings) ids.push_back(peering.id);
    inventory_.peering_routes = network::observe_peering_routes(ec2_, ids);
  }

  void nat_gateways() {
    for (const auto& gateway : ec2_.describe_nat_gateways_all({.filter = of_vpc(vpc_)})) {
      Inventory::NatGateway& entry = inventory_.nat_gateways.emplace_back();
      entry.id = gateway.nat_gateway_id.value_or("");
      entry.is_gone = gateway.state == "deleted" || gateway.state == "deleting";
      for (const auto& address : gateway.nat_gateway_addresses) {
        if (address.allocation_id) entry.allocations.push_back(*address.allocation_id);
      }
    }
  }

  void elastic_ips() { elastic_ips_ = network::list_elastic_ips(ec2_); }

  void interfaces() {
    for (const auto& interface : ec2_.describe_network_interfaces_all({.filters = of_vpc(vpc_)})) {
      inventory_.interfaces.push_back(
          {interface.network_interface_id.value_or(""), interface.private_ip_address.value_or("")});
    }
  }

  void groups() {
    for (const auto& group : ec2_.describe_security_groups_all({.filters = of_vpc(vpc_)})) {
      const std::string id = group.group_id.value_or("");
      inventory_.groups.push_back({.id = id,
                                   .name = group.group_name.value_or(""),
                                   .is_default = group.group_name == "default",
                                   .ingress = about_other_groups(group.ip_permissions, id),
                                   .egress = about_other_groups(group.ip_permissions_egress, id)});
    }
  }

  void subnets() {
    for (const auto& subnet : ec2_.describe_subnets_all({.filters = of_vpc(vpc_)})) {
      inventory_.subnets.push_back(
          {subnet.subnet_id.value_or(""), tag_value(subnet.tags, tag::name)});
    }
  }

  void tables() { inventory_.tables = network::observe_route_tables(ec2_, {vpc_.id}); }

  void internet_gateways() {
    inventory_.internet_gateways = network::observe_internet_gateways(ec2_, vpc_.id);
  }

  void vpn_gateway() {
    inventory_.vpn_gateway = network::observe_vpn_gateway(ec2_, vpc_.name);
    if (inventory_.vpn_gateway && std::ranges::find(inventory_.vpn_gateway->vpc_ids, vpc_.id) ==
                                      inventory_.vpn_gateway->vpc_ids.end()) {
      inventory_.vpn_gateway.reset();
    }
  }

  void dhcp_sets() {
    inventory_.dhcp_sets = network::observe_dhcp_sets(ec2_, vpc_.name);
    std::erase_if(inventory_.dhcp_sets, [&](const network::DhcpSet& set) {
      return set.id != vpc_.dhcp_options_id && set.vpc_id != vpc_.id;
    });
  }

  /// Once all is read: addresses that were allocated for gateways, of this VPC or in use here.
  void own_allocations() {
    std::set<std::string> in_use;
    for (const Inventory::NatGateway& gateway : inventory_.nat_gateways) {
      in_use.insert(gateway.allocations.begin(), gateway.allocations.end());
    }
    for (const network::ElasticIp& elastic_ip : elastic_ips_) {
      const bool is_ours =
          elastic_ip.vpc_id == vpc_.id || in_use.contains(elastic_ip.allocation_id);
      if (elastic_ip.is_automatic && is_ours) {
        inventory_.own_allocations.push_back(elastic_ip.allocation_id);
      }
    }
  }

 private:
  void add_own(std::vector<std::string>& names, const std::optional<std::string>& name) {
    if (name && name->starts_with(prefix_)) names.push_back(*name);
  }

  aws::ec2::Client ec2_;
  aws::autoscaling::Client autoscaling_;
  Inventory& inventory_;
  const network::Vpc& vpc_;
  std::string prefix_;
  std::vector<network::ElasticIp> elastic_ips_;
};

}  // namespace

Inventory observe_inventory(aws::Session& session, const network::Vpc& vpc) {
  Inventory inventory;
  inventory.vpc = vpc;
  Reader reader(session, inventory);
  in_parallel({
      [&] { inventory.services = observe_services(session, vpc); },
      [&] { reader.scaling_groups(); },
      [&] { reader.launch_configurations(); },
      [&] { reader.launch_templates(); },
      [&] { reader.instances(); },
      [&] { reader.endpoints(); },
      [&] { reader.peerings(); },
      [&] { reader.nat_gateways(); },
      [&] { reader.elastic_ips(); },
      [&] { reader.interfaces(); },
      [&] { reader.groups(); },
      [&] { reader.subnets(); },
      [&] { reader.tables(); },
      [&] { reader.internet_gateways(); },
      [&] { reader.vpn_gateway(); },
      [&] { reader.dhcp_sets(); },
  });
  reader.own_allocations();
  return inventory;
}

}  // namespace asiaq::environment
