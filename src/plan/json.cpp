#include "plan/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace asiaq::plan {

namespace {

using Json = nlohmann::ordered_json;

Json as_object(const Change& change) {
  Json after = Json::array();
  for (const ChangeId predecessor : change.after) after.push_back(predecessor.index);
  return {{"verb", to_string(change.verb)}, {"kind", change.resource.kind},
          {"name", change.resource.name},   {"id", change.resource.id},
          {"details", change.details},      {"after", after}};
}

Json text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return text;
}

Json changes_of(const Plan& plan, const Report& report) {
  Json changes = Json::array();
  for (std::size_t i = 0; i < plan.changes().size(); ++i) {
    Json change = as_object(plan.changes()[i]);
    change["id"] = report.ids.at(i);
    change["outcome"] = to_string(report.outcomes.at(i));
    const auto failure = std::ranges::find(report.failures, ChangeId{i},
                                           [](const Failure& each) { return each.change; });
    change["reason"] = failure == report.failures.end() ? Json() : Json(failure->reason);
    changes.push_back(std::move(change));
  }
  return changes;
}

std::string_view outcome_of(const Report& report, const Run& run) {
  if (report.interrupted) return "interrupted";
  return report.failures.empty() && run.error.empty() ? "done" : "failed";
}

}  // namespace

std::string as_json(const Plan& plan) {
  Json array = Json::array();
  for (const Change& change : plan.changes()) array.push_back(as_object(change));
  return array.dump(2) + "\n";
}

std::string as_json(const Plan& plan, const Report& report, const Run& run) {
  Json document{{"outcome", outcome_of(report, run)}, {"error", text_or_null(run.error)}};
  for (const auto& [name, value] : run.environment) {
    document["environment"][name] = text_or_null(value);
  }
  document["started"] = rfc3339(run.started);
  document["seconds"] = run.lasted.count();
  for (const Outcome outcome :
       {Outcome::done, Outcome::failed, Outcome::not_started, Outcome::unknown}) {
    document["counts"][std::string(to_string(outcome))] =
        std::ranges::count(report.outcomes, outcome);
  }
  document["changes"] = changes_of(plan, report);
  return document.dump(2) + "\n";
}

}  // namespace asiaq::plan
