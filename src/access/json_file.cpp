#include "access/json_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::access {
namespace {

struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n');
  return {.line = 1 + static_cast<std::size_t>(lines),
          .column = before.size() - (line_start == before.npos ? 0 : line_start + 1) + 1};
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: REASON" without the front.
std::string reason_of(const Json::parse_error& error) {
  const std::string_view whole = error.what();
  const std::size_t front = whole.find(": ");
  return std::string(trimmed(front == whole.npos ? whole : whole.substr(front + 2)));
}

}  // namespace

Json parse_json(std::string_view text, const std::string& file) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    // The library counts bytes read, the offending one included.
    const Position at = position_of(text, error.byte == 0 ? 0 : error.byte - 1);
    throw ConfigError(fmt::format("{}:{}:{}: {}", file, at.line, at.column, reason_of(error)));
  }
}

}  // namespace asiaq::access
