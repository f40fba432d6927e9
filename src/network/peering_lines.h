// The lines of [peerings] in disco_vpc.ini, and which VPCs they mean. Pure.
//
//   connection_<anything>=ENDPOINT ENDPOINT        ENDPOINT := name[:type]/metanetwork
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "network/vpc.h"

namespace asiaq::network {

/// One side of a line.
struct PeeringEndpoint {
  std::string name;  ///< Of a VPC, or `*` for every VPC of the type.
  std::string type;  ///< Empty if it is not written.
  std::string metanetwork;
  bool operator==(const PeeringEndpoint&) const = default;
};

struct PeeringLine {
  std::string text;  ///< As written, for messages: `connection_1=build/tunnel ci/intranet`
  PeeringEndpoint first;
  PeeringEndpoint second;
};

/// Throws VpcConfigError quoting the line unless it is two endpoints, each with a metanetwork that
/// can exist; `*` stands only for names, and needs a type.
PeeringLine parse_peering_line(std::string_view option, std::string_view value);

/// Metanetworks of two VPCs between which there are routes: first and second VPC's.
using MetanetworkPair = std::pair<std::string, std::string>;

/// One connection that should be there, whatever the number of lines that ask for it.
struct WantedPeering {
  Vpc first;  ///< Requests the connection if there is none.
  Vpc second;
  std::set<MetanetworkPair> metanetworks;

  bool touches(std::string_view vpc_id) const;
};

/// Says whether a VPC has a metanetwork.
using HasMetanetwork = std::function<bool(const Vpc&, const std::string& metanetwork)>;

/// What the lines mean among these VPCs, as far as it touches the VPC `only` where that is given:
/// one entry per pair. Lines about a VPC that is not there are left out; so are those with another
/// type than the VPC's, with a warning. Never pairs a VPC with itself. Throws VpcEnvironmentError
/// naming the VPC and its type if it lacks the metanetwork, or, with all ids, if several VPCs have
/// a name.
std::vector<WantedPeering> wanted_peerings(const std::vector<PeeringLine>& lines,
                                           const std::vector<Vpc>& vpcs,
                                           const HasMetanetwork& has_metanetwork,
                                           const std::optional<std::string>& only = {});

}  // namespace asiaq::network
