#include "cli/vpc_show.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace asiaq::cli {

namespace {

using environment::Description;

/// One table: all its cells are text, and empty ones are "nothing" in JSON.
struct Section {
  std::string title;
  std::string kind;  ///< Of each row, in JSON.
  std::vector<std::string> keys;
  std::vector<std::vector<std::string>> rows;
};

template <class Row, class Cells>
Section section(std::string title, std::string kind, std::vector<std::string> keys,
                const std::vector<Row>& rows, const Cells& cells) {
  Section result{std::move(title), std::move(kind), std::move(keys), {}};
  for (const Row& row : rows) result.rows.push_back(cells(row));
  return result;
}

std::vector<Section> sections(const Description& description) {
  using Cells = std::vector<std::string>;
  using D = Description;
  const network::Vpc& vpc = description.vpc;
  return {
      {"environment",
       "vpc",
       {"name", "type", "cidr", "id", "state"},
       {{vpc.name, vpc.type, vpc.cidr.to_string(), vpc.id,
         vpc.is_unfinished() ? "unfinished" : vpc.state}}},
      section("metanetworks", "metanetwork", {"metanetwork", "cidr", "security_group_id"},
              description.networks,
              [](const D::Network& each) {
                return Cells{each.metanetwork, each.range, each.group_id};
              }),
      section("subnets", "subnet",
              {"metanetwork", "zone", "cidr", "id", "route_table_id", "nat_gateway_id"},
              description.subnets,
              [](const D::Subnet& each) {
                return Cells{each.metanetwork, each.zone,     each.range,
                             each.id,          each.table_id, each.nat_gateway_id};
              }),
      section("rules", "rule", {"metanetwork", "protocol", "ports", "source"}, description.rules,
              [](const D::Rule& each) {
                return Cells{each.metanetwork, each.protocol, each.ports, each.source};
              }),
      section(
          "routes", "route", {"metanetwork", "zone", "destination", "target", "route_table_id"},
          description.routes,
          [](const D::Route& each) {
            return Cells{each.metanetwork, each.zone, each.destination, each.target, each.table_id};
          }),
      section("gateways", "gateway", {"gateway", "id", "details"}, description.gateways,
              [](const D::Gateway& each) {
                return Cells{each.kind, each.id, each.where};
              }),
      section("peerings", "peering", {"id", "status", "other", "other_cidr"}, description.peerings,
              [](const D::Peering& each) {
                return Cells{each.id, each.status, each.other, each.range};
              }),
      section("hosts", "host", {"metanetwork", "hostclass", "id", "state", "private_ip", "zone"},
              description.hosts,
              [](const D::Host& each) {
                return Cells{each.metanetwork, each.hostclass, each.id,
                             each.state,       each.address,   each.zone};
              }),
  };
}

std::string as_text(const Section& section) {
  std::vector<std::size_t> widths;
  for (const std::string& key : section.keys) widths.push_back(key.size());
  for (const auto& row : section.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text = "  ";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += left_aligned(cells[i].empty() ? "-" : cells[i], widths[i] + 2);
    }
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = section.title + "\n" + line(section.keys);
  for (const auto& row : section.rows) text += line(row);
  return text;
}

}  // namespace

void print_description(Context& context, const Description& description) {
  std::string text;
  std::vector<std::vector<std::pair<std::string, Fact>>> objects;
  for (const Section& each : sections(description)) {
    if (each.rows.empty()) continue;
    text += (text.empty() ? "" : "\n") + as_text(each);
    for (const auto& row : each.rows) {
      auto& object = objects.emplace_back();
      object.emplace_back("kind", each.kind);
      for (std::size_t i = 0; i < row.size(); ++i) {
        object.emplace_back(each.keys[i], row[i].empty() ? Fact() : Fact(row[i]));
      }
    }
  }
  context.output().write(context.output_format() == OutputFormat::json ? json_rows(objects) : text);
}

}  // namespace asiaq::cli
