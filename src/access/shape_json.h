// Structures of AWS's API from and to JSON as people and the AWS CLI write it: members by the names
// of the API's model, times in RFC 3339.
#pragma once

#include <string>

#include "access/json_file.h"
#include "aws/shape.h"

namespace asiaq::access {

/// Fills the structure that `shape` describes. Throws ConfigError, naming `file` and the path of
/// the member ("Rules[0].Expiration.Days"), for a member that the API does not have or a value of
/// another kind.
void fill_structure(const Json& json, const aws::Shape& shape, void* structure,
                    const std::string& file);

/// What is set in the structure; empty lists, maps and structures are left out.
Json structure_as_json(const aws::Shape& shape, const void* structure);

}  // namespace asiaq::access
