#include "environment/destroy.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "aws/absence.h"
#include "aws/autoscaling/client.h"
#include "aws/route53/client.h"
#include "aws/session.h"
#include "base/text.h"
#include "cache/removal.h"
#include "database/removal.h"
#include "dns/record_removal.h"
#include "environment/service_teardown.h"
#include "environment/teardown.h"
#include "hostclass/group_calls.h"
#include "hostclass/launch_object.h"
#include "network/peering_changes.h"

namespace asiaq::environment {

namespace {

using aws::ignoring_absence;
using Steps = std::vector<plan::ChangeId>;

Steps joined(std::initializer_list<Steps> parts) {
  Steps result;
  for (const Steps& part : parts) result.insert(result.end(), part.begin(), part.end());
  return result;
}

/// Builds the plan. Each function adds one kind of resource and gives the changes after which it is
/// gone.
class Destruction {
 public:
  Destruction(aws::Session& session, const Inventory& inventory)
      : session_(session),
        ec2_(session),
        autoscaling_(session),
        inventory_(inventory),
        vpc_(inventory.vpc) {}

  plan::Plan build() {
    const ServiceInventory& services = inventory_.services;
    add_monitoring_removal(plan_, session_, services, vpc_.name);
    const Steps groups = scaling_groups();
    launch_definitions(groups);
    const Steps hosts = instances(groups);
    add_log_removal(plan_, session_, services, hosts);
    const dns::RecordRemovals records(plan_, aws::route53::Client(session_), services.records,
                                      hosts);
    const Steps balancers = add_load_balancer_removal(plan_, session_, services, hosts, records);
    const Steps data = joined({databases(records), caches(records)});
    const Steps endpoints = vpc_endpoints(hosts);
    const Steps routes = peerings(hosts);
    const Steps nat = nat_gateways(hosts);
    const Steps interfaces = network_interfaces(joined({hosts, balancers, data, endpoints, nat}));
    detach_route_tables(interfaces);
    const Steps subnets_gone = subnets(interfaces);
    const Steps all = joined({hosts, endpoints, routes, nat, interfaces, subnets_gone,
                              security_groups(interfaces), route_tables(joined({endpoints, nat})),
                              internet_gateways(interfaces), vpn_gateway(hosts)});
    dhcp_options(all);
    vpc();
    return std::move(plan_);
  }

 private:
  plan::ChangeId remove(plan::Resource resource, std::function<void()> carry_out, Steps after,
                        std::vector<std::string> details = {}) {
    return plan_.add({.verb = plan::Verb::remove,
                      .resource = std::move(resource),
                      .details = std::move(details),
                      .carry_out = std::move(carry_out),
                      .after = std::move(after)});
  }

  Steps scaling_groups() {
    if (inventory_.scaling_groups.empty()) return {};
    Steps deletions;
    for (const std::string& name : inventory_.scaling_groups) {
      deletions.push_back(remove({.kind = "auto scaling group", .name = name},
                                 [client = autoscaling_, name] {
                                   hostclass::delete_group(client, name,
                                                           hostclass::Deletion::with_members);
                                 },
                                 {}));
    }
    return {plan_.add({.verb = plan::Verb::wait,
                       .resource = {.kind = "auto scaling groups of", .name = vpc_.name},
                       .details = {"to be gone"},
                       .carry_out =
                           [client = autoscaling_, names = inventory_.scaling_groups] {
                             hostclass::wait_until_gone(client, names);
                           },
                       .after = deletions})};
  }

  void launch_definitions(const Steps& groups) {
    using hostclass::LaunchObject;
    for (const std::string& name : inventory_.launch_configurations) {
      remove_launch_object({.kind = LaunchObject::Kind::launch_configuration, .name = name},
                           "launch configuration", groups);
    }
    for (const Inventory::Named& each : inventory_.launch_templates) {
      remove_launch_object(
          {.kind = LaunchObject::Kind::launch_template, .id = each.id, .name = each.name},
          "launch template", groups);
    }
  }

  void remove_launch_object(const hostclass::LaunchObject& object, const char* kind,
                            const Steps& groups) {
    remove(
        {.kind = kind, .name = object.name, .id = object.id},
        [ec2 = ec2_, autoscaling = autoscaling_, object] {
          hostclass::delete_launch_object(ec2, autoscaling, object);
        },
        groups);
  }

  /// Groups may start instances up to their end, so that what to terminate is looked up only then.
  Steps instances(const Steps& groups) {
    if (inventory_.instances.empty() && groups.empty()) return {};
    std::vector<std::string> details;
    for (const Inventory::Named& instance : inventory_.instances) {
      details.push_back(fmt::format("{} {}", instance.id, instance.name));
    }
    return {remove(
        {.kind = "instances of", .name = vpc_.name},
        [ec2 = ec2_, id = vpc_.id] { terminate_instances(ec2, id); }, groups, details)};
  }

  Steps databases(const dns::RecordRemovals& records) {
    return database::add_removal(
        plan_, session_, vpc_.name, inventory_.services.databases,
        [&](const database::Instance& instance) { return records.of(instance.endpoint); });
  }

  Steps caches(const dns::RecordRemovals& records) {
    return cache::add_removal(plan_, session_, vpc_.name, inventory_.services.caches,
                              [&](const cache::Group& group) {
                                Steps result = records.of("");
                                for (const std::string& endpoint : group.endpoints) {
                                  result = joined({result, records.of(endpoint)});
                                }
                                return result;
                              });
  }

  Steps vpc_endpoints(const Steps& before) {
    if (inventory_.endpoints.empty()) return {};
    std::vector<std::string> ids;
    std::vector<std::string> details;
    for (const Inventory::Named& endpoint : inventory_.endpoints) {
      ids.push_back(endpoint.id);
      details.push_back(fmt::format("{} {}", endpoint.id, endpoint.name));
    }
    return {remove(
        {.kind = "endpoints of", .name = vpc_.name},
        [ec2 = ec2_, id = vpc_.id, ids] { delete_endpoints(ec2, id, ids); }, before, details)};
  }

  Steps peerings(const Steps& before) {
    Steps result;
    for (const network::Peering& peering : inventory_.peerings) {
      result = joined({result, network::add_peering_removal(plan_, ec2_, peering,
                                                            inventory_.peering_routes, before)});
    }
    return result;
  }

  Steps nat_gateways(const Steps& before) {
    Steps deletions;
    for (const Inventory::NatGateway& gateway : inventory_.nat_gateways) {
      if (gateway.is_gone) continue;
      deletions.push_back(remove(
          {.kind = "NAT gateway", .name = gateway.id},
          [ec2 = ec2_, id = gateway.id] {
            ignoring_absence([&] { ec2.delete_nat_gateway({.nat_gateway_id = id}); });
          },
          before));
    }
    if (deletions.empty() && inventory_.own_allocations.empty()) return {};
    const Steps gone = {
        plan_.add({.verb = plan::Verb::wait,
                   .resource = {.kind = "NAT gateways of", .name = vpc_.name},
                   .details = {"to be gone"},
                   .carry_out = [ec2 = ec2_, id = vpc_.id] { wait_for_nat_gateways(ec2, id); },
                   .after = deletions.empty() ? before : deletions})};
    Steps result = gone;
    for (const std::string& allocation : inventory_.own_allocations) {
      result.push_back(remove(
          {.kind = "elastic IP", .name = allocation},
          [ec2 = ec2_, allocation] {
            ignoring_absence([&] { ec2.release_address({.allocation_id = allocation}); });
          },
          gone));
    }
    return result;
  }

  /// Hosts and services leave interfaces behind or take theirs with them: what there is is looked
  /// up when they are gone.
  Steps network_interfaces(const Steps& before) {
    if (inventory_.interfaces.empty()) return before;
    std::vector<std::string> details;
    for (const Inventory::Named& interface : inventory_.interfaces) {
      details.push_back(fmt::format("{} {}", interface.id, interface.name));
    }
    return {remove(
        {.kind = "network interfaces of", .name = vpc_.name},
        [ec2 = ec2_, id = vpc_.id] { delete_interfaces(ec2, id); }, before, details)};
  }

  Steps revocations(const Inventory::Group& group, const Steps& before) {
    Steps result;
    const plan::Resource resource{
        .kind = "security group rules", .name = group.name, .id = group.id};
    if (!group.ingress.empty()) {
      result.push_back(remove(resource,
                              [ec2 = ec2_, id = group.id, rules = group.ingress] {
                                ignoring_absence([&] {
                                  ec2.revoke_security_group_ingress(
                                      {.group_id = id, .ip_permissions = rules});
                                });
                              },
                              before, {"that let other groups in"}));
    }
    if (!group.egress.empty()) {
      result.push_back(remove(resource,
                              [ec2 = ec2_, id = group.id, rules = group.egress] {
                                ignoring_absence([&] {
                                  ec2.revoke_security_group_egress(
                                      {.group_id = id, .ip_permissions = rules});
                                });
                              },
                              before, {"that let traffic out to other groups"}));
    }
    return result;
  }

  Steps security_groups(const Steps& before) {
    Steps revoked = before;
    for (const Inventory::Group& group : inventory_.groups) {
      const Steps changes = revocations(group, before);
      revoked.insert(revoked.end(), changes.begin(), changes.end());
    }
    Steps result = revoked;
    for (const Inventory::Group& group : inventory_.groups) {
      if (group.is_default) continue;
      result.push_back(remove(
          {.kind = "security group", .name = group.name, .id = group.id},
          [ec2 = ec2_, vpc_id = vpc_.id, id = group.id] {
            delete_patiently(ec2, vpc_id, "security group " + id,
                             [&] { ec2.delete_security_group({.group_id = id}); });
          },
          revoked));
    }
    return result;
  }

  Steps subnets(const Steps& before) {
    Steps result;
    for (const Inventory::Named& subnet : inventory_.subnets) {
      result.push_back(remove(
          {.kind = "subnet", .name = subnet.name, .id = subnet.id},
          [ec2 = ec2_, vpc_id = vpc_.id, id = subnet.id] {
            delete_patiently(ec2, vpc_id, "subnet " + id,
                             [&] { ec2.delete_subnet({.subnet_id = id}); });
          },
          joined({before, detached_[subnet.id]})));
    }
    return result;
  }

  /// Deleting the subnets would do as well, but not everywhere at once.
  void detach_route_tables(const Steps& before) {
    for (const network::RouteTable& table : inventory_.tables) {
      for (const auto& association : table.associations) {
        if (association.is_main) continue;
        const plan::ChangeId change = plan_.add(
            {.verb = plan::Verb::detach,
             .resource = {.kind = "route table", .name = table.name, .id = table.id},
             .details = {"from subnet " + association.subnet_id},
             .carry_out =
                 [ec2 = ec2_, id = association.id] {
                   ignoring_absence([&] { ec2.disassociate_route_table({.association_id = id}); });
                 },
             .after = before});
        detached_[association.subnet_id].push_back(change);
        detachments_.push_back(change);
      }
    }
  }

  Steps route_tables(const Steps& before) {
    Steps result;
    for (const network::RouteTable& table : inventory_.tables) {
      if (table.is_main()) continue;
      result.push_back(remove(
          {.kind = "route table", .name = table.name, .id = table.id},
          [ec2 = ec2_, vpc_id = vpc_.id, id = table.id] {
            delete_patiently(ec2, vpc_id, "route table " + id,
                             [&] { ec2.delete_route_table({.route_table_id = id}); });
          },
          joined({before, detachments_})));
    }
    return result;
  }

  Steps internet_gateways(const Steps& before) {
    Steps result;
    for (const network::InternetGateway& gateway : inventory_.internet_gateways) {
      result.push_back(remove(
          {.kind = "internet gateway", .name = vpc_.name, .id = gateway.id},
          [ec2 = ec2_, vpc_id = vpc_.id, gateway] {
            delete_internet_gateway(ec2, vpc_id, gateway.id, gateway.is_attached);
          },
          before));
    }
    return result;
  }

  Steps vpn_gateway(const Steps& before) {
    if (!inventory_.vpn_gateway) return {};
    return {plan_.add(
        {.verb = plan::Verb::detach,
         .resource = {.kind = "VPN gateway", .name = vpc_.name, .id = inventory_.vpn_gateway->id},
         .carry_out = [ec2 = ec2_, id = inventory_.vpn_gateway->id,
                       vpc_id = vpc_.id] { network::detach_vpn_gateway(ec2, id, vpc_id); },
         .after = before})};
  }

  void dhcp_options(const Steps& before) {
    for (const network::DhcpSet& set : inventory_.dhcp_sets) {
      remove(
          {.kind = "DHCP options", .name = vpc_.name, .id = set.id},
          [ec2 = ec2_, vpc_id = vpc_.id, id = set.id,
           is_attached = set.id == vpc_.dhcp_options_id] {
            if (is_attached) {
              ec2.associate_dhcp_options({.dhcp_options_id = "default", .vpc_id = vpc_id});
            }
            delete_patiently(ec2, vpc_id, "DHCP options " + id,
                             [&] { ec2.delete_dhcp_options({.dhcp_options_id = id}); });
          },
          before);
    }
  }

  /// After everything else, which could not be found without it.
  void vpc() {
    Steps everything;
    for (std::size_t i = 0; i < plan_.changes().size(); ++i) everything.push_back({i});
    remove(
        {.kind = "VPC", .name = vpc_.name, .id = vpc_.id},
        [ec2 = ec2_, id = vpc_.id] {
          delete_patiently(ec2, id, "VPC " + id, [&] { ec2.delete_vpc({.vpc_id = id}); });
        },
        everything);
  }

  aws::Session& session_;
  aws::ec2::Client ec2_;
  aws::autoscaling::Client autoscaling_;
  const Inventory& inventory_;
  const network::Vpc& vpc_;
  plan::Plan plan_;
  std::map<std::string, Steps> detached_;  ///< By subnet.
  Steps detachments_;
};

}  // namespace

plan::Plan plan_destruction(aws::Session& session, const Inventory& inventory) {
  check_is_environment(inventory.vpc);
  return Destruction(session, inventory).build();
}

}  // namespace asiaq::environment
