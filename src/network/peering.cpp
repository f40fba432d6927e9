#include "network/peering.h"

#include <algorithm>
#include <array>

#include "aws/ec2/client.h"
#include "network/names.h"
#include "network/tags.h"

namespace asiaq::network {

namespace {

constexpr std::array<std::string_view, 4> live_statuses{"initiating-request", "pending-acceptance",
                                                        "provisioning", "active"};

Peering::Side side(const std::optional<aws::ec2::VpcPeeringConnectionVpcInfo>& vpc) {
  if (!vpc) return {};
  return {.vpc_id = vpc->vpc_id.value_or(""), .range = vpc->cidr_block.value_or("")};
}

}  // namespace

bool Peering::is_live() const {
  return std::ranges::find(live_statuses, status) != live_statuses.end();
}

bool Peering::touches(std::string_view vpc_id) const {
  return requester.vpc_id == vpc_id || accepter.vpc_id == vpc_id;
}

bool Peering::connects(std::string_view one, std::string_view other) const {
  return one != other && touches(one) && touches(other);
}

std::vector<Peering> observe_peerings(const aws::ec2::Client& ec2) {
  std::vector<Peering> result;
  for (const auto& connection : ec2.describe_vpc_peering_connections_all()) {
    Peering& entry = result.emplace_back();
    entry.id = connection.vpc_peering_connection_id.value_or("");
    entry.name = tag_value(connection.tags, tag::name);
    if (connection.status) {
      entry.status = connection.status->code.value_or("");
      entry.message = connection.status->message.value_or("");
    }
    entry.requester = side(connection.requester_vpc_info);
    entry.accepter = side(connection.accepter_vpc_info);
  }
  return result;
}

std::vector<PeeringRoute> observe_peering_routes(const aws::ec2::Client& ec2,
                                                 const std::vector<std::string>& peering_ids) {
  std::vector<PeeringRoute> result;
  if (peering_ids.empty()) return result;
  for (const auto& table : ec2.describe_route_tables_all(
           {.filters = {{.name = "route.vpc-peering-connection-id",
                       .values = {peering_ids.begin(), peering_ids.end()}}}})) {
    for (const auto& route : table.routes) {
      const std::string peering = route.vpc_peering_connection_id.value_or("");
      const auto destination = Cidr::parse(route.destination_cidr_block.value_or(""));
      if (!destination || std::ranges::find(peering_ids, peering) == peering_ids.end()) continue;
      result.push_back({peering, table.route_table_id.value_or(""), *destination});
    }
  }
  return result;
}

}  // namespace asiaq::network
