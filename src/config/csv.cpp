#include "config/csv.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace asiaq::config {

namespace {

/// Cuts text into rows of cells.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& file_name)
      : text_(text), file_name_(file_name) {}

  /// The next row that is not blank; nothing at the end.
  std::optional<Csv::Row> next() {
    while (position_ < text_.size()) {
      Csv::Row row = read_row();
      const bool is_blank = row.cells.size() == 1 && row.cells[0].empty();
      if (!is_blank) return row;
    }
    return {};
  }

 private:
  Csv::Row read_row() {
    Csv::Row row;
    row.line = line_;
    while (true) {
      row.cells.push_back(read_cell());
      if (position_ < text_.size() && text_[position_] == ',') {
        ++position_;
        continue;
      }
      if (position_ < text_.size()) ++position_;
      ++line_;
      return row;
    }
  }

  /// Leaves the position at the `,` or line feed after the cell, or at the end of the text.
  std::string read_cell() {
    std::string cell;
    bool is_quoted = false;
    const int begin = line_;
    for (; position_ < text_.size(); ++position_) {
      const char c = text_[position_];
      if (is_quoted) {
        if (c == '"' && position_ + 1 < text_.size() && text_[position_ + 1] == '"') {
          ++position_;
          cell += c;
        } else if (c == '"') {
          is_quoted = false;
        } else {
          if (c == '\n') ++line_;
          cell += c;
        }
      } else if (c == '"' && trimmed(cell).empty()) {
        is_quoted = true;
      } else if (c == ',' || c == '\n') {
        break;
      } else {
        cell += c;
      }
    }
    if (is_quoted) {
      throw ConfigError(fmt::format("{}:{}: a quote is never closed", file_name_, begin));
    }
    return std::string(trimmed(cell));
  }

  std::string_view text_;
  const std::string& file_name_;
  std::size_t position_ = 0;
  int line_ = 1;
};

}  // namespace

Csv Csv::parse(std::string_view text, std::string file_name) {
  Csv csv;
  csv.file_name_ = std::move(file_name);
  CsvReader reader(without_byte_order_mark(text), csv.file_name_);
  std::optional<Row> header = reader.next();
  if (!header) {
    throw ConfigError(
        fmt::format("{}:1: the file is empty: a header line is needed", csv.file_name_));
  }
  csv.headers_ = std::move(header->cells);
  while (std::optional<Row> row = reader.next()) csv.rows_.push_back(std::move(*row));
  return csv;
}

Csv Csv::read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  // An empty file makes inserting its buffer fail, which is no failure to read it.
  if (stream && stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  if (!stream.is_open() || stream.bad() || !text) {
    throw ConfigError(fmt::format("cannot read {}", file.string()));
  }
  return parse(text.str(), file.string());
}

std::optional<std::size_t> Csv::column(std::string_view header) const {
  for (std::size_t i = headers_.size(); i > 0; --i) {
    if (headers_[i - 1] == header) return i - 1;
  }
  return {};
}

std::optional<std::string> Csv::cell(const Row& row, std::string_view header) const {
  const std::optional<std::size_t> index = column(header);
  if (!index || *index >= row.cells.size() || row.cells[*index].empty()) return {};
  return row.cells[*index];
}

}  // namespace asiaq::config
