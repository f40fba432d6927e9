#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "aws/operation.h"
#include "base/clock.h"

/// Things made a moment ago, which AWS may not know everywhere yet.
namespace asiaq::aws::retry {

/// Remembers the ids in the answers of operations that make things. Thread-safe.
class NewThings {
 public:
  /// For a while after its making a thing that AWS calls unknown is taken to be not visible yet.
  static constexpr Seconds kNew{60};

  void note(const Operation& operation, std::string_view body, SteadyTime now);
  /// The message of an error names something that is new, and the code says that it does not exist.
  bool explains(std::string_view code, std::string_view message, SteadyTime now) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, SteadyTime, std::less<>> made_;
};

}  // namespace asiaq::aws::retry
