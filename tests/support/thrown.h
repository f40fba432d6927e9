// The message of the error that an action throws.
#pragma once

#include <string>

#include "base/error.h"

namespace asiaq::test {

/// "Kind: message", or "nothing was thrown".
template <class Action>
std::string thrown_by(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind() + ": " + error.what();
  }
  return "nothing was thrown";
}

}  // namespace asiaq::test
