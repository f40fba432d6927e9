#include "network/metanetwork_changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/absence.h"
#include "aws/ec2/client.h"
#include "base/log.h"
#include "base/text.h"
#include "network/error.h"
#include "network/names.h"
#include "network/repeating.h"

namespace asiaq::network {

namespace {

using Changes = std::vector<plan::ChangeId>;

/// The central table of a metanetwork, or null.
const RouteTable* central_table(const std::vector<RouteTable>& tables,
                                const std::string& metanetwork) {
  const RouteTable* result = nullptr;
  for (const RouteTable& table : tables) {
    if (table.metanetwork != metanetwork || !table.zone.empty()) continue;
    if (result != nullptr) {
      throw VpcEnvironmentError(
          fmt::format("route tables {} and {} are both tagged as metanetwork {}'s without a zone; "
                      "there can be only one",
                      result->id, table.id, metanetwork));
    }
    result = &table;
  }
  return result;
}

/// What a creating call has made, by what AWS allows only once in a VPC; empty if there is none.
std::string group_named(const aws::ec2::Client& ec2, const std::string& vpc_id,
                        const std::string& name) {
  const auto found =
      ec2.describe_security_groups_all({.filters = {{.name = "vpc-id", .values = {vpc_id}},
                                                    {.name = "group-name", .values = {name}}}});
  return found.empty() ? "" : found.front().group_id.value_or("");
}

std::string subnet_with_range(const aws::ec2::Client& ec2, const std::string& vpc_id,
                              const std::string& range) {
  const auto found =
      ec2.describe_subnets_all({.filters = {{.name = "vpc-id", .values = {vpc_id}},
                                            {.name = "cidr-block", .values = {range}}}});
  return found.empty() ? "" : found.front().subnet_id.value_or("");
}

/// Of route tables there may be several; but not with the tags of one zone.
std::string table_of_zone(const aws::ec2::Client& ec2, const std::string& vpc_id,
                          const TagMap& tags) {
  for (const RouteTable& table : observe_route_tables(ec2, {vpc_id})) {
    if (table.metanetwork == tags.at(tag::metanetwork) && table.zone == tags.at(tag::subnet)) {
      return table.id;
    }
  }
  return {};
}

bool is_served_by(const aws::ec2::Client& ec2, const std::string& subnet_id,
                  const std::string& table_id) {
  const auto found = ec2.describe_route_tables_all({.route_table_ids = {table_id}});
  return !found.empty() &&
         std::ranges::any_of(found.front().associations, [&](const auto& association) {
           return association.subnet_id == subnet_id;
         });
}

/// Adds the changes of one metanetwork.
class Builder {
 public:
  Builder(plan::Plan& plan, const aws::ec2::Client& ec2, const MetanetworkTarget& target,
          const ObservedMetanetworks& observed, const MetanetworkLayout& layout)
      : plan_(plan),
        ec2_(ec2),
        target_(target),
        observed_(observed),
        layout_(layout),
        central_(central_table(observed.tables, layout.metanetwork)) {}

  PlannedMetanetwork build() {
    PlannedMetanetwork result{.name = layout_.metanetwork, .group = group()};
    const bool stays_central = central_ != nullptr && !becomes_divided();
    if (stays_central) {
      result.central_table = PlannedTable{
          .name = central_->name.empty() ? group_name(target_.environment, layout_.metanetwork)
                                         : central_->name,
          .table = Reference(central_->id),
          .routes = central_->routes};
    }
    for (const MetanetworkLayout::Zone& each : layout_.zones) {
      PlannedMetanetwork::Zone zone = with_subnet(each);
      if (stays_central) {
        zone.table = *result.central_table;
      } else {
        add_table(zone);
      }
      result.zones.push_back(std::move(zone));
    }
    if (central_ != nullptr && !stays_central) remove_central_table(result);
    return result;
  }

 private:
  const RouteTable* table_of(const std::string& zone) const {
    const auto found = std::ranges::find_if(observed_.tables, [&](const RouteTable& table) {
      return table.metanetwork == layout_.metanetwork && table.zone == zone;
    });
    return found == observed_.tables.end() ? nullptr : &*found;
  }

  /// A run that was killed while it replaced the central table has left tables of zones.
  bool becomes_divided() const {
    return target_.tables_per_zone.contains(layout_.metanetwork) ||
           std::ranges::any_of(layout_.zones,
                               [&](const auto& zone) { return table_of(zone.zone) != nullptr; });
  }

  Reference group() {
    const std::string& metanetwork = layout_.metanetwork;
    const auto found = observed_.metanetworks.find(metanetwork);
    if (found != observed_.metanetworks.end() && !found->second.group_id.empty()) {
      return Reference(found->second.group_id);
    }
    Reference group;
    const std::string name = group_name(target_.environment, metanetwork);
    const MetanetworkKind& kind = metanetwork_kinds.at(metanetwork_position(metanetwork).value());
    group.after = {plan_.add({
        .verb = plan::Verb::create,
        .resource = group.resource("security group", name),
        .carry_out =
            [ec2 = ec2_, vpc = target_.vpc, group, name, metanetwork,
             description = std::string(kind.group_description)] {
              const aws::ec2::CreateSecurityGroupRequest request{
                  .description = description,
                  .group_name = name,
                  .vpc_id = vpc.id(),
                  .tag_specifications = tagged(
                      "security-group", {{tag::name, name}, {tag::metanetwork, metanetwork}})};
              group.set(create_once(
                  {.what = "security group " + name,
                   .create = [&] { return ec2.create_security_group(request).group_id.value(); },
                   .find = [&] { return group_named(ec2, vpc.id(), name); }}));
            },
        .after = target_.vpc.after,
    })};
    return group;
  }

  TagMap tags_of(const PlannedMetanetwork::Zone& zone) const {
    TagMap tags = target_.tags;
    tags[tag::name] = zone.name;
    tags[tag::metanetwork] = layout_.metanetwork;
    tags[tag::subnet] = zone.zone;
    return tags;
  }

  PlannedMetanetwork::Zone with_subnet(const MetanetworkLayout::Zone& wanted) {
    PlannedMetanetwork::Zone zone{
        .zone = wanted.zone,
        .name = subnet_name(target_.environment, layout_.metanetwork, wanted.zone),
        .range = wanted.range};
    if (const auto found = observed_.metanetworks.find(layout_.metanetwork);
        found != observed_.metanetworks.end()) {
      const auto& subnets = found->second.subnets;
      const auto present = std::ranges::find(subnets, zone.zone, &Subnet::zone);
      if (present != subnets.end()) {
        zone.subnet = Reference(present->id);
        return zone;
      }
    }
    zone.subnet.after = {plan_.add({
        .verb = plan::Verb::create,
        .resource = zone.subnet.resource("subnet", zone.name),
        .details = {zone.range.to_string()},
        .carry_out =
            [ec2 = ec2_, vpc = target_.vpc, subnet = zone.subnet, tags = tags_of(zone),
             zone = zone.zone, range = zone.range.to_string()] {
              const aws::ec2::CreateSubnetRequest request{
                  .tag_specifications = tagged("subnet", tags),
                  .availability_zone = zone,
                  .cidr_block = range,
                  .vpc_id = vpc.id()};
              subnet.set(create_once(
                  {.what = "subnet " + tags.at(tag::name),
                   .create = [&] { return ec2.create_subnet(request).subnet->subnet_id.value(); },
                   .find = [&] { return subnet_with_range(ec2, vpc.id(), range); }}));
            },
        .after = target_.vpc.after,
    })};
    return zone;
  }

  void add_table(PlannedMetanetwork::Zone& zone) {
    zone.table.name = zone.name;
    const RouteTable* present = table_of(zone.zone);
    if (present != nullptr) {
      zone.table.table = Reference(present->id);
      zone.table.routes = present->routes;
    } else {
      zone.table.table.after = {plan_.add({
          .verb = plan::Verb::create,
          .resource = zone.table.table.resource("route table", zone.name),
          .carry_out =
              [ec2 = ec2_, vpc = target_.vpc, table = zone.table.table, tags = tags_of(zone)] {
                const aws::ec2::CreateRouteTableRequest request{
                    .tag_specifications = tagged("route-table", tags), .vpc_id = vpc.id()};
                table.set(
                    create_once({.what = "route table " + tags.at(tag::name),
                                 .create =
                                     [&] {
                                       return ec2.create_route_table(request)
                                           .route_table->route_table_id.value();
                                     },
                                 .find = [&] { return table_of_zone(ec2, vpc.id(), tags); }}));
              },
          .after = target_.vpc.after,
      })};
    }
    const std::string& subnet = zone.subnet.id();
    if (present != nullptr && !subnet.empty() && present->serves(subnet)) return;
    const bool is_served_centrally =
        central_ != nullptr && !subnet.empty() && central_->serves(subnet);
    if (is_served_centrally || (central_ != nullptr && present == nullptr)) copy_routes(zone);
    associate(zone);
  }

  /// All routes of the central table that the zone's does not have yet.
  void copy_routes(PlannedMetanetwork::Zone& zone) {
    DesiredRoutes all;
    std::vector<std::string> propagated;
    for (const ObservedRoute& route : central_->routes) {
      if (route.is_propagated) propagated.push_back(route.destination.to_string());
      if (route.owner == ObservedRoute::Owner::fixed) continue;
      all[route.destination] = {.description = "what the central table leads it to",
                                .resource = Reference(route.target)};
    }
    RouteDifference missing = difference(zone.table.routes, all);
    missing.remove.clear();
    missing.replace.clear();
    const Changes copied = add_route_changes(plan_, ec2_, zone.table, missing);
    zone.table.table.after.insert(zone.table.table.after.end(), copied.begin(), copied.end());
    for (const ObservedRoute& route : central_->routes) {
      if (missing.create.contains(route.destination)) zone.table.routes.push_back(route);
    }
    if (propagated.empty()) return;
    log::warning(
        "Route table {} is replaced: its routes that a VPN gateway propagates ({}) are copied as "
        "they "
        "are now; enable propagation for the table of {}, or write them in {}_vgw_routes",
        central_->id, join(propagated, ", "), zone.name, layout_.metanetwork);
  }

  /// The association of the subnet with whichever table it has been given explicitly.
  std::optional<std::string> association_of(const std::string& subnet_id) const {
    if (subnet_id.empty()) return {};
    for (const RouteTable& table : observed_.tables) {
      for (const RouteTable::Association& association : table.associations) {
        if (association.subnet_id == subnet_id) return association.id;
      }
    }
    return {};
  }

  void associate(const PlannedMetanetwork::Zone& zone) {
    const std::optional<std::string> present = association_of(zone.subnet.id());
    moves_.push_back(plan_.add({
        .verb = present ? plan::Verb::replace : plan::Verb::associate,
        .resource = {.kind = present ? "route table of subnet" : "route table", .name = zone.name},
        .details = {present ? "by that of its zone" : "with its subnet"},
        .carry_out =
            [ec2 = ec2_, present, table = zone.table.table, subnet = zone.subnet] {
              write_or_confirm(
                  [&] {
                    if (present) {
                      ec2.replace_route_table_association(
                          {.association_id = *present, .route_table_id = table.id()});
                    } else {
                      ec2.associate_route_table(
                          {.subnet_id = subnet.id(), .route_table_id = table.id()});
                    }
                  },
                  [&] { return is_served_by(ec2, subnet.id(), table.id()); });
            },
        .after = after(zone.table.table, zone.subnet),
    }));
  }

  /// Unless it also serves somebody else.
  void remove_central_table(const PlannedMetanetwork& metanetwork) {
    const bool serves_others =
        std::ranges::any_of(central_->associations, [&](const RouteTable::Association& each) {
          return each.is_main || std::ranges::none_of(metanetwork.zones, [&](const auto& zone) {
                   return zone.subnet.id() == each.subnet_id;
                 });
        });
    if (serves_others) return;
    plan_.add({.verb = plan::Verb::remove,
               .resource = {.kind = "route table", .name = central_->name, .id = central_->id},
               .details = {"each zone has its own now"},
               .carry_out =
                   [ec2 = ec2_, id = central_->id] {
                     aws::ignoring_absence([&] { ec2.delete_route_table({.route_table_id = id}); });
                   },
               .after = moves_});
  }

  plan::Plan& plan_;
  const aws::ec2::Client& ec2_;
  const MetanetworkTarget& target_;
  const ObservedMetanetworks& observed_;
  const MetanetworkLayout& layout_;
  const RouteTable* central_;
  Changes moves_;
};

}  // namespace

std::vector<PlannedTable> PlannedMetanetwork::tables() const {
  if (central_table) return {*central_table};
  std::vector<PlannedTable> result;
  for (const Zone& zone : zones) result.push_back(zone.table);
  return result;
}

const PlannedMetanetwork* find(const std::vector<PlannedMetanetwork>& metanetworks,
                               const std::string& name) {
  const auto found = std::ranges::find(metanetworks, name, &PlannedMetanetwork::name);
  return found == metanetworks.end() ? nullptr : &*found;
}

Metanetwork as_metanetwork(const PlannedMetanetwork& planned) {
  Metanetwork result{.name = planned.name, .group_id = planned.group.id()};
  for (const auto& zone : planned.zones) {
    result.subnets.push_back({.id = zone.subnet.id(), .zone = zone.zone, .range = zone.range});
  }
  return result;
}

std::vector<MetanetworkLayout> divided(const std::vector<MetanetworkRange>& ranges,
                                       const std::vector<std::string>& zones) {
  std::vector<MetanetworkLayout> result;
  for (const MetanetworkRange& range : ranges) {
    MetanetworkLayout& layout = result.emplace_back();
    layout.metanetwork = range.metanetwork;
    const std::vector<Cidr> blocks = zone_ranges(range.range, zones.size());
    for (std::size_t i = 0; i < zones.size(); ++i) layout.zones.push_back({zones[i], blocks[i]});
  }
  return result;
}

MetanetworkLayout layout_of(const Metanetwork& metanetwork) {
  MetanetworkLayout layout{.metanetwork = metanetwork.name};
  for (const Subnet& subnet : metanetwork.subnets) {
    layout.zones.push_back({subnet.zone, subnet.range});
  }
  return layout;
}

std::vector<RangeRequest> with_observed_ranges(std::vector<RangeRequest> requests,
                                               const Metanetworks& observed, std::size_t zones) {
  const int bits = bits_to_number(static_cast<std::uint32_t>(zones));
  for (RangeRequest& request : requests) {
    const auto found = observed.find(request.metanetwork);
    if (request.range || found == observed.end() || found->second.subnets.empty()) continue;
    const Cidr& block = found->second.subnets.front().range;
    request.range = Cidr(block.first(), block.prefix_length() - bits);
  }
  return requests;
}

std::vector<PlannedMetanetwork> add_metanetworks(plan::Plan& plan, const aws::ec2::Client& ec2,
                                                 const MetanetworkTarget& target,
                                                 const std::vector<MetanetworkLayout>& layouts,
                                                 const ObservedMetanetworks& observed) {
  std::vector<PlannedMetanetwork> result;
  for (const MetanetworkLayout& layout : layouts) {
    result.push_back(Builder(plan, ec2, target, observed, layout).build());
  }
  return result;
}

}  // namespace asiaq::network
