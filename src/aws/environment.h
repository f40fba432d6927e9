#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

/// Where settings come from, injectable for tests.
namespace asiaq::aws {

/// Looks up variables of the process. An empty variable counts as unset.
struct Environment {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::filesystem::path home;
  std::filesystem::path terminal = "/dev/tty";  ///< where the person is asked for codes

  std::optional<std::string> get(const std::string& name) const {
    auto value = variable(name);
    return value && !value->empty() ? value : std::nullopt;
  }

  static Environment of_process();
};

}  // namespace asiaq::aws
