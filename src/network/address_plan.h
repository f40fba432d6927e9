// Which addresses an environment, its metanetworks and their subnets have. Pure arithmetic.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.h"

namespace asiaq::network {

/// A number from 0 to `count` - 1, each equally likely. `count` >= 1.
using Random = std::function<std::size_t(std::size_t count)>;

/// Seeded from the machine; for everything but tests. Not thread-safe.
Random machine_random();

/// What the configuration says of one metanetwork's range.
struct RangeRequest {
  std::string metanetwork;
  std::optional<Cidr> range;  ///< Nothing: `auto`.
};

struct MetanetworkRange {
  std::string metanetwork;
  Cidr range;
  bool operator==(const MetanetworkRange&) const = default;
};

/// The aligned blocks of `prefix_length` inside `pool` that overlap nothing in `occupied`.
std::vector<Cidr> free_blocks(const Cidr& pool, int prefix_length,
                              const std::vector<Cidr>& occupied);

/// One of the free blocks by chance. Throws VpcConfigError if none is free.
Cidr choose_vpc_range(const Cidr& pool, int prefix_length, const std::vector<Cidr>& occupied,
                      const Random& random);

/// The range of every metanetwork, in the order of `requests`. Static ones stay as they are; the
/// VPC's range is cut into as many equal blocks as there are metanetworks (rounded up to a power
/// of two), and every `auto` one gets one that is still free, by chance. Throws VpcConfigError
/// naming the metanetwork if there is none left, a static one lies outside the VPC or two overlap.
std::vector<MetanetworkRange> choose_metanetwork_ranges(const Cidr& vpc,
                                                        const std::vector<RangeRequest>& requests,
                                                        const Random& random);

/// One block per zone, in the order of the zones; what is left of the range stays unused. `zones`
/// >= 1. Throws VpcConfigError if a block would need more than 32 bits of prefix.
std::vector<Cidr> zone_ranges(const Cidr& range, std::size_t zones);

/// Throws VpcConfigError where AWS would refuse: a VPC's prefix length must be 16 to 28, a
/// subnet's at most 28.
void check_sizes(const Cidr& vpc, const std::vector<MetanetworkRange>& ranges, std::size_t zones);

/// Address by offset within the subnets of a metanetwork: `+5` or `5` counts from the lowest
/// address of the lowest subnet, `-2` back from the last address of the highest. Throws
/// IpRangeError naming the metanetwork if the text is no integer or the address is in no subnet.
Ipv4Address address_by_offset(const std::vector<Cidr>& subnets, std::string_view offset,
                              std::string_view metanetwork);

/// True for the addresses that AWS keeps for itself: the first four and the last of a subnet.
bool is_reserved(const Cidr& subnet, Ipv4Address address);

}  // namespace asiaq::network
