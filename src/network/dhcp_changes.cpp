#include "network/dhcp_changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/absence.h"
#include "aws/ec2/client.h"
#include "base/text.h"
#include "network/names.h"
#include "network/repeating.h"
#include "network/tags.h"

namespace asiaq::network {

namespace {

aws::List<aws::ec2::NewDhcpConfiguration> configurations(const DhcpOptions& options) {
  aws::List<aws::ec2::NewDhcpConfiguration> result;
  for (const auto& [key, values] : options) {
    result.push_back({.key = key, .values = {values.begin(), values.end()}});
  }
  return result;
}

std::vector<std::string> lines(const DhcpOptions& options) {
  std::vector<std::string> result;
  for (const auto& [key, values] : options) {
    result.push_back(fmt::format("{} {}", key, join(values, " ")));
  }
  return result;
}

/// A set that the original tools made does not say of which VPC it is; once it is no longer
/// attached nobody could tell.
std::vector<plan::ChangeId> add_claim(plan::Plan& plan, const aws::ec2::Client& ec2,
                                      const DhcpTarget& target, const DhcpSet& set) {
  if (!set.vpc_id.empty()) return {};
  return {plan.add({.verb = plan::Verb::update,
                    .resource = {.kind = "DHCP options", .name = target.environment, .id = set.id},
                    .details = {"they belong to VPC " + target.vpc.id()},
                    .carry_out = [ec2, id = set.id, vpc = target.vpc] {
                      ec2.create_tags(
                          {.resources = {id}, .tags = {{.key = tag::owner, .value = vpc.id()}}});
                    }})};
}

/// An equivalent set that was made for the VPC, or empty.
std::string spare_set(const std::vector<DhcpSet>& sets, const std::string& vpc_id,
                      const DhcpOptions& desired) {
  const auto found = std::ranges::find_if(sets, [&](const DhcpSet& set) {
    return !vpc_id.empty() && set.vpc_id == vpc_id && equivalent(set.options, desired);
  });
  return found == sets.end() ? "" : found->id;
}

/// Adds the association of an equivalent set that a killed run made, or of a new one.
Reference add_association(plan::Plan& plan, const aws::ec2::Client& ec2, const DhcpTarget& target,
                          const DhcpOptions& desired, const std::vector<DhcpSet>& observed,
                          const std::vector<plan::ChangeId>& before) {
  const std::string spare = spare_set(observed, target.vpc.id(), desired);
  Reference set;
  set.after = before;
  if (!spare.empty()) {
    set.set(spare);
  } else {
    set.after.push_back(plan.add({
        .verb = plan::Verb::create,
        .resource = set.resource("DHCP options", target.environment),
        .details = lines(desired),
        .carry_out =
            [ec2, target, desired, set] {
              const aws::ec2::CreateDhcpOptionsRequest request{
                  .dhcp_configurations = configurations(desired),
                  .tag_specifications = tagged("dhcp-options", {{tag::name, target.environment},
                                                                {tag::owner, target.vpc.id()}})};
              set.set(create_once({.what = "DHCP options " + target.environment,
                                   .create =
                                       [&] {
                                         return ec2.create_dhcp_options(request)
                                             .dhcp_options->dhcp_options_id.value();
                                       },
                                   .find =
                                       [&] {
                                         return spare_set(
                                             observe_dhcp_sets(ec2, target.environment),
                                             target.vpc.id(), desired);
                                       }}));
            },
        .after = target.vpc.after,
    }));
  }
  set.after = {plan.add({
      .verb = plan::Verb::associate,
      .resource = set.resource("DHCP options", target.environment),
      .carry_out =
          [ec2, vpc = target.vpc, set] {
            ec2.associate_dhcp_options({.dhcp_options_id = set.id(), .vpc_id = vpc.id()});
          },
      .after = after(target.vpc, set),
  })};
  return set;
}

}  // namespace

std::vector<DhcpSet> observe_dhcp_sets(const aws::ec2::Client& ec2,
                                       const std::string& environment) {
  std::vector<DhcpSet> result;
  for (const aws::ec2::DhcpOptions& set : ec2.describe_dhcp_options_all(
           {.filters = {{.name = "tag:Name", .values = {environment}}}})) {
    if (tag_value(set.tags, tag::name) != environment) continue;
    DhcpSet& entry = result.emplace_back();
    entry.id = set.dhcp_options_id.value_or("");
    entry.vpc_id = tag_value(set.tags, tag::owner);
    for (const auto& configuration : set.dhcp_configurations) {
      std::vector<std::string>& values = entry.options[configuration.key.value_or("")];
      for (const auto& value : configuration.values) values.push_back(value.value.value_or(""));
    }
  }
  return result;
}

std::vector<plan::ChangeId> add_dhcp_changes(plan::Plan& plan, const aws::ec2::Client& ec2,
                                             const DhcpTarget& target, const DhcpOptions& desired,
                                             const std::vector<DhcpSet>& observed) {
  std::vector<plan::ChangeId> changes;
  const auto attached = std::ranges::find(observed, target.attached_id, &DhcpSet::id);
  const bool is_attached = attached != observed.end();
  Reference set;
  if (is_attached && equivalent(attached->options, desired)) {
    set.set(attached->id);
  } else {
    if (is_attached) changes = add_claim(plan, ec2, target, *attached);
    set = add_association(plan, ec2, target, desired, observed, changes);
    changes.insert(changes.end(), set.after.begin(), set.after.end());
  }
  for (const DhcpSet& other : observed) {
    const bool is_ours = other.id == target.attached_id ||
                         (!other.vpc_id.empty() && other.vpc_id == target.vpc.id());
    if (!is_ours || other.id == set.id()) continue;
    changes.push_back(plan.add({
        .verb = plan::Verb::remove,
        .resource = {.kind = "DHCP options", .name = target.environment, .id = other.id},
        .carry_out =
            [ec2, id = other.id] {
              aws::ignoring_absence([&] { ec2.delete_dhcp_options({.dhcp_options_id = id}); });
            },
        .after = set.after,
    }));
  }
  return changes;
}

}  // namespace asiaq::network
