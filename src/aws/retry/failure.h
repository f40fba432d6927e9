#pragma once

#include <string_view>

#include "aws/operation.h"

/// What an error means for trying again.
namespace asiaq::aws::retry {

enum class Failure {
  definite,    ///< trying again changes nothing
  throttling,  ///< the request was refused because there are too many
  transient,   ///< the service or the way to it had a fault
  clock_skew,  ///< the signature's time is too far from the service's
  expired_credentials,
  not_visible_yet  ///< something made a moment ago is not known everywhere
};

/// By the standard retry rules of AWS's SDKs; status 429 is throttling unless the operation's model
/// knows the code. `code` is the status where the body has none. What may be a wrong clock is
/// called one: only the answer's Date can tell.
Failure classify(const Service& service, const Operation& operation, std::string_view code,
                 int status);

}  // namespace asiaq::aws::retry
