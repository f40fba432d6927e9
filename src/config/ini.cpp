#include "config/ini.h"

#include <fmt/format.h>

#include <cctype>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::config {

namespace {

constexpr int deepest_interpolation = 10;

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view right_trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view left_trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

bool is_comment(std::string_view line) {
  if (line.front() == '#' || line.front() == ';') return true;
  if (line.front() != 'r' && line.front() != 'R') return false;
  std::size_t end = 0;
  while (end < line.size() && !is_blank(line[end])) ++end;
  return lower_case(line.substr(0, end)) == "rem";
}

std::string option_value(std::string_view text) {
  std::string_view value = left_trimmed(text);
  const std::size_t comment = value.find(';');
  if (comment != std::string_view::npos) {
    // A value that begins with its comment sign is judged by the line's last character.
    const char before = comment > 0 ? value[comment - 1] : value.back();
    if (is_blank(before)) value = value.substr(0, comment);
  }
  value = right_trimmed(value);
  return value == R"("")" ? std::string() : std::string(value);
}

}  // namespace

/// Reads one file line by line; collects what is wrong so that all of it is reported at once.
class IniParser {
 public:
  explicit IniParser(std::string file_name) { ini_.file_name_ = std::move(file_name); }

  void take(std::string_view line) {
    ++number_;
    if (right_trimmed(line).empty() || is_comment(line)) return;
    if (is_blank(line.front()) && section_ != nullptr && !option_.empty()) {
      continue_value(trimmed(line));
    } else if (!open_section(line)) {
      take_option(line);
    }
  }

  Ini finish() {
    if (!problems_.empty()) throw ConfigError(join(problems_, "; "));
    return std::move(ini_);
  }

 private:
  void report(std::string_view problem) {
    problems_.push_back(fmt::format("{}:{}: {}", ini_.file_name_, number_, problem));
  }

  IniOption& current() { return section_->options[section_->index.find(option_)->second]; }

  void continue_value(std::string_view text) {
    current().raw_value += '\n';
    current().raw_value += text;
  }

  bool open_section(std::string_view line) {
    if (line.front() != '[') return false;
    const std::size_t end = line.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    const std::string name(line.substr(1, end - 1));
    option_.clear();
    if (name == "DEFAULT") {
      section_ = &ini_.defaults_;
      return true;
    }
    const auto [entry, is_new] = ini_.sections_.try_emplace(name);
    if (is_new) ini_.order_.push_back(name);
    section_ = &entry->second;
    return true;
  }

  void take_option(std::string_view line) {
    if (section_ == nullptr) {
      if (!said_no_header_) report("text before the first [section] header");
      said_no_header_ = true;
      return;
    }
    if (is_blank(line.front())) {
      report("an indented line continues an option, but none stands above it in this section");
      return;
    }
    const std::size_t separator = line.find_first_of("=:");
    if (separator == std::string_view::npos) {
      report("neither a [section], nor a comment, nor 'option = value'");
      return;
    }
    if (separator == 0) {
      report("an option needs a name before its '=' or ':'");
      return;
    }
    option_ = lower_case(right_trimmed(line.substr(0, separator)));
    store({option_, option_value(line.substr(separator + 1)), number_});
  }

  void store(IniOption option) {
    const auto [entry, is_new] = section_->index.try_emplace(option.name, section_->options.size());
    if (is_new) {
      section_->options.push_back(std::move(option));
    } else {
      section_->options[entry->second] = std::move(option);
    }
  }

  Ini ini_;
  Ini::Section* section_ = nullptr;
  std::string option_;  ///< The one that an indented line continues; empty after a header.
  int number_ = 0;
  bool said_no_header_ = false;
  std::vector<std::string> problems_;
};

Ini Ini::parse(std::string_view text, std::string file_name) {
  IniParser parser(std::move(file_name));
  text = without_byte_order_mark(text);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    parser.take(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parser.finish();
}

Ini Ini::read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream) throw ConfigError(fmt::format("cannot read {}", file.string()));
  return parse(text.str(), file.string());
}

bool Ini::has_section(std::string_view section) const {
  return sections_.find(section) != sections_.end();
}

std::vector<std::string> Ini::options(std::string_view section) const {
  std::vector<std::string> names;
  const auto found = sections_.find(section);
  if (found == sections_.end()) return names;
  for (const IniOption& option : found->second.options) names.push_back(option.name);
  for (const IniOption& option : defaults_.options) {
    if (found->second.index.count(option.name) == 0) names.push_back(option.name);
  }
  return names;
}

const IniOption* Ini::find(std::string_view section, std::string_view option) const {
  const auto found = sections_.find(section);
  if (found == sections_.end()) return nullptr;
  const std::string name = lower_case(option);
  for (const Section* place : {&found->second, &defaults_}) {
    const auto entry = place->index.find(name);
    if (entry != place->index.end()) return &place->options[entry->second];
  }
  return nullptr;
}

std::optional<std::string> Ini::get(std::string_view section, std::string_view option) const {
  const IniOption* found = find(section, option);
  if (found == nullptr) return {};
  return interpolated(std::string(section), *found);
}

std::string Ini::require(std::string_view section, std::string_view option) const {
  if (!has_section(section)) {
    throw ConfigError(fmt::format("no section '{}' in {}", section, file_name_));
  }
  std::optional<std::string> value = get(section, option);
  if (!value) {
    throw ConfigError(
        fmt::format("no option '{}' in section '{}' of {}", option, section, file_name_));
  }
  return *value;
}

std::string Ini::location(std::string_view section, std::string_view option) const {
  const IniOption* found = find(section, option);
  return found == nullptr ? file_name_ : fmt::format("{}:{}", file_name_, found->line);
}

std::string Ini::interpolated(const std::string& section, const IniOption& option) const {
  const auto fail = [&](std::string_view problem) {
    return ConfigError(fmt::format("{}:{}: option '{}' in section '{}': {}", file_name_,
                                   option.line, option.name, section, problem));
  };
  std::string value = option.raw_value;
  for (int depth = 0; value.find("%(") != std::string::npos; ++depth) {
    if (depth == deepest_interpolation) {
      throw fail(
          fmt::format("values refer to each other more than {} deep", deepest_interpolation));
    }
    std::string result;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] != '%') {
        result += value[i];
        continue;
      }
      const char next = i + 1 < value.size() ? value[i + 1] : '\0';
      if (next == '%') {
        result += '%';
        ++i;
        continue;
      }
      const std::size_t end = next == '(' ? value.find(')', i) : std::string::npos;
      if (end == std::string::npos || end + 1 >= value.size() || value[end + 1] != 's') {
        throw fail("a '%' is not part of '%(name)s'; write '%%' for the sign itself");
      }
      const std::string name = lower_case(value.substr(i + 2, end - i - 2));
      const IniOption* referred = find(section, name);
      if (referred != nullptr) {
        result += referred->raw_value;
      } else if (name == "__name__") {
        result += section;
      } else {
        throw fail(
            fmt::format("'%({})s' refers to an option that neither this section nor "
                        "[DEFAULT] has",
                        name));
      }
      i = end + 1;
    }
    value = std::move(result);
  }
  return value;
}

std::string ini_text(const std::vector<IniSection>& sections) {
  std::string text;
  for (const IniSection& section : sections) {
    text += "[" + section.name + "]\n";
    for (const auto& [name, value] : section.options) {
      text += name + " = ";
      for (const char c : value) {
        text += c;
        if (c == '\n') text += '\t';
      }
      text += '\n';
    }
    text += '\n';
  }
  return text;
}

std::string without_hash_comment(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '#' && (i == 0 || is_blank(value[i - 1]))) {
      return std::string(right_trimmed(value.substr(0, i)));
    }
  }
  return std::string(value);
}

}  // namespace asiaq::config
