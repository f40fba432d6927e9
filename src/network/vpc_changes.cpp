#include "network/vpc_changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/absence.h"
#include "aws/ec2/client.h"
#include "network/error.h"
#include "network/names.h"
#include "network/repeating.h"

namespace asiaq::network {

namespace {

constexpr Seconds vpc_limit{600};

/// The VPC that another run made in the meantime and that this one cannot live with.
const Vpc* rival(const std::vector<Vpc>& vpcs, const std::string& own_id, const VpcTarget& target) {
  const auto found = std::ranges::find_if(vpcs, [&](const Vpc& vpc) {
    if (vpc.id == own_id) return false;
    if (vpc.name == target.name) return true;
    return target.origin == VpcTarget::Origin::drawn &&
           std::ranges::any_of(vpc.ranges,
                               [&](const Cidr& range) { return range.overlaps(target.range); });
  });
  return found == vpcs.end() ? nullptr : &*found;
}

/// Its id, or empty. The time in `create_date` tells it from the VPC of another run.
std::string vpc_with_tags(const aws::ec2::Client& ec2, const TagMap& tags) {
  for (const Vpc& vpc : vpcs_named(ec2, tags.at(tag::name))) {
    if (std::ranges::includes(vpc.tags, tags)) return vpc.id;
  }
  return {};
}

/// Ends the VPC again if another run was faster.
void give_way(const aws::ec2::Client& ec2, const std::vector<Vpc>& vpcs, const std::string& id,
              const VpcTarget& target) {
  const Vpc* other = rival(vpcs, id, target);
  if (other == nullptr) return;
  aws::ignoring_absence([&] { ec2.delete_vpc({.vpc_id = id}); });
  throw VpcConfigError(
      fmt::format("VPC {} of name '{}' and range {} was made at the same time as VPC {} of "
                  "environment {}, which has been deleted again",
                  other->id, other->name, other->cidr.to_string(), id, target.name));
}

void wait_until_available(const aws::ec2::Client& ec2, const std::string& id,
                          const VpcTarget& target) {
  const std::vector<Vpc> vpcs = list_vpcs(ec2);
  give_way(ec2, vpcs, id, target);
  const auto own = std::ranges::find(vpcs, id, &Vpc::id);
  if (own != vpcs.end() && own->state == "available") return;
  ec2.wait_until_vpc_available(
      {.vpc_ids = {id}},
      {.what = fmt::format("VPC {} ({}) to be available", target.name, id), .limit = vpc_limit});
  give_way(ec2, list_vpcs(ec2), id, target);
}

}  // namespace

Reference add_vpc(plan::Plan& plan, const aws::ec2::Client& ec2, const VpcTarget& target,
                  const std::optional<Vpc>& unfinished) {
  Reference vpc;
  if (unfinished) {
    vpc.set(unfinished->id);
  } else {
    TagMap tags = target.tags;
    tags[tag::name] = target.name;
    tags[tag::type] = target.type;
    tags[tag::creating] = target.type;
    vpc.after = {plan.add({
        .verb = plan::Verb::create,
        .resource = vpc.resource("VPC", target.name),
        .details = {target.range.to_string(), "type " + target.type},
        .carry_out =
            [ec2, vpc, tags, range = target.range.to_string()] {
              vpc.set(create_once({.what = "VPC " + tags.at(tag::name),
                                   .create =
                                       [&] {
                                         const auto made = ec2.create_vpc(
                                             {.cidr_block = range,
                                              .tag_specifications = tagged("vpc", tags)});
                                         return made.vpc->vpc_id.value();
                                       },
                                   .find = [&] { return vpc_with_tags(ec2, tags); }}));
            },
    })};
    vpc.after = {plan.add({
        .verb = plan::Verb::wait,
        .resource = vpc.resource("VPC", target.name),
        .carry_out = [ec2, vpc, target] { wait_until_available(ec2, vpc.id(), target); },
        .after = vpc.after,
    })};
  }
  const auto add_attribute = [&](const char* name, aws::ec2::ModifyVpcAttributeRequest request) {
    return plan.add({
        .verb = plan::Verb::update,
        .resource = vpc.resource("VPC", target.name),
        .details = {fmt::format("{} on", name)},
        .carry_out =
            [ec2, vpc, request]() mutable {
              request.vpc_id = vpc.id();
              ec2.modify_vpc_attribute(request);
            },
        .after = vpc.after,
    });
  };
  const aws::ec2::AttributeBooleanValue on{.value = true};
  add_attribute("DNS support", {.enable_dns_support = on});
  add_attribute("DNS host names", {.enable_dns_hostnames = on});
  return vpc;
}

void add_completion(plan::Plan& plan, const aws::ec2::Client& ec2, const std::string& name,
                    const Reference& vpc) {
  std::vector<plan::ChangeId> everything;
  for (std::size_t i = 0; i < plan.changes().size(); ++i) everything.push_back({i});
  plan.add({
      .verb = plan::Verb::update,
      .resource = vpc.resource("VPC", name),
      .details = {"mark it as finished"},
      .carry_out =
          [ec2, vpc] {
            ec2.delete_tags({.resources = {vpc.id()}, .tags = {{.key = tag::creating}}});
          },
      .after = everything,
  });
}

}  // namespace asiaq::network
