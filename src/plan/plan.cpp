#include "plan/plan.h"

#include <fmt/format.h>

#include <map>
#include <stdexcept>
#include <utility>

#include "base/text.h"

namespace asiaq::plan {

namespace {

constexpr std::size_t verb_width = 9;

std::string counted(const std::map<Verb, int>& counts) {
  std::vector<std::string> parts;
  for (const auto& [verb, count] : counts) {
    parts.push_back(fmt::format("{} to {}", count, to_string(verb)));
  }
  return join(parts, ", ");
}

}  // namespace

std::string_view to_string(Verb verb) {
  switch (verb) {
    case Verb::create:
      return "create";
    case Verb::update:
      return "update";
    case Verb::replace:
      return "replace";
    case Verb::remove:
      return "delete";
    case Verb::attach:
      return "attach";
    case Verb::detach:
      return "detach";
    case Verb::associate:
      return "associate";
    case Verb::wait:
      return "wait for";
  }
  return "change";
}

ChangeId Plan::add(Change change) {
  for (const ChangeId predecessor : change.after) {
    if (predecessor.index >= changes_.size()) {
      throw std::logic_error("a change can only follow changes that are in the plan already");
    }
  }
  changes_.push_back(std::move(change));
  return {changes_.size() - 1};
}

std::string as_text(const Plan& plan) {
  if (plan.empty()) return "nothing to change\n";
  std::string text;
  std::map<Verb, int> counts;
  for (const Change& change : plan.changes()) {
    text += fmt::format("would {} {} {}", left_aligned(to_string(change.verb), verb_width),
                        change.resource.kind, change.resource.name);
    if (!change.resource.id.empty() && change.resource.id != change.resource.name) {
      text += fmt::format(" ({})", change.resource.id);
    }
    text += "\n";
    for (const std::string& detail : change.details) text += fmt::format("      {}\n", detail);
    ++counts[change.verb];
  }
  const std::size_t total = plan.changes().size();
  return text +
         fmt::format("{} {}: {}\n", total, total == 1 ? "change" : "changes", counted(counts));
}

}  // namespace asiaq::plan
