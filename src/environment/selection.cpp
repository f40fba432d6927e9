#include "environment/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "network/error.h"

namespace asiaq::environment {

namespace {

network::VpcEnvironmentError not_found(const std::string& what) {
  network::VpcEnvironmentError error(what);
  error.set_exit_status(static_cast<int>(ExitStatus::usage));
  error.set_hint("`asiaq vpc list` shows what there is");
  return error;
}

}  // namespace

network::Vpc select_environment(const std::vector<network::Vpc>& vpcs, const Selection& selection) {
  if (!selection.vpc_id.empty()) {
    const auto vpc = std::ranges::find(vpcs, selection.vpc_id, &network::Vpc::id);
    if (vpc == vpcs.end()) throw not_found(fmt::format("no VPC has the id {}", selection.vpc_id));
    return *vpc;
  }
  std::vector<network::Vpc> found;
  std::ranges::copy_if(vpcs, std::back_inserter(found), [&](const network::Vpc& vpc) {
    return !vpc.name.empty() && vpc.name == selection.name;
  });
  if (found.empty()) throw not_found(fmt::format("no VPC has the name {}", selection.name));
  if (found.size() > 1) {
    std::vector<std::string> ids;
    for (const network::Vpc& vpc : found) ids.push_back(vpc.id);
    network::VpcEnvironmentError error(
        fmt::format("several VPCs have the name {}: {}", selection.name, join(ids, ", ")));
    error.set_hint("name one with --vpc-id");
    throw error;
  }
  return found.front();
}

void check_is_environment(const network::Vpc& vpc) {
  if (vpc.is_default) {
    throw network::VpcEnvironmentError(
        fmt::format("VPC {} is the default VPC of the region, not an environment", vpc.id));
  }
  if (vpc.name.empty() || vpc.type.empty()) {
    throw network::VpcEnvironmentError(fmt::format("VPC {} has no tag {} and so is no environment",
                                                   vpc.id, vpc.name.empty() ? "Name" : "type"));
  }
}

}  // namespace asiaq::environment
