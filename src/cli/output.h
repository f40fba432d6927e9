// Results on stdout: lines, and tables as fixed-width text or as JSON from one description.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace asiaq::cli {

/// Where results go. A reader that closed the pipe is no error: what follows is dropped quietly.
/// Not thread-safe.
class Output {
 public:
  explicit Output(int file_descriptor) : file_descriptor_(file_descriptor) {}

  /// Writes at once; throws Error of kind "Output" if that fails (a full disk).
  void write(std::string_view text);
  void line(std::string_view text);

 private:
  int file_descriptor_;
  bool is_closed_ = false;
};

/// One value for JSON: nothing (null), a truth, a number, text, or a list of texts.
using Fact =
    std::variant<std::monostate, bool, long long, double, std::string, std::vector<std::string>>;

enum class Align { left, right };
enum class Shown { everywhere, in_text_only, in_json_only };

/// How one column of a table looks in text and in JSON.
template <class Row>
struct Column {
  std::string key;        ///< Of the JSON object, in snake_case.
  std::size_t width = 0;  ///< The text is padded to it and never cut.
  Align align = Align::left;
  std::function<std::string(const Row&)> text;
  std::function<Fact(const Row&)> fact;  ///< The text if there is none.
  Shown shown = Shown::everywhere;
  std::string_view separator = " ";  ///< Stands before the column, except before the first.
};

std::string padded(std::string_view text, std::size_t width, Align align);

/// A JSON array of objects, one a row, indented by two blanks, with a final newline.
std::string json_rows(const std::vector<std::vector<std::pair<std::string, Fact>>>& rows);

/// One line a row, trailing padding included, no header.
template <class Row>
std::string text_table(const std::vector<Column<Row>>& columns, const std::vector<Row>& rows) {
  std::string result;
  for (const Row& row : rows) {
    bool is_first = true;
    for (const Column<Row>& column : columns) {
      if (column.shown == Shown::in_json_only) continue;
      if (!is_first) result += column.separator;
      result += padded(column.text(row), column.width, column.align);
      is_first = false;
    }
    result += '\n';
  }
  return result;
}

template <class Row>
std::string json_table(const std::vector<Column<Row>>& columns, const std::vector<Row>& rows) {
  std::vector<std::vector<std::pair<std::string, Fact>>> objects;
  objects.reserve(rows.size());
  for (const Row& row : rows) {
    auto& object = objects.emplace_back();
    for (const Column<Row>& column : columns) {
      if (column.shown == Shown::in_text_only) continue;
      object.emplace_back(column.key, column.fact ? column.fact(row) : Fact(column.text(row)));
    }
  }
  return json_rows(objects);
}

}  // namespace asiaq::cli
