// Doing a few independent things at once.
#pragma once

#include <functional>
#include <vector>

namespace asiaq {

/// Runs every task in a thread of its own and waits for all of them. Then throws what the first
/// task that failed (by position, not by time) threw. For a handful of calls that each wait for an
/// answer.
void in_parallel(const std::vector<std::function<void()>>& tasks);

}  // namespace asiaq
