#include "network/metanetwork_changes.h"

#include <algorithm>

#include "aws/ec2/client.h"
#include "network/names.h"

namespace asiaq::network {

namespace {

/// Adds the changes of one metanetwork.
class Builder {
 public:
  Builder(plan::Plan& plan, const aws::ec2::Client& ec2, const MetanetworkTarget& target,
          const ObservedMetanetworks& observed)
      : plan_(plan), ec2_(ec2), target_(target), observed_(observed) {}

  Reference group(const std::string& metanetwork) {
    const auto found = observed_.metanetworks.find(metanetwork);
    if (found != observed_.metanetworks.end() && !found->second.group_id.empty()) {
      return Reference(found->second.group_id);
    }
    Reference group;
    const std::string name = group_name(target_.environment, metanetwork);
    const MetanetworkKind& kind = metanetwork_kinds.at(metanetwork_position(metanetwork).value());
    group.after = {plan_.add({
        .verb = plan::Verb::create,
        .resource = {.kind = "security group", .name = name},
        .carry_out =
            [ec2 = ec2_, vpc = target_.vpc, group, name, metanetwork,
             description = std::string(kind.group_description)] {
              const auto made = ec2.create_security_group(
                  {.description = description,
                   .group_name = name,
                   .vpc_id = vpc.id(),
                   .tag_specifications = tagged(
                       "security-group", {{tag::name, name}, {tag::metanetwork, metanetwork}})});
              group.set(made.group_id.value());
            },
        .after = target_.vpc.after,
    })};
    return group;
  }

  PlannedMetanetwork::Zone zone(const std::string& metanetwork, const std::string& zone,
                                const Cidr& range) {
    PlannedMetanetwork::Zone result{.zone = zone,
                                    .name = subnet_name(target_.environment, metanetwork, zone),
                                    .range = range};
    TagMap tags = target_.tags;
    tags[tag::name] = result.name;
    tags[tag::metanetwork] = metanetwork;
    tags[tag::subnet] = zone;
    result.subnet = subnet(metanetwork, result, tags);
    add_table(metanetwork, tags, result);
    return result;
  }

 private:
  Reference subnet(const std::string& metanetwork, const PlannedMetanetwork::Zone& zone,
                   const TagMap& tags) {
    if (const auto found = observed_.metanetworks.find(metanetwork);
        found != observed_.metanetworks.end()) {
      const auto& subnets = found->second.subnets;
      const auto present = std::ranges::find(subnets, zone.zone, &Subnet::zone);
      if (present != subnets.end()) return Reference(present->id);
    }
    Reference subnet;
    subnet.after = {plan_.add({
        .verb = plan::Verb::create,
        .resource = {.kind = "subnet", .name = zone.name},
        .details = {zone.range.to_string()},
        .carry_out =
            [ec2 = ec2_, vpc = target_.vpc, subnet, tags, zone = zone.zone,
             range = zone.range.to_string()] {
              const auto made = ec2.create_subnet({.tag_specifications = tagged("subnet", tags),
                                                   .availability_zone = zone,
                                                   .cidr_block = range,
                                                   .vpc_id = vpc.id()});
              subnet.set(made.subnet->subnet_id.value());
            },
        .after = target_.vpc.after,
    })};
    return subnet;
  }

  void add_table(const std::string& metanetwork, const TagMap& tags,
                 PlannedMetanetwork::Zone& zone) {
    const auto present = std::ranges::find_if(observed_.tables, [&](const RouteTable& table) {
      return table.metanetwork == metanetwork && table.zone == zone.zone;
    });
    const bool is_present = present != observed_.tables.end();
    if (is_present) {
      zone.table = Reference(present->id);
      zone.routes = present->routes;
    } else {
      zone.table.after = {plan_.add({
          .verb = plan::Verb::create,
          .resource = {.kind = "route table", .name = zone.name},
          .carry_out =
              [ec2 = ec2_, vpc = target_.vpc, table = zone.table, tags] {
                const auto made = ec2.create_route_table(
                    {.tag_specifications = tagged("route-table", tags), .vpc_id = vpc.id()});
                table.set(made.route_table->route_table_id.value());
              },
          .after = target_.vpc.after,
      })};
    }
    if (is_present && !zone.subnet.id().empty() && present->serves(zone.subnet.id())) return;
    plan_.add({
        .verb = plan::Verb::associate,
        .resource = {.kind = "route table", .name = zone.name},
        .details = {"with its subnet"},
        .carry_out =
            [ec2 = ec2_, table = zone.table, subnet = zone.subnet] {
              ec2.associate_route_table({.subnet_id = subnet.id(), .route_table_id = table.id()});
            },
        .after = after(zone.table, zone.subnet),
    });
  }

  plan::Plan& plan_;
  const aws::ec2::Client& ec2_;
  const MetanetworkTarget& target_;
  const ObservedMetanetworks& observed_;
};

}  // namespace

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
                                                 const std::vector<MetanetworkRange>& ranges,
                                                 const std::vector<std::string>& zones,
                                                 const ObservedMetanetworks& observed) {
  Builder builder(plan, ec2, target, observed);
  std::vector<PlannedMetanetwork> result;
  for (const MetanetworkRange& range : ranges) {
    PlannedMetanetwork& planned = result.emplace_back();
    planned.name = range.metanetwork;
    planned.group = builder.group(range.metanetwork);
    const std::vector<Cidr> blocks = zone_ranges(range.range, zones.size());
    for (std::size_t i = 0; i < zones.size(); ++i) {
      planned.zones.push_back(builder.zone(range.metanetwork, zones[i], blocks[i]));
    }
  }
  return result;
}

}  // namespace asiaq::network
