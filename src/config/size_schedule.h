// Sizes of an auto scaling group, constant or by the clock: `5`, or
// `1@30 10 * * *:5@45 1 * * *` (parts COUNT@CRON, five cron fields, UTC).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq::config {

/// A parsed size. Empty text is the empty schedule, which leaves a size as it is. A value type.
class SizeSchedule {
 public:
  struct Entry {
    std::string recurrence;  ///< Cron expression with single blanks; empty for a constant.
    int size = 0;
    bool operator==(const Entry&) const = default;
  };

  SizeSchedule() = default;
  /// A constant size.
  explicit SizeSchedule(int size) : entries_{{"", size}} {}

  /// Throws ConfigError saying what is wrong with the text; add the name of column or option.
  static SizeSchedule parse(std::string_view text);

  bool empty() const { return entries_.empty(); }

  /// In order of first appearance; a repeated recurrence keeps its place and takes the last size.
  const std::vector<Entry>& entries() const { return entries_; }

  std::optional<int> smallest() const;
  std::optional<int> largest() const;

  /// The size that is set at this recurrence; nothing if none is.
  std::optional<int> at(std::string_view recurrence) const;

  bool operator==(const SizeSchedule&) const = default;

 private:
  std::vector<Entry> entries_;
};

/// One recurring action: the sizes that are set together, in any of the three schedules.
struct ScheduledSizes {
  std::string recurrence;
  std::optional<int> minimum;
  std::optional<int> desired;
  std::optional<int> maximum;
  bool operator==(const ScheduledSizes&) const = default;
};

/// The union of the recurrences of the three schedules, in order of first appearance. Constants
/// make none.
std::vector<ScheduledSizes> scheduled_sizes(const SizeSchedule& minimum,
                                            const SizeSchedule& desired,
                                            const SizeSchedule& maximum);

}  // namespace asiaq::config
