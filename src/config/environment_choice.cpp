#include "config/environment_choice.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

namespace asiaq::config {

EnvironmentError::EnvironmentError(std::string reason)
    : Error("VPCEnvironment", std::move(reason)) {}

std::string choose_environment(const std::optional<std::string>& given,
                               const ConfigFolder& folder) {
  if (given && !given->empty()) return *given;
  const char* variable = std::getenv("DEFAULT_ENV");
  if (variable != nullptr && *variable != '\0') return variable;
  const OptionValue configured = folder.literal_option("disco_aws", "default_environment");
  if (configured.is_set()) return configured.required();
  ConfigError error(
      fmt::format("no environment given, and no option 'default_environment' in "
                  "section 'disco_aws' of {}",
                  folder.main_file().file_name()));
  error.set_hint("give --env NAME, set DEFAULT_ENV, or write default_environment");
  throw error;
}

bool names_no_environment(std::string_view name) {
  return name.empty() || name == "none" || name == "None" || name == "-";
}

std::string require_environment(const std::optional<std::string>& given,
                                const ConfigFolder& folder) {
  std::string name = choose_environment(given, folder);
  if (names_no_environment(name)) {
    EnvironmentError error(fmt::format("failed to select environment: '{}' names none", name));
    error.set_hint("give --env NAME");
    throw error;
  }
  return name;
}

}  // namespace asiaq::config
