// Deletions that may be repeated.
#pragma once

#include <functional>

namespace asiaq::aws {

/// Runs a deletion; that the resource does not exist is success.
void ignoring_absence(const std::function<void()>& deletion);

}  // namespace asiaq::aws
