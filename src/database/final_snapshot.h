// The snapshot that a database leaves behind. Pure.
#pragma once

#include <set>
#include <string>

#include "base/clock.h"

namespace asiaq::database {

/// `<id>-final-snapshot`; where a snapshot has that name already, `-<yyyymmddHHMMSS>` (UTC) is
/// appended: an older one may be the only backup there is.
std::string final_snapshot_name(const std::string& id, const std::set<std::string>& taken,
                                WallTime now);

}  // namespace asiaq::database
