#include "plan/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/status_line.h"
#include "base/text.h"

namespace asiaq::plan {

namespace {

std::string only_detail(const Change& change) {
  return change.details.size() == 1 ? " (" + change.details.front() + ")" : "";
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::failed:
      return "failed";
    case Outcome::not_started:
      return "not_started";
    case Outcome::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string described(const Change& change) {
  return fmt::format("{} {} {}", to_string(change.verb), change.resource.kind,
                     change.resource.name);
}

std::string to_string(const Standing& standing) {
  constexpr std::size_t most = 3;
  std::string text = fmt::format(
      "[{}/{}{}]", standing.done, standing.total,
      standing.failed == 0 ? std::string() : fmt::format(", {} failed", standing.failed));
  const std::vector<std::string>& names = standing.under_way;
  if (names.empty()) return text;
  const auto shown = std::min(most, names.size());
  text += " " + join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown)}, ", ");
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

Progress::~Progress() { status_line::show({}); }

void Progress::started(const Change& change) {
  log::debug("Starting: {}", described(change));
  standing_.under_way.push_back(described(change));
  draw();
}

void Progress::ended(const Change& change, Outcome outcome) {
  const std::string name = described(change);
  const auto found = std::ranges::find(standing_.under_way, name);
  if (found != standing_.under_way.end()) standing_.under_way.erase(found);
  if (outcome == Outcome::done) {
    ++standing_.done;
    if (status_line::is_possible()) {
      log::debug("Done: {}{}", name, only_detail(change));
    } else {
      log::info("Done: {}{}", name, only_detail(change));
    }
  } else if (outcome != Outcome::not_started) {
    ++standing_.failed;
    // The last word on it is the error at the end.
    if (standing_.done + standing_.failed < standing_.total)
      log::warning("Failed: {}; what does not need it goes on", name);
  }
  draw();
}

void Progress::draw() const {
  if (status_line::is_possible()) status_line::show(to_string(standing_));
}

}  // namespace asiaq::plan
