// Whom alarms of an environment tell: topics and subscribers of [notifications] in
// disco_alarms.ini. Pure.
//
//   [<team>_]<environment>_<level>=ENDPOINT, ENDPOINT        level := critical | info
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "config/ini.h"

namespace asiaq::monitor {

inline constexpr const char* alarms_file = "disco_alarms.ini";

/// An e-mail address or a URL, as SNS takes it.
struct Subscriber {
  std::string protocol;  ///< `email`, `http` or `https`
  std::string endpoint;
  auto operator<=>(const Subscriber&) const = default;
};

struct Notification {
  std::string topic;  ///< Name of the SNS topic: the whole key.
  std::vector<Subscriber> subscribers;
};

/// The environment that a topic or key of this form is about: its last part but one; empty for
/// another form.
std::string environment_of(std::string_view topic);

/// Those of one environment, in the order of the file; keys are in lower case, and so they match
/// any case of its name. Throws ConfigError naming the place for a level other than critical and
/// info, and for a subscriber that is neither URL nor address.
std::vector<Notification> notifications_of(const config::Ini& alarms, std::string_view environment);

}  // namespace asiaq::monitor
