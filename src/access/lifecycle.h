// Lifecycle rules of a bucket: what becomes of its objects with age.
#pragma once

#include "access/json_file.h"

namespace asiaq::access {

/// The rules in the shape of today's API (PutBucketLifecycleConfiguration), from either that shape
/// or the retired one (PutBucketLifecycle): a single `Transition` or `NoncurrentVersionTransition`
/// becomes a list, the prefix of a rule a filter; a rule without either gets the filter for all
/// objects. Throws ConfigError, naming `file`, when `lifecycle` is not an object with a list
/// `Rules` of objects.
Json modern_lifecycle(const Json& lifecycle, const std::string& file);

/// True if the rules in force do what the wanted ones say. Both in today's shape. A wanted rule
/// without an ID matches whatever ID the service made up for it; the order of rules says nothing.
bool same_lifecycle(const Json& wanted, const Json& in_force);

}  // namespace asiaq::access
