// Policies of buckets: the part that is ours, comparing, telling public ones.
#pragma once

#include <string>

#include "access/json_file.h"

namespace asiaq::access {

/// Whom the statement on log delivery trusts and for what.
struct LogDelivery {
  std::string bucket;             ///< The bucket that receives other buckets' access logs.
  std::string account_id;         ///< The twelve digits of the account whose buckets log there.
  std::string partition = "aws";  ///< Of the bucket's ARN.
};

/// `policy` (an empty value for none) with one more statement: the logging service may write into
/// the bucket on behalf of buckets of the same account. The statement has an id of its own and
/// replaces an earlier one with that id.
Json with_log_delivery(const Json& policy, const LogDelivery& delivery);

/// True if both policies say the same: order of statements and of members of lists, and a single
/// text in place of a list with one element, make no difference.
bool same_policy(const Json& left, const Json& right);

/// True if some statement allows anybody something without a condition.
bool is_public(const Json& policy);

}  // namespace asiaq::access
