#include "network/security_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "network/error.h"

namespace asiaq::network {

namespace {

constexpr int dns_port = 53;
constexpr std::size_t fewest_words = 3;

void sort_unique(std::vector<IngressRule>& rules) {
  std::ranges::sort(rules);
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
}

std::vector<Source> parse_source(const std::string& word, const std::vector<std::string>& defined) {
  if (lower_case(word) == "all") {
    std::vector<Source> sources;
    for (const std::string& name : defined) sources.push_back({Source::Kind::metanetwork, name});
    return sources;
  }
  if (word.find('/') != std::string::npos) {
    const auto range = Cidr::parse(word);
    if (!range) throw VpcEnvironmentError(fmt::format("'{}' is no IPv4 range", word));
    return {{Source::Kind::range, range->to_string()}};
  }
  if (std::ranges::find(defined, word) == defined.end()) {
    throw VpcEnvironmentError(fmt::format(
        "source '{}' is neither 'all', nor a range, nor a metanetwork of this environment ({})",
        word, join(defined, ", ")));
  }
  return {{Source::Kind::metanetwork, word}};
}

bool is_known_protocol(const std::string& protocol) {
  if (protocol == "tcp" || protocol == "udp" || protocol == "icmp" || protocol == "icmpv6" ||
      protocol == "-1") {
    return true;
  }
  const auto number = parse_integer(protocol);
  return number && *number >= 0 && *number <= 255;
}

std::vector<IngressRule> parse_rule(const std::string& text,
                                    const std::vector<std::string>& defined) {
  const std::vector<std::string> parts = words(text);
  if (parts.size() < fewest_words) {
    throw VpcEnvironmentError("a rule is a protocol, a source and at least one port");
  }
  const std::string protocol = normal_protocol(parts[0]);
  if (!is_known_protocol(protocol)) {
    throw VpcEnvironmentError(fmt::format("unknown protocol '{}'", parts[0]));
  }
  const std::vector<Source> sources = parse_source(parts[1], defined);
  std::vector<IngressRule> rules;
  for (std::size_t i = 2; i < parts.size(); ++i) {
    PortRange ports = parse_ports(parts[i]);
    if (protocol == "-1") ports = {0, largest_port};
    for (const Source& source : sources) rules.push_back({protocol, ports, source});
  }
  return rules;
}

void add_customer_rules(const RuleSettings& settings, const std::vector<std::string>& defined,
                        MetanetworkRules& rules) {
  if (settings.customer_ports.empty()) return;
  if (std::ranges::find(defined, "dmz") == defined.end()) {
    throw VpcConfigError("customer_ports needs a dmz metanetwork (dmz_cidr)");
  }
  const Source dmz{Source::Kind::metanetwork, "dmz"};
  for (const std::string& text : settings.customer_ports) {
    const PortRange ports =
        with_context(fmt::format("customer_ports: '{}'", text), [&] { return parse_ports(text); });
    for (const Cidr& range : settings.customer_ranges) {
      rules["dmz"].push_back({"tcp", ports, {Source::Kind::range, range.to_string()}});
    }
    rules["dmz"].push_back({"tcp", ports, dmz});
    if (const auto intranet = rules.find("intranet"); intranet != rules.end()) {
      intranet->second.push_back({"tcp", ports, dmz});
    }
  }
}

}  // namespace

std::string to_string(const PortRange& ports) {
  if (ports.from == -1) return "all";
  if (ports.to == ports.from || ports.to == -1) return std::to_string(ports.from);
  return fmt::format("{}-{}", ports.from, ports.to);
}

std::string to_string(const IngressRule& rule) {
  return fmt::format("{} {} from {}", rule.protocol, to_string(rule.ports), rule.source.value);
}

std::string normal_protocol(std::string_view protocol) {
  std::string word = lower_case(protocol);
  if (word == "6") return "tcp";
  if (word == "17") return "udp";
  if (word == "1") return "icmp";
  if (word == "all") return "-1";
  return word;
}

PortRange parse_ports(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto from = parse_integer(text.substr(0, colon));
  const auto to = colon == std::string_view::npos ? from : parse_integer(text.substr(colon + 1));
  const auto is_port = [](long long number) { return number >= -1 && number <= largest_port; };
  if (!from || !to || !is_port(*from) || !is_port(*to)) {
    throw VpcEnvironmentError(fmt::format("'{}' is no port and no range of ports", text));
  }
  return {static_cast<int>(*from), static_cast<int>(*to)};
}

std::vector<IngressRule> parse_rules(std::string_view text, std::string_view metanetwork,
                                     const std::vector<std::string>& defined) {
  std::vector<IngressRule> rules;
  if (trimmed(text).empty()) return rules;
  for (const std::string& part : split(text, ',')) {
    const std::string rule(trimmed(part));
    with_context(fmt::format("security group rule '{}' of metanetwork {}", rule, metanetwork),
                 [&] { std::ranges::copy(parse_rule(rule, defined), std::back_inserter(rules)); });
  }
  return rules;
}

MetanetworkRules desired_rules(const RuleSettings& settings,
                               const std::vector<std::string>& defined, const Cidr& vpc) {
  MetanetworkRules rules;
  const Source whole_vpc{Source::Kind::range, vpc.to_string()};
  for (const std::string& metanetwork : defined) {
    std::vector<IngressRule>& own = rules[metanetwork];
    const auto text = settings.texts.find(metanetwork);
    if (text == settings.texts.end()) continue;
    own = parse_rules(text->second, metanetwork, defined);
    if (own.empty()) continue;
    own.push_back({"icmp", {-1, -1}, whole_vpc});
    own.push_back({"udp", {dns_port, dns_port}, whole_vpc});
  }
  add_customer_rules(settings, defined, rules);
  for (auto& [metanetwork, own] : rules) sort_unique(own);
  return rules;
}

RuleDifference difference(std::vector<IngressRule> actual, std::vector<IngressRule> desired) {
  sort_unique(actual);
  sort_unique(desired);
  RuleDifference result;
  std::ranges::set_difference(desired, actual, std::back_inserter(result.add));
  std::ranges::set_difference(actual, desired, std::back_inserter(result.revoke));
  return result;
}

}  // namespace asiaq::network
