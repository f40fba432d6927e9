// What there is of an environment, as far as provisioning hostclasses needs it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/cidr.h"
#include "config/pipeline.h"
#include "hostclass/clients.h"
#include "hostclass/group.h"
#include "hostclass/group_calls.h"
#include "hostclass/host.h"
#include "hostclass/instance_types.h"
#include "hostclass/launch_object.h"
#include "hostclass/snapshot.h"
#include "image/image.h"
#include "network/metanetwork.h"
#include "network/vpc.h"

namespace asiaq::hostclass {

/// One row of a pipeline with the image that serves it; `row.hostclass` is the image's.
struct RowWithImage {
  config::PipelineRow row;
  image::Image image;
};

struct EnvironmentFacts {
  network::Vpc vpc;
  std::string region;
  network::Metanetworks metanetworks;
  std::map<Ipv4Address, std::string> interfaces;  ///< Ids by address.
  std::vector<Group> groups;
  std::vector<LaunchObject> launch_objects;
  Schedules schedules;
  std::vector<Snapshot> snapshots;
  std::map<std::string, InstanceTypeFacts> instance_types;
  std::map<std::string, int> root_sizes;  ///< GB by image: of the rows' and of those in use.
  std::vector<Host> members;              ///< Of groups that are to be smoke tested.
};

/// The images that serve the rows: those named by `ami`, else the newest of the stage. `stage`
/// empty: any. One paginated Describe. Throws image::ImageError naming all hostclasses and images
/// for which there is none.
struct ChosenImages {
  std::vector<RowWithImage> rows;
  std::vector<image::Image> seen;  ///< Everything that was to choose from.
};
ChosenImages choose_images(const aws::ec2::Client& ec2,
                           const std::vector<config::PipelineRow>& rows,
                           const std::vector<std::string>& trusted_accounts,
                           const std::string& stage);

/// Reads everything that provisioning these rows needs: one paginated Describe per resource type,
/// independent ones at once.
EnvironmentFacts observe_environment(const Clients& clients, const network::Vpc& vpc,
                                     const std::string& region, const ChosenImages& chosen,
                                     const config::ConfigFolder& folder);

/// The type of a row's hosts: given, else that of the group's launch settings, else the
/// hostclass's default.
std::string instance_type_for(const config::PipelineRow& row, const LaunchSettings* current,
                              const config::ConfigFolder& folder, const std::string& environment);

}  // namespace asiaq::hostclass
