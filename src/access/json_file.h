// JSON that people write by hand.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace asiaq::access {

using Json = nlohmann::json;

/// Parses the content of `file`. Throws ConfigError "FILE:LINE:COLUMN: what is wrong"; lines and
/// columns count from 1.
Json parse_json(std::string_view text, const std::string& file);

}  // namespace asiaq::access
