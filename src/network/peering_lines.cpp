#include "network/peering_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "network/error.h"
#include "network/names.h"

namespace asiaq::network {

namespace {

constexpr std::string_view any = "*";

PeeringEndpoint parse_endpoint(const std::string& word) {
  const std::size_t slash = word.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == word.size()) {
    throw VpcConfigError(fmt::format("'{}' is not of the form name[:type]/metanetwork", word));
  }
  const std::string vpc = word.substr(0, slash);
  const std::size_t colon = vpc.find(':');
  PeeringEndpoint endpoint{.name = vpc.substr(0, colon), .metanetwork = word.substr(slash + 1)};
  if (colon != std::string::npos) {
    endpoint.type = vpc.substr(colon + 1);
    if (endpoint.name.empty() || endpoint.type.empty()) {
      throw VpcConfigError(fmt::format("'{}' lacks a name or a type around ':'", word));
    }
  }
  if (endpoint.name == any && endpoint.type.empty()) {
    throw VpcConfigError(fmt::format("'{}' needs a type: *:type/metanetwork", word));
  }
  if (endpoint.type == any) {
    throw VpcConfigError(fmt::format("'{}': * stands for names, not for types", word));
  }
  if (!metanetwork_position(endpoint.metanetwork)) {
    throw VpcConfigError(
        fmt::format("'{}': there is no metanetwork '{}'", word, endpoint.metanetwork));
  }
  return endpoint;
}

std::vector<Vpc> with_name(const std::vector<Vpc>& vpcs, const std::string& name) {
  std::vector<Vpc> found;
  std::ranges::copy_if(vpcs, std::back_inserter(found),
                       [&](const Vpc& vpc) { return vpc.name == name; });
  if (found.size() > 1) {
    std::vector<std::string> ids;
    for (const Vpc& vpc : found) ids.push_back(vpc.id);
    throw VpcEnvironmentError(
        fmt::format("several VPCs have the name {}: {}", name, join(ids, ", ")));
  }
  return found;
}

/// The VPCs that one side of a line means.
std::vector<Vpc> meant(const PeeringEndpoint& endpoint, const std::vector<Vpc>& vpcs) {
  if (endpoint.name != any) {
    std::vector<Vpc> found = with_name(vpcs, endpoint.name);
    if (found.empty()) {
      log::debug("No VPC {} is up: nothing is peered with it", endpoint.name);
    } else if (!endpoint.type.empty() && found.front().type != endpoint.type) {
      log::warning("VPC {} is of type {}, not {}: it is not peered", endpoint.name,
                   found.front().type.empty() ? "-" : found.front().type, endpoint.type);
      found.clear();
    }
    return found;
  }
  std::vector<Vpc> found;
  std::ranges::copy_if(vpcs, std::back_inserter(found), [&](const Vpc& vpc) {
    return vpc.type == endpoint.type && !vpc.name.empty();
  });
  return found;
}

void check_metanetwork(const Vpc& vpc, const std::string& metanetwork,
                       const HasMetanetwork& has_metanetwork) {
  if (has_metanetwork(vpc, metanetwork)) return;
  throw VpcEnvironmentError(fmt::format("VPC {} of type {} has no metanetwork {}", vpc.name,
                                        vpc.type.empty() ? "-" : vpc.type, metanetwork));
}

void add(std::vector<WantedPeering>& wanted, const Vpc& first, const Vpc& second,
         const MetanetworkPair& pair) {
  for (WantedPeering& peering : wanted) {
    if (peering.first.id == first.id && peering.second.id == second.id) {
      peering.metanetworks.insert(pair);
      return;
    }
    if (peering.first.id == second.id && peering.second.id == first.id) {
      peering.metanetworks.insert({pair.second, pair.first});
      return;
    }
  }
  wanted.push_back({.first = first, .second = second, .metanetworks = {pair}});
}

}  // namespace

PeeringLine parse_peering_line(std::string_view option, std::string_view value) {
  PeeringLine line{.text = fmt::format("{}={}", option, trimmed(value))};
  return with_context(fmt::format("peering '{}'", line.text), [&] {
    const std::vector<std::string> sides = words(value);
    if (sides.size() != 2) {
      throw VpcConfigError("a peering has two endpoints of the form name[:type]/metanetwork");
    }
    line.first = parse_endpoint(sides[0]);
    line.second = parse_endpoint(sides[1]);
    return line;
  });
}

bool WantedPeering::touches(std::string_view vpc_id) const {
  return first.id == vpc_id || second.id == vpc_id;
}

std::vector<WantedPeering> wanted_peerings(const std::vector<PeeringLine>& lines,
                                           const std::vector<Vpc>& vpcs,
                                           const HasMetanetwork& has_metanetwork,
                                           const std::optional<std::string>& only) {
  std::vector<WantedPeering> wanted;
  for (const PeeringLine& line : lines) {
    with_context(fmt::format("peering '{}'", line.text), [&] {
      for (const Vpc& first : meant(line.first, vpcs)) {
        for (const Vpc& second : meant(line.second, vpcs)) {
          if (first.id == second.id) continue;
          if (only && first.id != *only && second.id != *only) continue;
          check_metanetwork(first, line.first.metanetwork, has_metanetwork);
          check_metanetwork(second, line.second.metanetwork, has_metanetwork);
          add(wanted, first, second, {line.first.metanetwork, line.second.metanetwork});
        }
      }
    });
  }
  return wanted;
}

}  // namespace asiaq::network
