#include "base/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>
#include <mutex>

#include "base/status_line.h"

namespace asiaq::log {

namespace {

spdlog::level::level_enum as_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

const char* name(Level level) {
  switch (level) {
    case Level::debug:
      return "DEBUG";
    case Level::info:
      return "INFO";
    case Level::warning:
      return "WARNING";
    case Level::error:
      return "ERROR";
  }
  return "INFO";
}

/// stderr, beside the status line.
class ErrorSink : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    status_line::write_above({text.data(), text.size()});
  }
  void flush_() override {}
};

std::shared_ptr<spdlog::logger> make_logger() {
  const char* to_stdout = std::getenv("ASIAQ_LOG_STDOUT");
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (to_stdout != nullptr && std::string(to_stdout) == "1") {
    sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  } else {
    sink = std::make_shared<ErrorSink>();
  }
  auto logger = std::make_shared<spdlog::logger>("root", std::move(sink));
  logger->set_pattern("%Y-%m-%d %H:%M:%S,%e root %v");
  logger->flush_on(spdlog::level::debug);
  return logger;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = make_logger();
  return *instance;
}

}  // namespace

void configure(Level lowest) { logger().set_level(as_spdlog(lowest)); }

bool enabled(Level level) { return logger().should_log(as_spdlog(level)); }

void write(Level level, const std::string& message) {
  logger().log(as_spdlog(level), "{} {}", name(level), message);
}

}  // namespace asiaq::log
