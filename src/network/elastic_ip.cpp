#include "network/elastic_ip.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/absence.h"
#include "aws/ec2/client.h"
#include "aws/encoding.h"
#include "base/cidr.h"
#include "network/error.h"
#include "network/names.h"
#include "network/repeating.h"
#include "network/tags.h"

namespace asiaq::network {

namespace {

ElasticIp from_aws(const aws::ec2::Address& address) {
  return {.address = address.public_ip.value_or(""),
          .instance_id = address.instance_id.value_or(""),
          .allocation_id = address.allocation_id.value_or(""),
          .association_id = address.association_id.value_or(""),
          .name = tag_value(address.tags, tag::name),
          .vpc_id = tag_value(address.tags, tag::owner),
          .is_automatic = tag_value(address.tags, tag::automatic_address) == "true"};
}

/// Empty if there is none.
std::string address_of_allocation(const aws::ec2::Client& ec2, const std::string& token) {
  for (const aws::ec2::Address& found : ec2.describe_addresses().addresses) {
    if (tag_value(found.tags, tag::allocation) == token) return found.public_ip.value_or("");
  }
  return {};
}

}  // namespace

std::vector<ElasticIp> list_elastic_ips(const aws::ec2::Client& ec2) {
  std::vector<ElasticIp> result;
  for (const aws::ec2::Address& address : ec2.describe_addresses().addresses) {
    result.push_back(from_aws(address));
  }
  std::ranges::sort(result, {}, [](const ElasticIp& elastic_ip) {
    return Ipv4Address::parse(elastic_ip.address).value_or(Ipv4Address());
  });
  return result;
}

std::shared_ptr<std::string> add_allocation(plan::Plan& plan, const aws::ec2::Client& ec2) {
  auto address = std::make_shared<std::string>();
  plan.add({.verb = plan::Verb::create,
            .resource = {.kind = "elastic IP", .name = "(any)"},
            .carry_out = [ec2, address] {
              const std::string token = aws::random_uuid();
              const auto tags = tagged("elastic-ip", {{tag::allocation, token}});
              *address = create_once({.what = "elastic IP",
                                      .create =
                                          [&] {
                                            const auto made = ec2.allocate_address(
                                                {.domain = "vpc", .tag_specifications = tags});
                                            return made.public_ip.value();
                                          },
                                      .find = [&] { return address_of_allocation(ec2, token); }});
            }});
  return address;
}

ElasticIp find_elastic_ip(const aws::ec2::Client& ec2, const std::string& address) {
  EipConfigError unknown(fmt::format(
      "InvalidAddress.NotFound: {} is no elastic IP of this account and region", address));
  unknown.set_hint("`asiaq eip list` shows what there is");
  if (!Ipv4Address::parse(address)) throw unknown;
  for (const aws::ec2::Address& found :
       ec2.describe_addresses({.filters = {{.name = "public-ip", .values = {address}}}})
           .addresses) {
    if (found.public_ip == address) return from_aws(found);
  }
  throw unknown;
}

void add_release(plan::Plan& plan, const aws::ec2::Client& ec2, const ElasticIp& elastic_ip,
                 InUse in_use) {
  const bool is_used = !elastic_ip.association_id.empty();
  const std::string user = elastic_ip.instance_id.empty() ? "a network interface or NAT gateway"
                                                          : "instance " + elastic_ip.instance_id;
  if (is_used && in_use == InUse::refuse) {
    EipConfigError error(fmt::format("{} is in use by {}", elastic_ip.address, user));
    error.set_hint("--force takes it away first");
    throw error;
  }
  const plan::Resource resource{
      .kind = "elastic IP", .name = elastic_ip.address, .id = elastic_ip.allocation_id};
  std::vector<plan::ChangeId> before;
  if (is_used) {
    before.push_back(plan.add({.verb = plan::Verb::detach,
                               .resource = resource,
                               .details = {"from " + user},
                               .carry_out = [ec2, id = elastic_ip.association_id] {
                                 aws::ignoring_absence(
                                     [&] { ec2.disassociate_address({.association_id = id}); });
                               }}));
  }
  plan.add({.verb = plan::Verb::remove,
            .resource = resource,
            .carry_out =
                [ec2, id = elastic_ip.allocation_id] {
                  aws::ignoring_absence([&] { ec2.release_address({.allocation_id = id}); });
                },
            .after = before});
}

}  // namespace asiaq::network
