// Writes whose answer was lost: nobody knows whether they were carried out.
//
// Most writes may be sent again, and the AWS layer does so; all that is needed here is to
// understand the answer to one that had been carried out already. Those that create something and
// have no ClientToken would create it twice: they are looked for first.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"

namespace asiaq::network {

/// A call that makes a new thing each time that it is carried out.
struct Creation {
  std::string what;  ///< What it makes, for messages: "subnet demo_tunnel_us-west-2a".
  /// One call; the new thing's id.
  std::function<std::string()> create;
  /// The id of what such a call has made, known by what was given in it (its place, its tags);
  /// empty if there is none. One Describe, or a few.
  std::function<std::string()> find;
};

/// Makes one thing and gives its id. When a call's outcome is unknown, looks for what it may have
/// made, for about 15 s because AWS does not show everything at once, and takes it; what is not
/// there by then is made again. Throws what the call throws: a refusal at once, an unknown outcome
/// after ten calls.
std::string create_once(const Creation& creation, Clock& clock = system_clock());

/// Carries out a write to which AWS says an error when things are as wanted already: then `is_done`
/// is asked, and the error is thrown only if they are not.
void write_or_confirm(const std::function<void()>& write, const std::function<bool()>& is_done);

}  // namespace asiaq::network
