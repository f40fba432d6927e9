// Ids that travel from a change to those that follow it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plan/plan.h"

namespace asiaq::network {

/// A resource that is there, or that changes of the same plan make. Copies share the id. Written by
/// the change that makes the resource and read only by changes that follow it, so that it needs no
/// lock.
class Reference {
 public:
  Reference() : id_(std::make_shared<std::string>()) {}
  explicit Reference(std::string id) : id_(std::make_shared<std::string>(std::move(id))) {}

  /// Empty before the resource is made.
  const std::string& id() const { return *id_; }
  void set(std::string id) const { *id_ = std::move(id); }

  /// How a change speaks of it, with the id as soon as there is one.
  plan::Resource resource(std::string kind, std::string name) const {
    return {
        .kind = std::move(kind), .name = std::move(name), .id = id(), .id_when_made = [id = id_] {
          return *id;
        }};
  }

  /// What must have succeeded before the resource can be used.
  std::vector<plan::ChangeId> after;

 private:
  std::shared_ptr<std::string> id_;
};

/// The predecessors of a change that uses all of these.
template <class... References>
std::vector<plan::ChangeId> after(const References&... references) {
  std::vector<plan::ChangeId> result;
  (result.insert(result.end(), references.after.begin(), references.after.end()), ...);
  return result;
}

}  // namespace asiaq::network
