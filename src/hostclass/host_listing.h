// The listing of an environment's hosts: fixed columns that scripts read by position.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "hostclass/host.h"

namespace asiaq::hostclass {

/// The columns asked for beside id, hostclass and address.
struct ListingColumns {
  bool state = false;
  bool hostname = false;
  bool owner = false;
  bool instance_type = false;
  bool ami = false;
  bool smoke = false;
  bool ami_age = false;
  bool uptime = false;
  bool private_ip = false;
  bool availability_zone = false;
  bool productline = false;
  bool securitygroup = false;

  /// Adds the columns of `--most`: state to uptime.
  ListingColumns& add_most();
  /// Adds every column.
  ListingColumns& add_all();
};

/// When images were made, by id; an image that is gone is not there.
using ImageTimes = std::map<std::string, WallTime>;

/// The hosts that are listed, in order: not terminated, by state, hostclass, hostname.
std::vector<Host> listed(std::vector<Host> hosts);

/// The line of one host: columns in fixed order, each padded to its width and never cut, with
/// single blanks between.
std::string listing_line(const Host& host, const ListingColumns& columns,
                         const ImageTimes& image_times, WallTime now);

/// Whole hours from `begin` to `end`, rounded down.
long long whole_hours(WallTime begin, WallTime end);

}  // namespace asiaq::hostclass
