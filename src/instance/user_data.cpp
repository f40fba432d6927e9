#include "instance/user_data.h"

#include <cctype>

#include "base/process.h"
#include "base/text.h"

namespace asiaq::instance {

namespace {

bool is_name(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) != 0) return false;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') return false;
  }
  return true;
}

/// The text up to the closing quote; nothing after it may matter.
bool read_quoted(std::string_view text, std::string& value) {
  value.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return trimmed(text.substr(i + 1)).empty();
    if (text[i] == '\\' && i + 1 < text.size() &&
        std::string_view("\"\\$`").find(text[i + 1]) != std::string_view::npos) {
      ++i;
    }
    value += text[i];
  }
  return false;
}

}  // namespace

UserData UserData::parse(std::string_view text) {
  UserData result;
  if (text.substr(0, 2) == "#!") return result;
  for (const std::string& line : split(text, '\n')) {
    const auto equals = line.find("=\"");
    if (equals == std::string::npos || !is_name(std::string_view(line).substr(0, equals))) continue;
    std::string value;
    if (read_quoted(std::string_view(line).substr(equals + 2), value)) {
      result.values_[line.substr(0, equals)] = value;
    }
  }
  return result;
}

const std::string& UserData::get(const std::string& key) const {
  static const std::string nothing;
  const auto found = values_.find(key);
  return found == values_.end() ? nothing : found->second;
}

std::vector<std::string> UserData::list(const std::string& key) const { return words(get(key)); }

std::string UserData::shell_text() const {
  std::string text;
  for (const auto& [key, value] : values_) {
    text += key + '=' + shell_quoted(std::string_view(value)) + '\n';
  }
  return text;
}

}  // namespace asiaq::instance
