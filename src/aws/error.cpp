#include "aws/error.h"

#include <algorithm>
#include <array>

namespace asiaq::aws {
namespace {

std::string sentence(const ServiceError::Facts& facts) {
  std::string text = facts.service + " " + facts.operation + ": " + facts.code;
  if (!facts.message.empty()) text += ": " + facts.message;
  while (!text.empty() && (text.back() == '.' || text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  if (facts.attempts > 1) text += ", after " + std::to_string(facts.attempts) + " attempts";
  if (!facts.request_id.empty()) text += " [request " + facts.request_id + "]";
  return text;
}

}  // namespace

std::string unknown_outcome_hint(std::string_view operation) {
  return "the outcome is unknown, it may have been carried out: before you run it again, look for "
         "what it would have made or changed, or for the call itself: aws cloudtrail lookup-events "
         "--lookup-attributes AttributeKey=EventName,AttributeValue=" +
         std::string(operation);
}

ServiceError::ServiceError(Facts facts) : Error("AWS", sentence(facts)), facts_(std::move(facts)) {
  if (facts_.outcome_unknown) {
    set_hint(unknown_outcome_hint(facts_.operation));
  } else if (is_denied()) {
    set_hint(
        "the credentials in use may not do this: see disco_iam.py decode for an encoded message");
  }
}

bool ServiceError::is_not_found() const {
  static constexpr std::array<std::string_view, 7> kCodes{
      "NoSuchEntity",     "NoSuchBucket",       "NoSuchKey",      "404",
      "NoSuchHostedZone", "NoSuchBucketPolicy", "InvalidDocument"};
  const std::string& code = facts_.code;
  // "InvalidVpcID.NotFound", "NatGatewayNotFound".
  return code.ends_with("NotFound") || code.ends_with("NotFoundFault") ||
         code.ends_with("NotFoundException") ||
         std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

bool ServiceError::is_denied() const {
  static constexpr std::array<std::string_view, 6> kCodes{
      "UnauthorizedOperation", "AccessDenied", "AccessDeniedException",
      "AuthFailure",           "Forbidden",    "403"};
  return std::find(kCodes.begin(), kCodes.end(), facts_.code) != kCodes.end();
}

ConnectionError::ConnectionError(std::string reason, Sent sent)
    : Error("Connection", std::move(reason)), sent_(sent) {}

WaitError::WaitError(std::string reason) : Error("Wait", std::move(reason)) {}

ReadOnlyError::ReadOnlyError(std::string_view service, std::string_view operation)
    : Error("ReadOnly",
            std::string(service) + " " + std::string(operation) +
                " would change something, and this run may only read: nothing was sent") {}

CredentialsError::CredentialsError(std::string reason) : Error("Credentials", std::move(reason)) {}

RequestError::RequestError(std::string reason) : Error("Request", std::move(reason)) {}

}  // namespace asiaq::aws
