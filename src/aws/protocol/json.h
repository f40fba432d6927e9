#pragma once

#include <string>
#include <string_view>

#include "aws/operation.h"

/// JSON bodies of the json and rest-json protocols.
namespace asiaq::aws::protocol {

/// The structure's body members as an object.
std::string write_json(const Shape& shape, const void* structure, const std::string& token);

/// One value that is not a structure.
std::string write_json_value(const Member& member, const void* value);

/// Fills the structure's body members. Unknown members and nulls are skipped. Throws
/// UnreadableResponse.
void read_json(std::string_view body, const Shape& shape, void* structure);

/// One value that is not a structure.
void read_json_value(std::string_view body, const Member& member, void* value);

}  // namespace asiaq::aws::protocol
