#include "network/vpc.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/ec2/client.h"
#include "base/text.h"
#include "network/error.h"
#include "network/names.h"

namespace asiaq::network {

namespace {

Vpc from_aws(const aws::ec2::Vpc& vpc) {
  Vpc result;
  result.id = vpc.vpc_id.value_or("");
  result.tags = as_map(vpc.tags);
  result.name = tag_value(vpc.tags, tag::name);
  result.type = tag_value(vpc.tags, tag::type);
  result.cidr = Cidr::parse(vpc.cidr_block.value_or("")).value_or(Cidr());
  for (const auto& association : vpc.cidr_block_association_set) {
    if (const auto range = Cidr::parse(association.cidr_block.value_or(""))) {
      result.ranges.push_back(*range);
    }
  }
  if (std::ranges::find(result.ranges, result.cidr) == result.ranges.end()) {
    result.ranges.insert(result.ranges.begin(), result.cidr);
  }
  result.state = vpc.state.value_or("");
  result.dhcp_options_id = vpc.dhcp_options_id.value_or("");
  result.is_default = vpc.is_default.value_or(false);
  return result;
}

std::vector<Vpc> described(const aws::ec2::Client& ec2, aws::ec2::DescribeVpcsRequest request) {
  std::vector<Vpc> result;
  for (const aws::ec2::Vpc& vpc : ec2.describe_vpcs_all(std::move(request))) {
    result.push_back(from_aws(vpc));
  }
  return result;
}

}  // namespace

bool Vpc::is_unfinished() const { return tags.contains(tag::creating); }

std::vector<Vpc> list_vpcs(const aws::ec2::Client& ec2) { return described(ec2, {}); }

std::vector<Vpc> vpcs_named(const aws::ec2::Client& ec2, const std::string& name) {
  std::vector<Vpc> found = described(ec2, {.filters = {{.name = "tag:Name", .values = {name}}}});
  std::erase_if(found, [&](const Vpc& vpc) { return vpc.name != name; });
  return found;
}

std::optional<Vpc> vpc_with_id(const aws::ec2::Client& ec2, const std::string& id) {
  for (Vpc& vpc : described(ec2, {.filters = {{.name = "vpc-id", .values = {id}}}})) {
    if (vpc.id == id) return std::move(vpc);
  }
  return {};
}

Vpc find_environment(const aws::ec2::Client& ec2, const std::string& name) {
  const auto failure = [&](const std::string& reason) {
    return VpcEnvironmentError(fmt::format("failed to select environment {}: {}", name, reason));
  };
  if (name.empty() || name == "-" || lower_case(name) == "none") {
    throw VpcEnvironmentError(fmt::format("failed to select environment: '{}' names none", name));
  }
  std::vector<Vpc> found = vpcs_named(ec2, name);
  if (found.empty()) {
    VpcEnvironmentError error = failure("no VPC of this region has that Name");
    error.set_hint("`asiaq vpc list` shows what there is");
    throw error;
  }
  if (found.size() > 1) {
    std::vector<std::string> ids;
    for (const Vpc& vpc : found) ids.push_back(vpc.id);
    throw failure(fmt::format("several VPCs have that Name: {}", join(ids, ", ")));
  }
  return std::move(found.front());
}

}  // namespace asiaq::network
