// Comma-separated files with a header line (RFC 4180 quoting).
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asiaq::config {

/// A parsed file. Blanks around header names and cells, blank lines and a UTF-8 BOM do not count; a
/// short row leaves its last cells unset, surplus cells are ignored. Immutable.
class Csv {
 public:
  struct Row {
    int line = 0;  ///< 1-based line on which it begins.
    std::vector<std::string> cells;
  };

  /// Throws ConfigError `file:line: problem` for a quote that is never closed or a file without a
  /// header.
  static Csv parse(std::string_view text, std::string file_name);

  /// Reads and parses; throws ConfigError if the file cannot be read.
  static Csv read(const std::filesystem::path& file);

  const std::string& file_name() const { return file_name_; }
  const std::vector<std::string>& headers() const { return headers_; }
  const std::vector<Row>& rows() const { return rows_; }

  bool has_column(std::string_view header) const { return column(header).has_value(); }

  /// Nothing for an unknown column and for an empty cell. Of columns with the same header the last
  /// one counts.
  std::optional<std::string> cell(const Row& row, std::string_view header) const;

 private:
  std::optional<std::size_t> column(std::string_view header) const;

  std::string file_name_;
  std::vector<std::string> headers_;
  std::vector<Row> rows_;
};

}  // namespace asiaq::config
