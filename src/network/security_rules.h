// Ingress rules of metanetworks' security groups: grammar, what should be, what is, difference.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.h"

namespace asiaq::network {

constexpr int largest_port = 65535;

/// An inclusive range of ports; for ICMP type and code, with -1 for all.
struct PortRange {
  int from = 0;
  int to = 0;
  auto operator<=>(const PortRange&) const = default;
};

/// `443`, `0-1024`, an ICMP type, or `all`.
std::string to_string(const PortRange& ports);

/// Where traffic may come from.
struct Source {
  enum class Kind { range, metanetwork, group };
  Kind kind = Kind::range;
  /// A normalised CIDR, a metanetwork of the same VPC, or the id of a foreign security group.
  std::string value;
  auto operator<=>(const Source&) const = default;
};

/// One rule as AWS counts them: one protocol, one range of ports, one source. Normalised, so that
/// equal rules compare equal: protocol `tcp`, `udp`, `icmp`, `-1` or a number.
struct IngressRule {
  std::string protocol;
  PortRange ports;
  Source source;
  auto operator<=>(const IngressRule&) const = default;
};

/// `tcp 443 from 10.1.0.0/16`
std::string to_string(const IngressRule& rule);

/// A protocol in normal form: lower case; 6 is tcp, 17 udp, 1 icmp, `all` -1. Nothing special is
/// known of other words.
std::string normal_protocol(std::string_view protocol);

/// `443` or `0:1024`; -1 allowed. Throws VpcEnvironmentError without context.
PortRange parse_ports(std::string_view text);

/// The rules of one option `<metanetwork>_sg_rules`:
///
///     rules := rule ("," rule)*      rule := protocol source port+
///     source := "all" | CIDR | metanetwork      port := N | N ":" M
///
/// `all` is every metanetwork of `defined`. An empty text has no rules. Throws VpcEnvironmentError
/// quoting the rule and the metanetwork.
std::vector<IngressRule> parse_rules(std::string_view text, std::string_view metanetwork,
                                     const std::vector<std::string>& defined);

/// What the configuration says of ingress, besides the rules that follow from it.
struct RuleSettings {
  std::map<std::string, std::string> texts;  ///< By metanetwork: `<metanetwork>_sg_rules`.
  std::vector<std::string> customer_ports;   ///< `443`, `8000:8080`
  std::vector<Cidr> customer_ranges;
};

/// By metanetwork, sorted, without duplicates; an entry for every metanetwork.
using MetanetworkRules = std::map<std::string, std::vector<IngressRule>>;

/// All rules of an environment. A metanetwork with rules of its own also lets ICMP and DNS (UDP 53)
/// in from the whole VPC. Customer ports open dmz to the customers' ranges and to itself, and
/// intranet to dmz. Throws VpcEnvironmentError as parse_rules, or if there are customer ports
/// without a dmz.
MetanetworkRules desired_rules(const RuleSettings& settings,
                               const std::vector<std::string>& defined, const Cidr& vpc);

struct RuleDifference {
  std::vector<IngressRule> add;
  std::vector<IngressRule> revoke;
  bool empty() const { return add.empty() && revoke.empty(); }
};

/// Both sides may be in any order and have duplicates.
RuleDifference difference(std::vector<IngressRule> actual, std::vector<IngressRule> desired);

}  // namespace asiaq::network
