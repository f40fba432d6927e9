#include "network/address_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <random>

#include "base/text.h"
#include "network/error.h"

namespace asiaq::network {

namespace {

constexpr int shortest_vpc_prefix = 16;
constexpr int longest_prefix = 28;
constexpr int address_bits = 32;

void check_static_ranges(const Cidr& vpc, const std::vector<RangeRequest>& requests) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i].range) continue;
    if (!vpc.contains(*requests[i].range)) {
      throw VpcConfigError(fmt::format("{}_cidr={} is not inside the VPC's range {}",
                                       requests[i].metanetwork, requests[i].range->to_string(),
                                       vpc.to_string()));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (requests[j].range && requests[j].range->overlaps(*requests[i].range)) {
        throw VpcConfigError(fmt::format("{}_cidr={} overlaps {}_cidr={}", requests[i].metanetwork,
                                         requests[i].range->to_string(), requests[j].metanetwork,
                                         requests[j].range->to_string()));
      }
    }
  }
}

}  // namespace

Random machine_random() {
  return [engine = std::make_shared<std::mt19937_64>(std::random_device{}())](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(*engine);
  };
}

std::vector<Cidr> free_blocks(const Cidr& pool, int prefix_length,
                              const std::vector<Cidr>& occupied) {
  std::vector<Cidr> blocks = pool.blocks(prefix_length);
  std::erase_if(blocks, [&](const Cidr& block) {
    return std::ranges::any_of(occupied, [&](const Cidr& taken) { return taken.overlaps(block); });
  });
  return blocks;
}

Cidr choose_vpc_range(const Cidr& pool, int prefix_length, const std::vector<Cidr>& occupied,
                      const Random& random) {
  const std::vector<Cidr> blocks = free_blocks(pool, prefix_length, occupied);
  if (blocks.empty()) {
    throw VpcConfigError(fmt::format(
        "no range available: every /{} of ip_space={} overlaps the range of a VPC of this region",
        prefix_length, pool.to_string()));
  }
  return blocks[random(blocks.size())];
}

std::vector<MetanetworkRange> choose_metanetwork_ranges(const Cidr& vpc,
                                                        const std::vector<RangeRequest>& requests,
                                                        const Random& random) {
  if (requests.empty()) {
    throw VpcConfigError(
        "no metanetwork is defined: give at least one of the options "
        "intranet_cidr, tunnel_cidr, dmz_cidr, maintenance_cidr");
  }
  check_static_ranges(vpc, requests);
  const int size =
      vpc.prefix_length() + bits_to_number(static_cast<std::uint32_t>(requests.size()));
  std::vector<Cidr> taken;
  for (const RangeRequest& request : requests) {
    if (request.range) taken.push_back(*request.range);
  }
  std::vector<MetanetworkRange> ranges;
  for (const RangeRequest& request : requests) {
    if (request.range) {
      ranges.push_back({request.metanetwork, *request.range});
      continue;
    }
    const std::vector<Cidr> blocks = free_blocks(vpc, size, taken);
    if (blocks.empty()) {
      throw VpcConfigError(
          fmt::format("{}_cidr=auto: no block of /{} is left in the VPC's range {}",
                      request.metanetwork, size, vpc.to_string()));
    }
    taken.push_back(blocks[random(blocks.size())]);
    ranges.push_back({request.metanetwork, taken.back()});
  }
  return ranges;
}

std::vector<Cidr> zone_ranges(const Cidr& range, std::size_t zones) {
  const int size = range.prefix_length() + bits_to_number(static_cast<std::uint32_t>(zones));
  if (size > address_bits) {
    throw VpcConfigError(
        fmt::format("range {} cannot be divided for {} zones", range.to_string(), zones));
  }
  std::vector<Cidr> blocks;
  for (std::uint32_t i = 0; i < zones; ++i) blocks.push_back(range.block(size, i));
  return blocks;
}

void check_sizes(const Cidr& vpc, const std::vector<MetanetworkRange>& ranges, std::size_t zones) {
  if (vpc.prefix_length() < shortest_vpc_prefix || vpc.prefix_length() > longest_prefix) {
    throw VpcConfigError(fmt::format("the VPC's range {} must be between /{} and /{}",
                                     vpc.to_string(), shortest_vpc_prefix, longest_prefix));
  }
  for (const MetanetworkRange& metanetwork : ranges) {
    const int size = zone_ranges(metanetwork.range, zones).front().prefix_length();
    if (size > longest_prefix) {
      throw VpcConfigError(fmt::format(
          "{}_cidr={} divided for {} zones gives subnets of /{}; AWS makes none beyond /{}",
          metanetwork.metanetwork, metanetwork.range.to_string(), zones, size, longest_prefix));
    }
  }
}

Ipv4Address address_by_offset(const std::vector<Cidr>& subnets, std::string_view offset,
                              std::string_view metanetwork) {
  const std::string_view text = trimmed(offset);
  const bool from_end = text.starts_with('-');
  const auto number = parse_integer(text.starts_with('+') || from_end ? text.substr(1) : text);
  if (!number || *number < 0) {
    throw IpRangeError(fmt::format("'{}' is no offset in metanetwork {}", offset, metanetwork));
  }
  if (subnets.empty()) {
    throw IpRangeError(fmt::format("metanetwork {} has no subnets", metanetwork));
  }
  const auto [lowest, highest] = std::ranges::minmax(subnets);
  const long long base = from_end ? highest.last().number() : lowest.first().number();
  constexpr long long largest = std::numeric_limits<std::uint32_t>::max();
  const long long distance = std::min(*number, largest + 1);
  const long long result = from_end ? base - distance : base + distance;
  if (result >= 0 && result <= largest) {
    const Ipv4Address address(static_cast<std::uint32_t>(result));
    for (const Cidr& subnet : subnets) {
      if (subnet.contains(address)) return address;
    }
  }
  throw IpRangeError(
      fmt::format("offset {} is not in the range of metanetwork {}", offset, metanetwork));
}

bool is_reserved(const Cidr& subnet, Ipv4Address address) {
  constexpr std::uint32_t reserved_at_start = 4;
  return subnet.contains(address) &&
         (address.number() - subnet.first().number() < reserved_at_start ||
          address == subnet.last());
}

}  // namespace asiaq::network
