#include "network/security_group.h"

#include <fmt/format.h>

#include "aws/ec2/client.h"
#include "aws/error.h"
#include "network/names.h"
#include "network/tags.h"

namespace asiaq::network {

namespace {

using Groups = std::map<std::string, Reference>;

/// Group ids in place of the names of this VPC's metanetworks, so that observed and desired rules
/// compare.
void collect_rules(const aws::ec2::SecurityGroup& group,
                   const std::map<std::string, std::string>& metanetwork_by_id,
                   std::vector<IngressRule>& rules) {
  for (const aws::ec2::IpPermission& permission : group.ip_permissions) {
    IngressRule rule;
    rule.protocol = normal_protocol(permission.ip_protocol.value_or("-1"));
    rule.ports = {permission.from_port.value_or(0), permission.to_port.value_or(largest_port)};
    for (const aws::ec2::IpRange& range : permission.ip_ranges) {
      const auto cidr = Cidr::parse(range.cidr_ip.value_or(""));
      if (!cidr) continue;
      rule.source = {Source::Kind::range, cidr->to_string()};
      rules.push_back(rule);
    }
    for (const aws::ec2::UserIdGroupPair& pair : permission.user_id_group_pairs) {
      const std::string id = pair.group_id.value_or("");
      const auto own = metanetwork_by_id.find(id);
      rule.source = own == metanetwork_by_id.end() ? Source{Source::Kind::group, id}
                                                   : Source{Source::Kind::metanetwork, own->second};
      rules.push_back(rule);
    }
  }
}

/// One permission per protocol and range of ports, with all its sources.
aws::List<aws::ec2::IpPermission> permissions(const std::vector<IngressRule>& rules,
                                              const Groups& groups) {
  std::map<std::pair<std::string, PortRange>, aws::ec2::IpPermission> by_ports;
  for (const IngressRule& rule : rules) {
    aws::ec2::IpPermission& permission = by_ports[{rule.protocol, rule.ports}];
    permission.ip_protocol = rule.protocol;
    if (rule.protocol != "-1") {
      permission.from_port = rule.ports.from;
      permission.to_port = rule.ports.to;
    }
    switch (rule.source.kind) {
      case Source::Kind::range:
        permission.ip_ranges.push_back({.cidr_ip = rule.source.value});
        break;
      case Source::Kind::metanetwork:
        permission.user_id_group_pairs.push_back({.group_id = groups.at(rule.source.value).id()});
        break;
      case Source::Kind::group:
        permission.user_id_group_pairs.push_back({.group_id = rule.source.value});
        break;
    }
  }
  aws::List<aws::ec2::IpPermission> result;
  for (auto& [ports, permission] : by_ports) result.push_back(std::move(permission));
  return result;
}

/// All rules in one call; where one of them is as wanted already, AWS refuses the whole call, and
/// each goes alone.
template <class Call>
void write_rules(const std::vector<IngressRule>& rules, const char* already, const Call& call) {
  try {
    call(rules);
    return;
  } catch (const aws::ServiceError& error) {
    if (!error.has_code(already)) throw;
  }
  for (const IngressRule& rule : rules) {
    try {
      call({rule});
    } catch (const aws::ServiceError& error) {
      if (!error.has_code(already)) throw;
    }
  }
}

void authorize(const aws::ec2::Client& ec2, const Reference& group, const Groups& groups,
               const std::vector<IngressRule>& rules) {
  write_rules(rules, "InvalidPermission.Duplicate", [&](const std::vector<IngressRule>& some) {
    ec2.authorize_security_group_ingress(
        {.group_id = group.id(), .ip_permissions = permissions(some, groups)});
  });
}

void revoke(const aws::ec2::Client& ec2, const Reference& group, const Groups& groups,
            const std::vector<IngressRule>& rules) {
  write_rules(rules, "InvalidPermission.NotFound", [&](const std::vector<IngressRule>& some) {
    ec2.revoke_security_group_ingress(
        {.group_id = group.id(), .ip_permissions = permissions(some, groups)});
  });
}

/// Where the group cannot hold old and new rules at once, the old ones make room.
void add_rules(const aws::ec2::Client& ec2, const Reference& group, const Groups& groups,
               const RuleDifference& difference) {
  try {
    authorize(ec2, group, groups, difference.add);
  } catch (const aws::ServiceError& error) {
    if (!error.has_code("RulesPerSecurityGroupLimitExceeded") || difference.revoke.empty()) throw;
    revoke(ec2, group, groups, difference.revoke);
    authorize(ec2, group, groups, difference.add);
  }
}

std::vector<std::string> lines(const char* verb, const std::vector<IngressRule>& rules) {
  std::vector<std::string> result;
  for (const IngressRule& rule : rules) {
    result.push_back(fmt::format("{} {}", verb, to_string(rule)));
  }
  return result;
}

}  // namespace

std::map<std::string, SecurityGroup> observe_security_groups(const aws::ec2::Client& ec2,
                                                             const std::string& vpc_id) {
  const auto groups =
      ec2.describe_security_groups_all({.filters = {{.name = "vpc-id", .values = {vpc_id}}}});
  std::map<std::string, std::string> metanetwork_by_id;
  for (const aws::ec2::SecurityGroup& group : groups) {
    if (const std::string name = tag_value(group.tags, tag::metanetwork); !name.empty()) {
      metanetwork_by_id[group.group_id.value_or("")] = name;
    }
  }
  std::map<std::string, SecurityGroup> result;
  for (const aws::ec2::SecurityGroup& group : groups) {
    const auto found = metanetwork_by_id.find(group.group_id.value_or(""));
    if (found == metanetwork_by_id.end()) continue;
    SecurityGroup& entry = result[found->second];
    entry.id = found->first;
    collect_rules(group, metanetwork_by_id, entry.ingress);
  }
  return result;
}

std::vector<plan::ChangeId> add_rule_changes(plan::Plan& plan, const aws::ec2::Client& ec2,
                                             const std::string& environment,
                                             const std::string& metanetwork,
                                             const RuleDifference& difference,
                                             const Groups& groups) {
  std::vector<plan::ChangeId> changes;
  std::vector<plan::ChangeId> before;
  for (const auto& [name, group] : groups) {
    before.insert(before.end(), group.after.begin(), group.after.end());
  }
  const plan::Resource resource{.kind = "security group rules",
                                .name = group_name(environment, metanetwork)};
  const Reference own = groups.at(metanetwork);
  if (!difference.add.empty()) {
    changes.push_back(plan.add({
        .verb = plan::Verb::create,
        .resource = resource,
        .details = lines("add", difference.add),
        .carry_out = [ec2, own, groups, difference] { add_rules(ec2, own, groups, difference); },
        .after = before,
    }));
  }
  if (!difference.revoke.empty()) {
    before.insert(before.end(), changes.begin(), changes.end());
    changes.push_back(plan.add({
        .verb = plan::Verb::remove,
        .resource = resource,
        .details = lines("revoke", difference.revoke),
        .carry_out = [ec2, own, groups,
                      rules = difference.revoke] { revoke(ec2, own, groups, rules); },
        .after = before,
    }));
  }
  return changes;
}

}  // namespace asiaq::network
