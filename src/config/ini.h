// The INI dialect of the configuration folder.
//
// It is the user's contract, down to its corners: existing files depend on them.
//   * A line whose first character is `#` or `;`, or whose first word is `rem`, is a comment.
//   * `[name]` opens a section; the same name again continues it. Options of `[DEFAULT]` are seen
//     in every section.
//   * `name = value` or `name: value`. Names are stored in lower case, values trimmed. The first
//     `;` of a value begins a comment if a blank stands before it; `#` never does. `""` is the
//     empty value. A later option of the same name replaces an earlier one.
//   * An indented line continues the value of the option above it, also across blank lines and
//     comments; nothing in it is a comment.
//   * A value that contains `%(name)s` is interpolated when it is read; any other value is literal.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq::config {

/// One option as it stands in the file.
struct IniOption {
  std::string name;       ///< In lower case.
  std::string raw_value;  ///< Before interpolation; lines of a continued value joined by newlines.
  int line = 0;           ///< 1-based line of its name.
};

/// A parsed file. Immutable, so safe to share between threads.
class Ini {
 public:
  Ini() = default;

  /// Throws ConfigError naming every bad line as `file:line: problem`. A UTF-8 BOM is skipped.
  static Ini parse(std::string_view text, std::string file_name);

  /// Reads and parses; throws ConfigError if the file cannot be read.
  static Ini read(const std::filesystem::path& file);

  const std::string& file_name() const { return file_name_; }

  /// In the order of their first headers; without DEFAULT.
  const std::vector<std::string>& sections() const { return order_; }
  bool has_section(std::string_view section) const;

  /// Names of a section's own options in file order, then those that come from DEFAULT only. Empty
  /// for a missing section.
  std::vector<std::string> options(std::string_view section) const;

  /// The option (name in any case), from the section or from DEFAULT; null if there is none.
  const IniOption* find(std::string_view section, std::string_view option) const;
  bool has(std::string_view section, std::string_view option) const {
    return find(section, option) != nullptr;
  }

  /// The interpolated value; nothing if section or option is missing. Throws ConfigError if it
  /// cannot be interpolated.
  std::optional<std::string> get(std::string_view section, std::string_view option) const;

  /// As get(); throws ConfigError "no section 'x'" or "no option 'y' in section 'x'" with the file.
  std::string require(std::string_view section, std::string_view option) const;

  /// `file:line` of the option, or the file alone if it is missing; for messages.
  std::string location(std::string_view section, std::string_view option) const;

 private:
  friend class IniParser;

  struct Section {
    std::vector<IniOption> options;
    std::map<std::string, std::size_t, std::less<>> index;
  };

  std::string interpolated(const std::string& section, const IniOption& option) const;

  std::string file_name_;
  std::vector<std::string> order_;
  std::map<std::string, Section, std::less<>> sections_;
  Section defaults_;
};

/// One section to be written.
struct IniSection {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;
};

/// `[section]`, `name = value` lines with newlines in values followed by a tab, a blank line after
/// each section.
std::string ini_text(const std::vector<IniSection>& sections);

/// The value without a comment begun by `#` after a blank. The dialect knows no such comments, but
/// the options of deployments and of disco_elasticsearch.ini allow them.
std::string without_hash_comment(std::string_view value);

}  // namespace asiaq::config
