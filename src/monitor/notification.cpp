#include "monitor/notification.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::monitor {

namespace {

constexpr const char* section = "notifications";

Subscriber parse_subscriber(const std::string& text) {
  for (const char* protocol : {"https", "http"}) {
    if (starts_with_ignoring_case(text, std::string(protocol) + "://")) return {protocol, text};
  }
  if (text.find('@') != std::string::npos) return {"email", text};
  throw ConfigError(fmt::format("'{}' is neither a URL nor an e-mail address", text));
}

Notification parse(const std::string& topic, const std::string& value) {
  const std::string level = split(topic, '_').back();
  if (level != "critical" && level != "info") {
    throw ConfigError(fmt::format("level '{}' is neither critical nor info", level));
  }
  Notification notification{.topic = topic};
  for (const std::string& part : split(value, ',')) {
    const std::string text(trimmed(part));
    if (!text.empty()) notification.subscribers.push_back(parse_subscriber(text));
  }
  return notification;
}

}  // namespace

std::string environment_of(std::string_view topic) {
  const std::vector<std::string> parts = split(topic, '_');
  return parts.size() < 2 ? "" : parts[parts.size() - 2];
}

std::vector<Notification> notifications_of(const config::Ini& alarms,
                                           std::string_view environment) {
  std::vector<Notification> result;
  for (const std::string& option : alarms.options(section)) {
    const std::string topic = lower_case(option);
    if (environment_of(topic) != lower_case(environment)) continue;
    with_context(fmt::format("{}: {}", alarms.location(section, option), option),
                 [&] { result.push_back(parse(topic, alarms.get(section, option).value_or(""))); });
  }
  return result;
}

}  // namespace asiaq::monitor
