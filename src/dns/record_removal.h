// The changes that take records away.
#pragma once

#include <string>
#include <vector>

#include "dns/record.h"
#include "plan/plan.h"

namespace asiaq::dns {

/// Changes that remove records, and which of them a resource has to wait for.
class RecordRemovals {
 public:
  /// Adds the removal of each record after `before`. That one is gone or was changed in the
  /// meantime is success.
  RecordRemovals(plan::Plan& plan, const aws::route53::Client& route53,
                 const std::vector<Record>& records, const std::vector<plan::ChangeId>& before);

  /// What must be done before the resource of this name goes: `before`, and its records removed.
  std::vector<plan::ChangeId> of(const std::string& name) const;

 private:
  std::vector<Record> records_;
  std::vector<plan::ChangeId> changes_;  ///< One for each record.
  std::vector<plan::ChangeId> before_;
};

}  // namespace asiaq::dns
