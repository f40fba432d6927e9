#include "hostclass/group_listing.h"

#include <algorithm>

#include "base/parallel.h"
#include "hostclass/group_calls.h"
#include "hostclass/launch_object.h"

namespace asiaq::hostclass {

std::vector<ListedGroup> list_groups(const Clients& clients, const std::string& environment) {
  std::vector<Group> groups;
  std::vector<LaunchObject> objects;
  in_parallel({
      [&] { groups = observe_groups(clients.autoscaling, environment); },
      [&] { objects = observe_launch_templates(clients.ec2, environment); },
  });
  if (std::ranges::any_of(groups, [](const Group& g) { return !g.launch.configuration.empty(); })) {
    for (LaunchObject& object : observe_launch_configurations(clients.autoscaling, environment)) {
      objects.push_back(std::move(object));
    }
  }
  std::ranges::sort(groups, std::greater<>(), &Group::name);
  std::vector<ListedGroup> listed;
  for (Group& group : groups) {
    const LaunchObject* object = launch_object_of(group, objects);
    std::string image = object != nullptr ? object->settings.image : "";
    listed.push_back({.group = std::move(group), .image = std::move(image)});
  }
  return listed;
}

}  // namespace asiaq::hostclass
