#include "database/final_snapshot.h"

#include <algorithm>
#include <iterator>

namespace asiaq::database {

std::string final_snapshot_name(const std::string& id, const std::set<std::string>& taken,
                                WallTime now) {
  std::string name = id + "-final-snapshot";
  if (!taken.contains(name)) return name;
  name += '-';
  std::ranges::copy_if(rfc3339(now), std::back_inserter(name),
                       [](char sign) { return sign >= '0' && sign <= '9'; });
  return name;
}

}  // namespace asiaq::database
