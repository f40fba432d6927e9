// The environment's groups as a person looks at them.
#pragma once

#include <string>
#include <vector>

#include "hostclass/clients.h"
#include "hostclass/group.h"

namespace asiaq::hostclass {

struct ListedGroup {
  Group group;
  std::string image;  ///< Of what it launches from; empty if that is gone.
};

/// By name, descending. One paginated Describe per resource type; launch configurations are looked
/// at only where a group uses one.
std::vector<ListedGroup> list_groups(const Clients& clients, const std::string& environment);

}  // namespace asiaq::hostclass
