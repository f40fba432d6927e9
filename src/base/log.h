// Log lines on stderr: `2026-01-31 08:09:10,123 root INFO message`, local time.
//
// Results never go here, and neither do request bodies or secrets. Thread-safe.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace asiaq::log {

enum class Level { debug, info, warning, error };

/// Where and from which level on lines are written. `ASIAQ_LOG_STDOUT=1` sends them to stdout
/// instead, for callers that redirect stdout only.
void configure(Level lowest);

bool enabled(Level level);
void write(Level level, const std::string& message);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::debug)) write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::info)) write(Level::info, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::warning)) {
    write(Level::warning, fmt::format(format, std::forward<Args>(args)...));
  }
}

template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::error)) write(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace asiaq::log
