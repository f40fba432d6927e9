// SNS topics and subscriptions that are there, and the changes that add what is missing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "monitor/notification.h"
#include "plan/plan.h"

namespace asiaq::aws::sns {
class Client;
}

namespace asiaq::monitor {

struct ObservedTopic {
  std::string arn;
  std::set<Subscriber> subscribers;  ///< Those that have yet to confirm included.
};

/// All topics of the region by name. Two paginated lists, at once.
std::map<std::string, ObservedTopic> observe_topics(const aws::sns::Client& sns);

/// Adds missing topics and subscriptions. Who is subscribed already, confirmed or not, is left
/// alone: AWS would send another mail.
void add_notifications(plan::Plan& plan, const aws::sns::Client& sns,
                       const std::vector<Notification>& wanted,
                       const std::map<std::string, ObservedTopic>& observed);

/// Says which topics and subscriptions of the environment are there without being configured: they
/// are never deleted, so that nobody has to confirm again. Pure; one line each.
std::vector<std::string> unconfigured(const std::vector<Notification>& wanted,
                                      const std::map<std::string, ObservedTopic>& observed,
                                      std::string_view environment);

}  // namespace asiaq::monitor
