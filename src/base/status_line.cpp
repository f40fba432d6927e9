#include "base/status_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace asiaq::status_line {

namespace {

/// Back to the line's first column, and clear it (ECMA-48 EL).
constexpr std::string_view erase = "\r\x1b[K";
constexpr std::size_t usual_width = 80;

std::mutex mutex;
std::string shown;  // Guarded by the mutex.

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual_width;
  return size.ws_col;
}

void write(std::string_view text) {
  // Nobody is left to be told if stderr cannot be written.
  [[maybe_unused]] const std::size_t written = std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

bool is_possible() {
  static const bool possible = [] {
    const char* terminal = std::getenv("TERM");
    return isatty(STDERR_FILENO) != 0 && terminal != nullptr &&
           std::string_view(terminal) != "dumb";
  }();
  return possible;
}

void show(std::string text) {
  if (!is_possible()) return;
  const std::lock_guard lock(mutex);
  // A line that fills the last column would wrap, and could not be erased as one.
  if (const std::size_t width = terminal_width(); text.size() >= width) text.resize(width - 1);
  if (text == shown) return;
  shown = std::move(text);
  write(std::string(erase) + shown);
}

void write_above(std::string_view lines) {
  const std::lock_guard lock(mutex);
  if (shown.empty()) {
    write(lines);
  } else {
    write(std::string(erase).append(lines).append(shown));
  }
}

}  // namespace asiaq::status_line
