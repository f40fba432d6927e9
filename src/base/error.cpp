#include "base/error.h"

#include <utility>

namespace asiaq {

namespace {

std::string in_one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

Error::Error(std::string kind, std::string reason)
    : kind_(std::move(kind)), reason_(std::move(reason)) {
  compose();
}

Error& Error::add_context(std::string doing) {
  contexts_.push_back(std::move(doing));
  compose();
  return *this;
}

Error& Error::set_hint(std::string hint) {
  hint_ = std::move(hint);
  compose();
  return *this;
}

Error& Error::set_exit_status(int status) {
  exit_status_ = status;
  return *this;
}

void Error::compose() {
  std::string message;
  for (auto context = contexts_.rbegin(); context != contexts_.rend(); ++context) {
    message += *context + ": ";
  }
  message += reason_;
  if (!hint_.empty()) message += " (" + hint_ + ")";
  message_ = in_one_line(std::move(message));
}

ConfigError::ConfigError(std::string reason) : Error("AsiaqConfig", std::move(reason)) {}

UsageError::UsageError(std::string reason) : Error("Usage", std::move(reason)) {
  set_exit_status(static_cast<int>(ExitStatus::usage));
}

TimeoutError::TimeoutError(std::string reason) : Error("Timeout", std::move(reason)) {}

}  // namespace asiaq
