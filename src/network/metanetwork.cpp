#include "network/metanetwork.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/ec2/client.h"
#include "base/parallel.h"
#include "base/text.h"
#include "network/address_plan.h"
#include "network/error.h"
#include "network/names.h"

namespace asiaq::network {

namespace {

aws::List<aws::ec2::Filter> tagged_in(const std::vector<std::string>& vpc_ids) {
  return {{.name = "vpc-id", .values = {vpc_ids.begin(), vpc_ids.end()}},
          {.name = "tag-key", .values = {tag::metanetwork}}};
}

}  // namespace

Cidr Metanetwork::range() const { return enclosing(subnet_ranges()).value_or(Cidr()); }

std::vector<std::string> Metanetwork::subnet_ids() const {
  std::vector<std::string> ids;
  for (const Subnet& subnet : subnets) ids.push_back(subnet.id);
  return ids;
}

std::vector<Cidr> Metanetwork::subnet_ranges() const {
  std::vector<Cidr> ranges;
  for (const Subnet& subnet : subnets) ranges.push_back(subnet.range);
  return ranges;
}

std::map<std::string, Metanetworks> observe_subnets(const aws::ec2::Client& ec2,
                                                    const std::vector<std::string>& vpc_ids) {
  std::map<std::string, Metanetworks> result;
  for (const aws::ec2::Subnet& subnet : ec2.describe_subnets_all({.filters = tagged_in(vpc_ids)})) {
    const std::string name = tag_value(subnet.tags, tag::metanetwork);
    Metanetwork& metanetwork = result[subnet.vpc_id.value_or("")][name];
    metanetwork.name = name;
    metanetwork.subnets.push_back(
        {.id = subnet.subnet_id.value_or(""),
         .zone = subnet.availability_zone.value_or(""),
         .range = Cidr::parse(subnet.cidr_block.value_or("")).value_or(Cidr()),
         .has_automatic_nat = as_map(subnet.tags).contains(tag::automatic_nat)});
  }
  for (auto& [vpc_id, metanetworks] : result) {
    for (auto& [name, metanetwork] : metanetworks) {
      std::ranges::sort(metanetwork.subnets, {}, &Subnet::zone);
    }
  }
  return result;
}

Metanetworks observe_metanetworks(const aws::ec2::Client& ec2, const Vpc& vpc) {
  Metanetworks result;
  std::vector<aws::ec2::SecurityGroup> groups;
  in_parallel(
      {[&] { result = observe_subnets(ec2, {vpc.id})[vpc.id]; },
       [&] { groups = ec2.describe_security_groups_all({.filters = tagged_in({vpc.id})}); }});
  for (const aws::ec2::SecurityGroup& group : groups) {
    Metanetwork& metanetwork = result[tag_value(group.tags, tag::metanetwork)];
    metanetwork.name = tag_value(group.tags, tag::metanetwork);
    metanetwork.group_id = group.group_id.value_or("");
  }
  return result;
}

const Metanetwork& metanetwork_named(const Metanetworks& metanetworks, std::string_view name) {
  const auto found = metanetworks.find(std::string(name));
  if (found != metanetworks.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, metanetwork] : metanetworks) names.push_back(known);
  throw VpcEnvironmentError(
      fmt::format("there is no metanetwork '{}' in this environment, only: {}", name,
                  names.empty() ? "none" : join(names, ", ")));
}

const Subnet& subnet_containing(const Metanetwork& metanetwork, Ipv4Address address) {
  for (const Subnet& subnet : metanetwork.subnets) {
    if (subnet.range.contains(address)) return subnet;
  }
  throw IpRangeError(fmt::format("address {} is not in the range of metanetwork {} ({})",
                                 address.to_string(), metanetwork.name,
                                 metanetwork.range().to_string()));
}

Ipv4Address static_address(const Metanetwork& metanetwork, std::string_view text) {
  const std::string_view word = trimmed(text);
  const auto absolute = Ipv4Address::parse(word);
  const Ipv4Address address =
      absolute ? *absolute : address_by_offset(metanetwork.subnet_ranges(), word, metanetwork.name);
  const Subnet& subnet = subnet_containing(metanetwork, address);
  if (is_reserved(subnet.range, address)) {
    throw IpRangeError(fmt::format(
        "address {} of metanetwork {} is one of the five that AWS reserves in subnet {}",
        address.to_string(), metanetwork.name, subnet.range.to_string()));
  }
  return address;
}

std::vector<Ipv4Address> static_addresses(const Metanetwork& metanetwork, std::string_view list) {
  std::vector<Ipv4Address> addresses;
  for (const std::string& word : words(list, " \t\r\n,")) {
    addresses.push_back(static_address(metanetwork, word));
  }
  return addresses;
}

}  // namespace asiaq::network
