// Sizes by the clock; three lines are minimum, desired and maximum.
#include "config/size_schedule.h"

#include "base/error.h"
#include "fuzz/targets.h"

namespace asiaq::fuzz {

void size_schedule(std::string_view input) {
  try {
    const auto minimum = config::SizeSchedule::parse(next_line(input));
    const auto desired = config::SizeSchedule::parse(next_line(input));
    const auto maximum = config::SizeSchedule::parse(next_line(input));
    for (const auto& sizes : config::scheduled_sizes(minimum, desired, maximum)) {
      promise(sizes.minimum || sizes.desired || sizes.maximum, "an action that sets nothing");
    }
    if (!maximum.empty()) {
      promise(maximum.smallest() <= maximum.largest(), "the smallest size is the largest");
    }
  } catch (const ConfigError&) {
  }
}

}  // namespace asiaq::fuzz
