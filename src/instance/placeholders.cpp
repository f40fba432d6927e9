#include "instance/placeholders.h"

#include <cctype>
#include <functional>

namespace asiaq::instance {

namespace {

constexpr std::string_view opening = "{s3cred://";

bool is_key_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-_/.").find(c) != std::string_view::npos;
}

/// Calls `plain` with the text between placeholders and `placeholder` with the whole placeholder
/// and its key.
void scan(std::string_view text, const std::function<void(std::string_view)>& plain,
          const std::function<void(std::string_view whole, std::string_view key)>& placeholder) {
  std::size_t done = 0;
  for (std::size_t found = text.find(opening); found != std::string_view::npos;
       found = text.find(opening, found + 1)) {
    const std::size_t key = found + opening.size();
    std::size_t end = key;
    while (end < text.size() && is_key_character(text[end])) ++end;
    if (end == key || end == text.size() || text[end] != '}') continue;
    plain(text.substr(done, found - done));
    placeholder(text.substr(found, end + 1 - found), text.substr(key, end - key));
    done = end + 1;
  }
  plain(text.substr(done));
}

}  // namespace

std::set<std::string> placeholder_keys(std::string_view text) {
  std::set<std::string> keys;
  scan(
      text, [](std::string_view) {},
      [&keys](std::string_view, std::string_view key) { keys.emplace(key); });
  return keys;
}

std::string with_values(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string result;
  scan(
      text, [&result](std::string_view plain) { result += plain; },
      [&](std::string_view whole, std::string_view key) {
        const auto value = values.find(std::string(key));
        result += value == values.end() ? whole : std::string_view(value->second);
      });
  return result;
}

std::string placeholder_value(std::string_view object) {
  while (!object.empty() && (object.back() == '\n' || object.back() == '\r'))
    object.remove_suffix(1);
  return std::string(object);
}

}  // namespace asiaq::instance
