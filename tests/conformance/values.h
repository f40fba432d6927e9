// Generated structures from the JSON of the suites and back.
#pragma once

#include <nlohmann/json.hpp>

#include "aws/shape.h"

namespace asiaq::aws::conformance {

using Json = nlohmann::ordered_json;

/// Sets what the JSON names. Throws std::runtime_error for what the structures cannot hold (a null
/// in a list).
void fill(const Json& json, const Shape& shape, void* value);

/// Whether texts that hold JSON are shown as what they hold.
enum class JsonTexts { parsed, as_texts };

/// What is set, in the form in which the suites write it: times as seconds, special numbers as
/// text.
Json dump(const Shape& shape, const void* value, JsonTexts texts = JsonTexts::parsed);

/// Without nulls; numbers compare by value.
bool same(const Json& left, const Json& right);

}  // namespace asiaq::aws::conformance
