// Environment variables for one test.
#pragma once

#include <stdlib.h>

#include <optional>
#include <string>

namespace asiaq::test {

/// Sets (or, without a value, unsets) a variable and puts back what was there.
class EnvironmentVariable {
 public:
  EnvironmentVariable(std::string name, std::optional<std::string> value) : name_(std::move(name)) {
    if (const char* before = getenv(name_.c_str())) before_ = before;
    set(value);
  }
  ~EnvironmentVariable() { set(before_); }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) {
      setenv(name_.c_str(), value->c_str(), 1);
    } else {
      unsetenv(name_.c_str());
    }
  }

  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace asiaq::test
