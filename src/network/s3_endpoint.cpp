#include "network/s3_endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "aws/ec2/client.h"
#include "network/repeating.h"

namespace asiaq::network {

namespace {

constexpr const char* allow_everything =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";

std::string service_name(const std::string& region) {
  return fmt::format("com.amazonaws.{}.s3", region);
}

/// The tables that are known, whether AWS lists them already or not, and all others of the VPC.
aws::List<std::string> all_tables(const aws::ec2::Client& ec2, const std::string& vpc_id,
                                  const std::vector<Reference>& known) {
  aws::List<std::string> result;
  std::set<std::string> seen;
  const auto add = [&](const std::string& id) {
    if (seen.insert(id).second) result.push_back(id);
  };
  for (const Reference& table : known) add(table.id());
  for (const RouteTable& table : observe_route_tables(ec2, {vpc_id})) add(table.id);
  return result;
}

bool serves(const std::optional<S3Endpoint>& endpoint, const aws::List<std::string>& tables) {
  return endpoint && std::ranges::all_of(tables, [&](const std::string& table) {
           return std::ranges::find(endpoint->route_table_ids, table) !=
                  endpoint->route_table_ids.end();
         });
}

}  // namespace

std::optional<S3Endpoint> observe_s3_endpoint(const aws::ec2::Client& ec2,
                                              const std::string& vpc_id,
                                              const std::string& region) {
  for (const aws::ec2::VpcEndpoint& endpoint : ec2.describe_vpc_endpoints_all(
           {.filters = {{.name = "vpc-id", .values = {vpc_id}},
                        {.name = "service-name", .values = {service_name(region)}}}})) {
    const std::string state = endpoint.state.value_or("available");
    const bool is_alive = state != "deleted" && state != "deleting" && state != "Deleted" &&
                          state != "Deleting" && state != "failed";
    if (!is_alive || endpoint.vpc_endpoint_type.value_or("Gateway") != "Gateway") continue;
    return S3Endpoint{
        .id = endpoint.vpc_endpoint_id.value_or(""),
        .route_table_ids = {endpoint.route_table_ids.begin(), endpoint.route_table_ids.end()}};
  }
  return {};
}

std::vector<plan::ChangeId> add_s3_endpoint(plan::Plan& plan, const aws::ec2::Client& ec2,
                                            const std::string& region, const Reference& vpc,
                                            const std::vector<Reference>& tables,
                                            const std::optional<S3Endpoint>& observed) {
  const bool is_complete =
      observed && std::ranges::all_of(tables, [&](const Reference& table) {
        return !table.id().empty() && std::ranges::find(observed->route_table_ids, table.id()) !=
                                          observed->route_table_ids.end();
      });
  if (is_complete) return {};
  std::vector<plan::ChangeId> before = vpc.after;
  for (const Reference& table : tables) {
    before.insert(before.end(), table.after.begin(), table.after.end());
  }
  const Reference endpoint(observed ? observed->id : "");
  const auto carry_out = [ec2, region, vpc, observed, endpoint, tables] {
    aws::List<std::string> all = all_tables(ec2, vpc.id(), tables);
    if (!observed) {
      const auto made = ec2.create_vpc_endpoint({.vpc_endpoint_type = "Gateway",
                                                 .vpc_id = vpc.id(),
                                                 .service_name = service_name(region),
                                                 .policy_document = allow_everything,
                                                 .route_table_ids = all});
      endpoint.set(made.vpc_endpoint->vpc_endpoint_id.value());
      return;
    }
    std::erase_if(all, [&](const std::string& id) {
      return std::ranges::find(observed->route_table_ids, id) != observed->route_table_ids.end();
    });
    if (all.empty()) return;
    write_or_confirm(
        [&] {
          ec2.modify_vpc_endpoint({.vpc_endpoint_id = observed->id, .add_route_table_ids = all});
        },
        [&] { return serves(observe_s3_endpoint(ec2, vpc.id(), region), all); });
  };
  return {plan.add({
      .verb = observed ? plan::Verb::update : plan::Verb::create,
      .resource = endpoint.resource("S3 endpoint", service_name(region)),
      .details = {"on all route tables of the VPC"},
      .carry_out = carry_out,
      .after = before,
  })};
}

}  // namespace asiaq::network
