// The last line of a terminal, below whatever is logged: what is under way. On stderr; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace asiaq::status_line {

/// True if stderr is a terminal whose lines can be redrawn.
bool is_possible();

/// Shows this text, cut to the terminal's width, until the next; empty text removes the line. Does
/// nothing where it is not possible.
void show(std::string text);

/// Writes whole lines (each with its end) to stderr, above the status line if there is one.
void write_above(std::string_view lines);

}  // namespace asiaq::status_line
