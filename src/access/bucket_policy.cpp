#include "access/bucket_policy.h"

#include <fmt/format.h>

#include <algorithm>

namespace asiaq::access {
namespace {

constexpr const char* kLogDeliveryId = "AsiaqLogDelivery";

Json as_list(const Json& value) { return value.is_array() ? value : Json::array({value}); }

Json statements_of(const Json& policy) {
  const bool has = policy.is_object() && policy.contains("Statement");
  return has ? as_list(policy["Statement"]) : Json::array();
}

// Lists whose order has no meaning are sorted, and lists of one are written as lists.
Json normalised(const Json& value) {
  if (value.is_object()) {
    Json result = Json::object();
    for (const auto& [key, member] : value.items()) result[key] = normalised(member);
    return result;
  }
  if (!value.is_array()) return Json::array({value});
  Json result = Json::array();
  for (const Json& element : value) {
    result.push_back(element.is_object() ? normalised(element) : element);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

Json normalised_policy(const Json& policy) {
  Json result = policy.is_object() ? policy : Json::object();
  result["Statement"] = statements_of(policy);
  return normalised(result);
}

bool is_anybody(const Json& principal) {
  if (principal == "*") return true;
  if (!principal.is_object() || !principal.contains("AWS")) return false;
  const Json accounts = as_list(principal["AWS"]);
  return std::find(accounts.begin(), accounts.end(), Json("*")) != accounts.end();
}

}  // namespace

Json with_log_delivery(const Json& policy, const LogDelivery& delivery) {
  Json merged = policy.is_object() ? policy : Json::object();
  if (!merged.contains("Version")) merged["Version"] = "2012-10-17";
  Json kept = Json::array();
  for (const Json& statement : statements_of(policy)) {
    if (statement.value("Sid", "") != kLogDeliveryId) kept.push_back(statement);
  }
  kept.push_back({
      {"Sid", kLogDeliveryId},
      {"Effect", "Allow"},
      {"Principal", {{"Service", "logging.s3.amazonaws.com"}}},
      {"Action", "s3:PutObject"},
      {"Resource", fmt::format("arn:{}:s3:::{}/*", delivery.partition, delivery.bucket)},
      {"Condition", {{"StringEquals", {{"aws:SourceAccount", delivery.account_id}}}}},
  });
  merged["Statement"] = std::move(kept);
  return merged;
}

bool same_policy(const Json& left, const Json& right) {
  return normalised_policy(left) == normalised_policy(right);
}

bool is_public(const Json& policy) {
  const Json statements = statements_of(policy);
  return std::any_of(statements.begin(), statements.end(), [](const Json& statement) {
    return statement.is_object() && statement.value("Effect", "") == "Allow" &&
           statement.contains("Principal") && is_anybody(statement["Principal"]) &&
           (!statement.contains("Condition") || statement["Condition"].empty());
  });
}

}  // namespace asiaq::access
