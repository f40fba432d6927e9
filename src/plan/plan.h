// A plan: the changes that would bring what is in line with what should be.
//
// Areas compute a Plan from what they observed and what is desired; printing it is `--dry-run`,
// carrying it out is plan::execute (plan/executor.h). Making a Plan never writes.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq::plan {

enum class Verb { create, update, replace, remove, attach, detach, associate, wait };

std::string_view to_string(Verb verb);

/// What a change is about: `kind` in the field's words ("subnet", "security group"), `name` as the
/// user knows it
/// ("demo_tunnel_us-west-2a"), `id` once AWS has given one (may be empty).
struct Resource {
  std::string kind;
  std::string name;
  std::string id;
  /// Tells the id where a change of the same plan makes the resource; only asked for once that
  /// change has ended.
  std::function<std::string()> id_when_made = {};
};

/// Handle of a change inside its plan.
struct ChangeId {
  std::size_t index = 0;
  auto operator<=>(const ChangeId&) const = default;
};

struct Change {
  Verb verb = Verb::create;
  Resource resource;
  /// What exactly, one line each: rules added, routes replaced, values before and after. Never a
  /// secret.
  std::vector<std::string> details;
  /// Does it. Runs in a worker thread after all of `after` succeeded; throws on failure; must be
  /// safe to repeat in another run. Values made by earlier changes travel through state shared by
  /// the closures, which needs no locking when only changes that follow the maker read it.
  std::function<void()> carry_out;
  /// The changes that must have succeeded before.
  std::vector<ChangeId> after;
};

class Plan {
 public:
  /// Adds a change. Every ChangeId in `after` must come from this plan (so a plan has no cycles).
  ChangeId add(Change change);

  bool empty() const { return changes_.empty(); }
  const std::vector<Change>& changes() const { return changes_; }

 private:
  std::vector<Change> changes_;
};

/// One change a line ("would create   subnet demo_tunnel_us-west-2a"), its details indented below,
/// and a last line with the counts by verb. "nothing to change" for an empty plan.
std::string as_text(const Plan& plan);

/// A JSON array, one object a change: verb, kind, name, id, details, after (indexes).
std::string as_json(const Plan& plan);

}  // namespace asiaq::plan
