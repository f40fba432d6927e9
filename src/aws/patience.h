// Writes that AWS refuses for a while.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/wait.h"

namespace asiaq::aws {

/// Tries a write again as long as AWS refuses it with one of these codes, which say that something
/// else has to end first ("DependencyViolation"); that the resource does not exist is success. No
/// waiter can tell when AWS would take it: all that depends on a resource cannot be asked for.
/// `what` names resource and outcome ("subnet group x to be deleted"). Throws as wait_until(), and
/// every other error of the write.
void write_patiently(const std::string& what, WaitLimits limits,
                     std::initializer_list<std::string_view> codes,
                     const std::function<void()>& write, Clock& clock = system_clock());

}  // namespace asiaq::aws
