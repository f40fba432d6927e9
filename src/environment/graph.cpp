#include "environment/graph.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"

namespace asiaq::environment {

namespace {

/// A string of the language: only the quote needs an escape, and a backslash would be one.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char sign : text) {
    if (sign == '"' || sign == '\\') result += '\\';
    result += sign;
  }
  return result + '"';
}

/// A label of several lines.
std::string label(const std::vector<std::string>& lines) {
  std::string result = "\"";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string line = quoted(lines[i]);
    result += (i == 0 ? "" : "\\n") + line.substr(1, line.size() - 2);
  }
  return result + '"';
}

std::string metanetwork_node(const std::string& name) { return quoted("metanetwork " + name); }

/// Text of the arrows between the same two nodes, so that each pair has one arrow.
using Arrows = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

std::string drawn(const Arrows& arrows, const char* style) {
  std::string text;
  for (const auto& [ends, lines] : arrows) {
    text += fmt::format("  {} -> {} [label={}{}];\n", ends.first, ends.second, label(lines), style);
  }
  return text;
}

std::string metanetworks(const Description& description) {
  std::string text;
  for (const Description::Network& network : description.networks) {
    std::map<std::string, int> hosts;
    for (const Description::Host& host : description.hosts) {
      if (host.metanetwork != network.metanetwork) continue;
      ++hosts[host.hostclass.empty() ? "(no hostclass)" : host.hostclass];
    }
    std::vector<std::string> lines{network.metanetwork, network.range};
    for (const Description::Subnet& subnet : description.subnets) {
      if (subnet.metanetwork != network.metanetwork) continue;
      lines.push_back(fmt::format("{}  {}{}", subnet.zone, subnet.range,
                                  subnet.nat_gateway_id.empty() ? "" : "  NAT"));
    }
    for (const auto& [hostclass, count] : hosts) {
      lines.push_back(fmt::format("{} × {}", count, hostclass));
    }
    text += fmt::format("    {} [shape=box, label={}];\n", metanetwork_node(network.metanetwork),
                        label(lines));
  }
  return text;
}

std::string outer_node(const std::string& id) { return quoted("outside " + id); }

/// Ranges, groups and gateways that arrows come from or lead to.
std::string outside(const Description& description, const std::set<std::string>& sources) {
  std::string text;
  for (const Description::Gateway& gateway : description.gateways) {
    if (gateway.kind == "NAT gateway") continue;  // Drawn in its subnet.
    text += fmt::format("  {} [shape=house, label={}];\n", outer_node(gateway.id),
                        label({gateway.kind, gateway.id}));
  }
  for (const Description::Peering& peering : description.peerings) {
    text += fmt::format("  {} [shape=box3d, label={}];\n", outer_node(peering.id),
                        label({"VPC " + peering.other, peering.range, peering.status}));
  }
  for (const std::string& source : sources) {
    text += fmt::format("  {} [shape=ellipse, label={}];\n", outer_node(source), label({source}));
  }
  return text;
}

}  // namespace

std::string as_dot(const Description& description) {
  std::set<std::string> names;
  for (const auto& network : description.networks) names.insert(network.metanetwork);
  std::map<std::string, std::string> nat_networks;
  for (const auto& subnet : description.subnets) {
    if (!subnet.nat_gateway_id.empty()) nat_networks[subnet.nat_gateway_id] = subnet.metanetwork;
  }
  Arrows rules;
  std::set<std::string> sources;
  for (const Description::Rule& rule : description.rules) {
    const bool is_inside = names.contains(rule.source);
    if (!is_inside) sources.insert(rule.source);
    rules[{is_inside ? metanetwork_node(rule.source) : outer_node(rule.source),
           metanetwork_node(rule.metanetwork)}]
        .push_back(fmt::format("{} {}", rule.protocol, rule.ports));
  }
  Arrows routes;
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (const Description::Route& route : description.routes) {
    if (!names.contains(route.metanetwork)) continue;
    const auto nat = nat_networks.find(route.target);
    const std::string to =
        nat == nat_networks.end() ? outer_node(route.target) : metanetwork_node(nat->second);
    if (!seen.insert({route.metanetwork, to, route.destination}).second) continue;
    routes[{metanetwork_node(route.metanetwork), to}].push_back(route.destination);
  }
  return fmt::format("digraph {} {{\n", quoted(description.vpc.name)) +
         "  rankdir=LR;\n  node [fontname=\"Helvetica\", fontsize=10];\n"
         "  edge [fontname=\"Helvetica\", fontsize=8];\n" +
         fmt::format("  subgraph cluster_vpc {{\n    label={};\n",
                     label({description.vpc.name,
                            fmt::format("{} {} {}", description.vpc.type, description.vpc.id,
                                        description.vpc.cidr.to_string())})) +
         metanetworks(description) + "  }\n" + outside(description, sources) + drawn(rules, "") +
         drawn(routes, ", style=dashed") + "}\n";
}

std::string as_svg(const Description& description) {
  const char* hint = "install the package graphviz, or use --output dot";
  ProcessResult result;
  try {
    result = run_process({.arguments = {"dot", "-Tsvg"},
                          .standard_input = as_dot(description),
                          .error_stream = ProcessOptions::ErrorStream::apart});
  } catch (Error& error) {
    error.set_hint(hint);
    throw;
  }
  if (result.status != 0) {
    throw Error("Command",
                fmt::format("dot ended with status {}: {}", result.status, trimmed(result.errors)));
  }
  return result.output;
}

}  // namespace asiaq::environment
