#include "monitor/notification_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "aws/sns/client.h"
#include "base/parallel.h"
#include "base/text.h"

namespace asiaq::monitor {

namespace {

std::string topic_name(const std::string& arn) { return arn.substr(arn.rfind(':') + 1); }

}  // namespace

std::map<std::string, ObservedTopic> observe_topics(const aws::sns::Client& sns) {
  std::vector<aws::sns::Topic> topics;
  std::vector<aws::sns::Subscription> subscriptions;
  in_parallel({[&] { topics = sns.list_topics_all(); },
               [&] { subscriptions = sns.list_subscriptions_all(); }});
  std::map<std::string, ObservedTopic> result;
  for (const aws::sns::Topic& topic : topics) {
    const std::string arn = topic.topic_arn.value_or("");
    result[topic_name(arn)].arn = arn;
  }
  for (const aws::sns::Subscription& subscription : subscriptions) {
    const auto topic = result.find(topic_name(subscription.topic_arn.value_or("")));
    if (topic == result.end()) continue;  // AWS lists those of deleted topics for a while.
    topic->second.subscribers.insert(
        {subscription.protocol.value_or(""), subscription.endpoint.value_or("")});
  }
  return result;
}

void add_notifications(plan::Plan& plan, const aws::sns::Client& sns,
                       const std::vector<Notification>& wanted,
                       const std::map<std::string, ObservedTopic>& observed) {
  for (const Notification& notification : wanted) {
    const auto present = observed.find(notification.topic);
    const bool is_present = present != observed.end();
    const auto arn = std::make_shared<std::string>(is_present ? present->second.arn : "");
    std::vector<plan::ChangeId> before;
    if (!is_present) {
      before.push_back(plan.add({.verb = plan::Verb::create,
                                 .resource = {.kind = "topic",
                                              .name = notification.topic,
                                              .id_when_made = [arn] { return *arn; }},
                                 .carry_out = [sns, arn, name = notification.topic] {
                                   *arn = sns.create_topic({.name = name}).topic_arn.value();
                                 }}));
    }
    for (const Subscriber& subscriber : notification.subscribers) {
      if (is_present && present->second.subscribers.contains(subscriber)) continue;
      plan.add({.verb = plan::Verb::create,
                .resource = {.kind = "subscription",
                             .name = fmt::format("{} {}", notification.topic, subscriber.endpoint)},
                .details = {"by " + subscriber.protocol},
                .carry_out =
                    [sns, arn, subscriber] {
                      sns.subscribe({.topic_arn = *arn,
                                     .protocol = subscriber.protocol,
                                     .endpoint = subscriber.endpoint});
                    },
                .after = before});
    }
  }
}

std::vector<std::string> unconfigured(const std::vector<Notification>& wanted,
                                      const std::map<std::string, ObservedTopic>& observed,
                                      std::string_view environment) {
  std::vector<std::string> result;
  for (const auto& [name, topic] : observed) {
    if (environment_of(name) != lower_case(environment)) continue;
    const auto configured = std::ranges::find(wanted, name, &Notification::topic);
    if (configured == wanted.end()) {
      result.push_back("topic " + name);
      continue;
    }
    for (const Subscriber& subscriber : topic.subscribers) {
      if (std::ranges::find(configured->subscribers, subscriber) != configured->subscribers.end()) {
        continue;
      }
      result.push_back(fmt::format("subscription of {} to topic {}", subscriber.endpoint, name));
    }
  }
  return result;
}

}  // namespace asiaq::monitor
