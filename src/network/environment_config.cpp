#include "network/environment_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "network/error.h"
#include "network/names.h"

namespace asiaq::network {

namespace {

constexpr const char* list_separators = " \t\r\n,";
constexpr int largest_prefix_length = 32;
constexpr std::size_t most_ntp_servers = 4;

/// Options of one environment by name, with errors that name option and value.
class Options {
 public:
  explicit Options(const OptionLookup& lookup) : lookup_(lookup) {}

  std::string text(const std::string& option) const {
    return std::string(trimmed(lookup_(option).value_or("")));
  }

  std::vector<std::string> list(const std::string& option) const {
    return words(text(option), list_separators);
  }

  std::optional<Cidr> range(const std::string& option) const {
    const std::string value = text(option);
    if (value.empty()) return {};
    return parsed_range(option, value);
  }

  std::vector<Cidr> ranges(const std::string& option) const {
    std::vector<Cidr> result;
    for (const std::string& value : list(option)) result.push_back(parsed_range(option, value));
    return result;
  }

  std::optional<long long> number(const std::string& option, long long smallest,
                                  long long largest) const {
    const std::string value = text(option);
    if (value.empty()) return {};
    const auto number = parse_integer(value);
    if (!number || *number < smallest || *number > largest) {
      throw VpcConfigError(
          fmt::format("{}={} is no number from {} to {}", option, value, smallest, largest));
    }
    return number;
  }

 private:
  static Cidr parsed_range(const std::string& option, const std::string& value) {
    const auto range = Cidr::parse(value);
    if (!range) throw VpcConfigError(fmt::format("{}={} is no IPv4 range", option, value));
    return *range;
  }

  const OptionLookup& lookup_;
};

void read_vpc_range(const Options& options, EnvironmentConfig& config) {
  config.vpc_range = options.range("vpc_cidr");
  if (config.vpc_range) return;
  config.pool = options.range("ip_space");
  if (const auto length = options.number("vpc_cidr_size", 0, largest_prefix_length)) {
    config.vpc_prefix_length = static_cast<int>(*length);
  }
  if (!config.pool || !config.vpc_prefix_length) {
    throw VpcConfigError(fmt::format(
        "environment type {} has no range: give vpc_cidr, or both ip_space and vpc_cidr_size{}",
        config.type,
        config.pool ? " (vpc_cidr_size is missing)"
                    : (config.vpc_prefix_length ? " (ip_space is missing)" : "")));
  }
}

void read_metanetworks(const Options& options, EnvironmentConfig& config) {
  for (const MetanetworkKind& kind : metanetwork_kinds) {
    const std::string name(kind.name);
    const std::string option = name + "_cidr";
    const std::string value = options.text(option);
    if (value.empty()) continue;
    if (lower_case(value) == "auto") {
      config.metanetworks.push_back({name, {}});
    } else {
      config.metanetworks.push_back({name, options.range(option)});
    }
  }
  if (config.metanetworks.empty()) {
    throw VpcConfigError(
        fmt::format("environment type {} defines no metanetwork: give at least one of the options "
                    "intranet_cidr, "
                    "tunnel_cidr, dmz_cidr, maintenance_cidr",
                    config.type));
  }
}

void read_rules(const Options& options, EnvironmentConfig& config) {
  const std::vector<std::string> names = config.metanetwork_names();
  for (const std::string& name : names) {
    config.rules.texts[name] = options.text(name + "_sg_rules");
  }
  config.rules.customer_ports = options.list("customer_ports");
  config.rules.customer_ranges = options.ranges("customer_cidr");
  // Every error shows with any range; the real one may be known only later.
  desired_rules(config.rules, names, Cidr());
}

void read_routes(const Options& options, EnvironmentConfig& config) {
  for (const std::string& name : config.metanetwork_names()) {
    GatewayRoutes& routes = config.routes[name];
    for (const Cidr& range : options.ranges(name + "_igw_routes")) {
      routes[range] = Gateway::internet;
    }
    for (const Cidr& range : options.ranges(name + "_vgw_routes")) {
      if (const auto other = routes.find(range);
          other != routes.end() && other->second != Gateway::vpn) {
        throw VpcConfigError(fmt::format("{} is in both {}_igw_routes and {}_vgw_routes",
                                         range.to_string(), name, name));
      }
      routes[range] = Gateway::vpn;
    }
  }
}

void read_nat_gateways(const Options& options, EnvironmentConfig& config) {
  for (const std::string& name : config.metanetwork_names()) {
    const std::string option = name + "_nat_gateways";
    const std::vector<std::string> values = options.list(option);
    if (values.empty()) continue;
    NatSettings settings;
    if (values.size() == 1 && lower_case(values.front()) == "auto") {
      settings.automatic = true;
    } else {
      for (const std::string& value : values) {
        const auto address = Ipv4Address::parse(value);
        if (!address) throw EipConfigError(fmt::format("{}: '{}' is no address", option, value));
        settings.addresses.push_back(address->to_string());
      }
      std::vector<std::string> sorted = settings.addresses;
      std::ranges::sort(sorted);
      if (const auto repeated = std::ranges::adjacent_find(sorted); repeated != sorted.end()) {
        throw EipConfigError(fmt::format("{} names {} twice", option, *repeated));
      }
    }
    config.nat_gateways[name] = settings;
  }
}

void read_nat_routes(const Options& options, EnvironmentConfig& config) {
  const std::vector<std::string> names = config.metanetwork_names();
  const auto check_known = [&](const std::string& pair, const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) {
      throw VpcConfigError(
          fmt::format("nat_gateway_routes: '{}': there is no metanetwork '{}'", pair, name));
    }
  };
  for (const std::string& pair : options.list("nat_gateway_routes")) {
    const std::vector<std::string> sides = split(pair, '/');
    if (sides.size() != 2) {
      throw VpcConfigError(
          fmt::format("nat_gateway_routes: '{}' is not of the form source/destination", pair));
    }
    check_known(pair, sides[0]);
    check_known(pair, sides[1]);
    if (!config.nat_gateways.contains(sides[1])) {
      throw VpcConfigError(fmt::format(
          "nat_gateway_routes: '{}': {}_nat_gateways is not configured", pair, sides[1]));
    }
    if (const auto [entry, is_new] = config.nat_routes.emplace(sides[0], sides[1]);
        !is_new && entry->second != sides[1]) {
      throw VpcConfigError(fmt::format("nat_gateway_routes has two destinations for {}", sides[0]));
    }
    if (config.routes[sides[0]].contains(Cidr())) {
      throw VpcConfigError(fmt::format(
          "nat_gateway_routes: '{}': {} has a route for 0.0.0.0/0 to another gateway already", pair,
          sides[0]));
    }
  }
}

void read_dhcp(const Options& options, EnvironmentConfig& config) {
  DhcpSettings& dhcp = config.dhcp;
  dhcp.domain_name = options.text("domain_name");
  dhcp.internal_dns = options.text("internal_dns");
  dhcp.external_dns = options.text("external_dns");
  dhcp.ntp_servers = options.list("ntp_server");
  if (dhcp.ntp_servers.size() > most_ntp_servers) {
    throw VpcConfigError(fmt::format("ntp_server names {} servers; AWS hands out at most {}",
                                     dhcp.ntp_servers.size(), most_ntp_servers));
  }
  if (!dhcp.ntp_servers.empty()) return;
  dhcp.ntp_server_metanetwork = options.text("ntp_server_metanetwork");
  dhcp.ntp_server_offset = options.text("ntp_server_offset");
  if (dhcp.ntp_server_metanetwork.empty() != dhcp.ntp_server_offset.empty()) {
    throw VpcConfigError("ntp_server_metanetwork and ntp_server_offset belong together");
  }
  const std::vector<std::string> names = config.metanetwork_names();
  if (!dhcp.ntp_server_metanetwork.empty() &&
      std::ranges::find(names, dhcp.ntp_server_metanetwork) == names.end()) {
    throw VpcConfigError(
        fmt::format("ntp_server_metanetwork={} is no metanetwork of this environment",
                    dhcp.ntp_server_metanetwork));
  }
}

}  // namespace

std::vector<std::string> EnvironmentConfig::metanetwork_names() const {
  std::vector<std::string> names;
  for (const RangeRequest& request : metanetworks) names.push_back(request.metanetwork);
  return names;
}

EnvironmentConfig read_environment_config(const std::string& name, const std::string& type,
                                          const OptionLookup& lookup) {
  const Options options(lookup);
  EnvironmentConfig config;
  config.name = name;
  config.type = type;
  return with_context(fmt::format("environment {} of type {}", name, type), [&] {
    read_vpc_range(options, config);
    read_metanetworks(options, config);
    read_rules(options, config);
    read_routes(options, config);
    read_nat_gateways(options, config);
    read_nat_routes(options, config);
    read_dhcp(options, config);
    if (const auto zones = options.number("max_zones", 1, 64)) {
      config.max_zones = static_cast<std::size_t>(*zones);
    }
    if (const std::string endpoint = options.text("s3_endpoint"); !endpoint.empty()) {
      config.s3_endpoint = is_truthy(endpoint);
    }
    config.application = options.text("application");
    return config;
  });
}

AddressPlan plan_addresses(const EnvironmentConfig& config, std::size_t zones,
                           const std::vector<Cidr>& occupied, const Random& random) {
  return with_context(fmt::format("environment {} of type {}", config.name, config.type), [&] {
    AddressPlan plan;
    plan.vpc = config.vpc_range
                   ? *config.vpc_range
                   : choose_vpc_range(*config.pool, *config.vpc_prefix_length, occupied, random);
    plan.metanetworks = choose_metanetwork_ranges(plan.vpc, config.metanetworks, random);
    check_sizes(plan.vpc, plan.metanetworks, zones);
    return plan;
  });
}

}  // namespace asiaq::network
