#include "config/size_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::config {

namespace {

constexpr std::size_t cron_fields = 5;

int parse_size(std::string_view text, std::string_view whole) {
  const std::optional<long long> size = parse_integer(text);
  if (!size || *size < 0 || *size > std::numeric_limits<int>::max()) {
    throw ConfigError(
        text.empty()
            ? fmt::format("'{}' has a part without a size", whole)
            : fmt::format("'{}' is not a size (a whole number that is not negative)", text));
  }
  return static_cast<int>(*size);
}

std::string parse_recurrence(std::string_view text, std::string_view whole) {
  const std::vector<std::string> fields = words(text);
  if (fields.size() != cron_fields) {
    throw ConfigError(fmt::format(
        "'{}' has the schedule '{}', which is not the five fields minute hour day month weekday",
        whole, trimmed(text)));
  }
  for (const std::string& field : fields) {
    if (field.find_first_not_of("0123456789*,-/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "?#") != std::string::npos) {
      throw ConfigError(fmt::format("'{}' has '{}' in a schedule", whole, field));
    }
  }
  return join(fields, " ");
}

}  // namespace

SizeSchedule SizeSchedule::parse(std::string_view text) {
  const std::string_view whole = trimmed(text);
  SizeSchedule schedule;
  if (whole.empty()) return schedule;
  const std::vector<std::string> parts = split(whole, ':');
  if (parts.size() == 1 && whole.find('@') == std::string_view::npos) {
    schedule.entries_.push_back({"", parse_size(whole, whole)});
    return schedule;
  }
  for (const std::string& part : parts) {
    const std::size_t at = part.find('@');
    if (at == std::string::npos) {
      throw ConfigError(trimmed(part).empty()
                            ? fmt::format("'{}' has an empty part", whole)
                            : fmt::format("'{}' mixes sizes with and without a schedule", whole));
    }
    const int size = parse_size(trimmed(std::string_view(part).substr(0, at)), whole);
    const std::string recurrence = parse_recurrence(std::string_view(part).substr(at + 1), whole);
    const auto known =
        std::find_if(schedule.entries_.begin(), schedule.entries_.end(),
                     [&](const Entry& entry) { return entry.recurrence == recurrence; });
    if (known != schedule.entries_.end()) {
      known->size = size;
    } else {
      schedule.entries_.push_back({recurrence, size});
    }
  }
  return schedule;
}

std::optional<int> SizeSchedule::smallest() const {
  if (empty()) return {};
  return std::min_element(entries_.begin(), entries_.end(),
                          [](const Entry& a, const Entry& b) { return a.size < b.size; })
      ->size;
}

std::optional<int> SizeSchedule::largest() const {
  if (empty()) return {};
  return std::max_element(entries_.begin(), entries_.end(),
                          [](const Entry& a, const Entry& b) { return a.size < b.size; })
      ->size;
}

std::optional<int> SizeSchedule::at(std::string_view recurrence) const {
  for (const Entry& entry : entries_) {
    if (entry.recurrence == recurrence) return entry.size;
  }
  return {};
}

std::vector<ScheduledSizes> scheduled_sizes(const SizeSchedule& minimum,
                                            const SizeSchedule& desired,
                                            const SizeSchedule& maximum) {
  std::vector<ScheduledSizes> actions;
  for (const SizeSchedule* schedule : {&minimum, &desired, &maximum}) {
    for (const SizeSchedule::Entry& entry : schedule->entries()) {
      if (entry.recurrence.empty()) continue;
      const bool is_known = std::any_of(
          actions.begin(), actions.end(),
          [&](const ScheduledSizes& action) { return action.recurrence == entry.recurrence; });
      if (is_known) continue;
      actions.push_back({entry.recurrence, minimum.at(entry.recurrence),
                         desired.at(entry.recurrence), maximum.at(entry.recurrence)});
    }
  }
  return actions;
}

}  // namespace asiaq::config
