// What the user sees of a plan while it is carried out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"

namespace asiaq::plan {

/// `unknown`: it failed, or was left, so that it may have been carried out all the same.
enum class Outcome { done, failed, not_started, unknown };

/// `done`, `failed`, `not_started`, `unknown`
std::string_view to_string(Outcome outcome);

/// `create subnet demo_tunnel_us-west-2a`
std::string described(const Change& change);

/// How far a run has come.
struct Standing {
  std::size_t total = 0;
  std::size_t done = 0;
  std::size_t failed = 0;
  std::vector<std::string> under_way;  ///< As described(), oldest first.
};

/// One line: `[12/70, 1 failed] create subnet a, create subnet b and 3 more`
std::string to_string(const Standing& standing);

/// A live line at the bottom of a terminal; elsewhere one log line per change that has ended. Why
/// one failed is left to whoever reports at the end. Not thread-safe.
class Progress {
 public:
  explicit Progress(std::size_t total) { standing_.total = total; }
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void started(const Change& change);
  void ended(const Change& change, Outcome outcome);

 private:
  void draw() const;

  Standing standing_;
};

}  // namespace asiaq::plan
